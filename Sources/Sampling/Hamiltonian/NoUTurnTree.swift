//  NoUTurnTree.swift — a trajectory that doubles until it turns back, and a point drawn from it.
//
//  Notation   H₀  energy at the start     wᵢ = exp(H₀ − Hᵢ)  weight of a point     ρ = Σ pᵢ over a span of the trajectory
//             v = C p
//
//  Equations  (1) a span from a to b goes on while v_a·ρ > 0 and v_b·ρ > 0                [Betancourt 2017]
//             (2) and, where it is two halves, also from its start to the first point of the second half, and from the last
//                 point of the first half to its end: a turn that hides between equal halves is seen
//             (3) within a span, the second half's point is kept with probability W₂ / (W₁ + W₂);
//                 at the top, with probability min(1, W_new / W_old)                      [Betancourt 2017]
//
//  Memory     7 vectors a half span, 14 a level.   Cost: one gradient a leaf. A step of the integrator reads the vectors of the leaf
//  before and writes those of the new leaf; joining two spans copies none: the whole takes the vectors it needs in exchange for its
//  own, so that the last leaf's are written again by no leaf before the next has read them.

import Arrays
import CKernels
import Foundation

/// What is known of a stretch of the trajectory, in the order in which it was made.
private struct Span {
  typealias Vector = UnsafeMutablePointer<Double>

  /// Momentum and velocity of its first and last point; ρ; position and gradient of its draw. Shape [D] each. A span of one point
  /// has nothing in the vectors of its last point and of ρ: `end` and `sum` know.
  var firstMomentum, firstVelocity, lastMomentum, lastVelocity, momentumSum, position, gradient: Vector
  var isPoint = true
  /// log p at its draw.
  var logDensity = 0.0
  /// The energy at its draw.
  var energy = 0.0
  /// log Σ wᵢ.
  var logWeight = -Double.infinity

  static let vectors = 7

  init(_ memory: Vectors, at start: Int) {
    firstMomentum = memory[start]
    firstVelocity = memory[start + 1]
    lastMomentum = memory[start + 2]
    lastVelocity = memory[start + 3]
    momentumSum = memory[start + 4]
    position = memory[start + 5]
    gradient = memory[start + 6]
  }

  /// Momentum and velocity of its last point.
  var end: (momentum: Vector, velocity: Vector) {
    isPoint ? (firstMomentum, firstVelocity) : (lastMomentum, lastVelocity)
  }

  /// ρ.
  var sum: Vector { isPoint ? firstMomentum : momentumSum }

  /// Says what is known of the one point whose vectors have been written.
  mutating func setPoint(logDensity: Double, energy: Double, logWeight: Double) {
    isPoint = true
    self.logDensity = logDensity
    self.energy = energy
    self.logWeight = logWeight
  }

  /// Takes the first point of another span.
  mutating func exchangeFirst(with other: inout Span) {
    swap(&firstMomentum, &other.firstMomentum)
    swap(&firstVelocity, &other.firstVelocity)
  }

  /// Takes the last point of another span.
  mutating func exchangeLast(with other: inout Span) {
    if other.isPoint {
      swap(&lastMomentum, &other.firstMomentum)
      swap(&lastVelocity, &other.firstVelocity)
    } else {
      swap(&lastMomentum, &other.lastMomentum)
      swap(&lastVelocity, &other.lastVelocity)
    }
  }

  /// Takes the draw of another span.
  mutating func exchangeDraw(with other: inout Span) {
    swap(&position, &other.position)
    swap(&gradient, &other.gradient)
    logDensity = other.logDensity
    energy = other.energy
  }
}

/// The weights of two spans, by one exponential.
private struct WeightPair {
  /// log (W₁ + W₂).
  let logSum: Double
  /// min(1, W₂ / W₁).
  let ratio: Double
  /// W₂ / (W₁ + W₂).
  let share: Double

  init(_ first: Double, _ second: Double) {
    let isLess = second < first
    // Both are −∞ where the density is zero, and then no draw is worth having.
    let smaller = first == second ? 1 : exp(isLess ? second - first : first - second)
    logSum = (isLess ? first : second) + log1p(smaller)
    ratio = isLess ? smaller : 1
    share = (isLess ? smaller : 1) / (1 + smaller)
  }
}

/// The memory for trees of a dimension, and the one being grown.
public final class NoUTurnTree {
  private let memory: Vectors
  /// The earliest and the latest point.
  private var ends: [PhasePoint]
  /// The last point of what is being grown. Its velocity is in the span that it belongs to.
  private var last: PhasePoint
  private let velocity: UnsafeMutablePointer<Double>
  /// The trajectory, the new subtree, and two halves for each level. No two share a vector.
  private let spans: UnsafeMutablePointer<Span>
  private let spanCount: Int

  private var acceptanceSum = 0.0
  private var leaves = 0
  private var isDivergent = false
  private var startEnergy = 0.0

  init(dimension: Int, greatestDepth: Int) {
    spanCount = 2 + 2 * greatestDepth
    memory = Vectors(7 + Span.vectors * spanCount, dimension: dimension)
    let memory = memory
    ends = [0, 3].map { PhasePoint(position: memory[$0], momentum: memory[$0 + 1], gradient: memory[$0 + 2]) }
    last = ends[0]
    velocity = memory[6]
    spans = .allocate(capacity: spanCount)
    for index in 0..<spanCount {
      (spans + index).initialize(to: Span(memory, at: 7 + Span.vectors * index))
    }
  }

  deinit {
    spans.deinitialize(count: spanCount)
    spans.deallocate()
  }

  private var trajectory: UnsafeMutablePointer<Span> { spans }
  private var subtree: UnsafeMutablePointer<Span> { spans + 1 }
  private func half(_ index: Int, below depth: Int) -> UnsafeMutablePointer<Span> { spans + 2 * depth + index }

  /// Draws a momentum, grows a trajectory from the point and moves the point to a draw from it.
  func transition(
    _ point: inout ChainPoint, _ density: DensityFunction, _ metric: Metric, stepSize: Double, greatestDepth: Int,
    using generator: inout Philox
  ) -> Transition {
    memory.copy(point.position, to: ends[0].position)
    memory.copy(point.gradient, to: ends[0].gradient)
    metric.drawMomentum(ends[0].momentum, using: &generator)
    ends[0].logDensity = point.logDensity
    startEnergy = Leapfrog.energy(ends[0], metric, velocity: velocity)
    (acceptanceSum, leaves, isDivergent) = (0, 0, false)
    copy(ends[0], to: ends[1])
    beginTrajectory(at: ends[0])
    var isMoved = false
    var depth = 0
    var goesOn = true
    while goesOn && depth < greatestDepth {
      let isForward = generator.uniform() < 0.5
      let end = isForward ? 1 : 0
      last = ends[end]
      goesOn = grow(depth, isForward ? stepSize : -stepSize, metric, density, into: subtree, using: &generator)
      guard goesOn else { break }
      copy(last, to: ends[end])
      depth += 1
      // (3), at the top.
      let weights = WeightPair(trajectory.pointee.logWeight, subtree.pointee.logWeight)
      if generator.uniform() < weights.ratio {
        trajectory.pointee.exchangeDraw(with: &subtree.pointee)
        isMoved = true
      }
      trajectory.pointee.logWeight = weights.logSum
      goesOn = join(isForward: isForward)
    }
    if isMoved {
      memory.copy(trajectory.pointee.position, to: &point.position)
      memory.copy(trajectory.pointee.gradient, to: &point.gradient)
      point.logDensity = trajectory.pointee.logDensity
    }
    return Transition(
      acceptance: leaves > 0 ? acceptanceSum / Double(leaves) : 0, stepSize: stepSize,
      energy: trajectory.pointee.energy, treeDepth: depth, isDivergent: isDivergent,
      isSaturated: goesOn)
  }

  /// Whether the trajectory goes on with the new subtree, by (1) and (2); takes the subtree in. The trajectory's first point is
  /// the earliest in time.
  private func join(isForward: Bool) -> Bool {
    let (t, new) = (trajectory.pointee, subtree.pointee)
    let first = (momentum: t.firstMomentum, velocity: t.firstVelocity)
    let (far, near) = isForward ? (first, t.end) : (t.end, first)
    let goesOn = self.goesOn(
      credence_turn(
        first_sum: t.sum, second_sum: new.sum, first_last_momentum: near.momentum,
        second_first_momentum: new.firstMomentum, first_first_velocity: far.velocity,
        first_last_velocity: near.velocity, second_first_velocity: new.firstVelocity,
        second_last_velocity: new.end.velocity), sum: t.momentumSum)
    if t.isPoint {
      memory.copy(t.firstMomentum, to: t.lastMomentum)
      memory.copy(t.firstVelocity, to: t.lastVelocity)
      trajectory.pointee.isPoint = false
    }
    if isForward {
      trajectory.pointee.exchangeLast(with: &subtree.pointee)
    } else if new.isPoint {
      trajectory.pointee.exchangeFirst(with: &subtree.pointee)
    } else {
      swap(&trajectory.pointee.firstMomentum, &subtree.pointee.lastMomentum)
      swap(&trajectory.pointee.firstVelocity, &subtree.pointee.lastVelocity)
    }
    return goesOn
  }

  /// Makes of a span the 2^depth leaves beyond `last`; whether it neither turns back nor diverges. Otherwise the span is of no use.
  private func grow(
    _ depth: Int, _ step: Double, _ metric: Metric, _ density: DensityFunction,
    into span: UnsafeMutablePointer<Span>, using generator: inout Philox
  ) -> Bool {
    if depth == 0 { return makeLeaf(span, step, metric, density) }
    let (first, second) = (half(0, below: depth), half(1, below: depth))
    guard grow(depth - 1, step, metric, density, into: first, using: &generator),
      grow(depth - 1, step, metric, density, into: second, using: &generator)
    else { return false }
    let weights = WeightPair(first.pointee.logWeight, second.pointee.logWeight)
    span.pointee.logWeight = weights.logSum
    // (3), within.
    let isSecond = generator.uniform() < weights.share
    span.pointee.exchangeDraw(with: &(isSecond ? second : first).pointee)
    let (a, b) = (first.pointee, second.pointee)
    guard
      goesOn(
        credence_turn(
          first_sum: a.sum, second_sum: b.sum, first_last_momentum: a.end.momentum,
          second_first_momentum: b.firstMomentum, first_first_velocity: a.firstVelocity,
          first_last_velocity: a.end.velocity, second_first_velocity: b.firstVelocity,
          second_last_velocity: b.end.velocity), sum: span.pointee.momentumSum)
    else { return false }
    span.pointee.isPoint = false
    span.pointee.exchangeFirst(with: &first.pointee)
    span.pointee.exchangeLast(with: &second.pointee)
    return true
  }

  /// Makes of a span the point one step beyond `last`, which it is then; whether the energy there is bounded.
  private func makeLeaf(
    _ span: UnsafeMutablePointer<Span>, _ step: Double, _ metric: Metric, _ density: DensityFunction
  ) -> Bool {
    var leaf = PhasePoint(
      position: span.pointee.position, momentum: span.pointee.firstMomentum, gradient: span.pointee.gradient)
    let energy = Leapfrog.step(
      from: last, to: &leaf, step, metric, density, velocity: span.pointee.firstVelocity)
    last = leaf
    leaves += 1
    acceptanceSum += min(1, exp(startEnergy - energy))
    isDivergent = !(energy - startEnergy < Leapfrog.greatestError)
    span.pointee.setPoint(logDensity: leaf.logDensity, energy: energy, logWeight: startEnergy - energy)
    return !isDivergent
  }

  /// Makes of the trajectory its first point, whose velocity is in `velocity`.
  private func beginTrajectory(at point: PhasePoint) {
    let span = trajectory.pointee
    memory.copy(point.momentum, to: span.firstMomentum)
    memory.copy(velocity, to: span.firstVelocity)
    memory.copy(point.position, to: span.position)
    memory.copy(point.gradient, to: span.gradient)
    trajectory.pointee.setPoint(logDensity: point.logDensity, energy: startEnergy, logWeight: 0)
  }

  /// Copies the vectors.
  private func copy(_ from: PhasePoint, to: PhasePoint) {
    memory.copy(from.position, to: to.position)
    memory.copy(from.momentum, to: to.momentum)
    memory.copy(from.gradient, to: to.gradient)
  }

  /// Equations (1) and (2) for two spans that follow each other; `sum` takes the sum of their momenta.
  private func goesOn(_ spans: credence_turn, sum: UnsafeMutablePointer<Double>) -> Bool {
    withUnsafePointer(to: spans) { credence_double_table().pointee.goes_on($0, sum, memory.dimension) }
  }
}
