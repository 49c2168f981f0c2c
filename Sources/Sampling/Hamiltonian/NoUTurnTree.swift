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
//  Memory     7 vectors a half span, 14 a level.   Cost: one gradient a leaf. A leaf copies 4 vectors; joining two spans copies
//  none: the whole takes the vectors it needs in exchange for its own.

import Arrays
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

/// The memory for trees of a dimension, and the one being grown.
public final class NoUTurnTree {
  private let memory: Vectors
  /// The earliest and the latest point.
  private var ends: [PhasePoint]
  private let velocity: UnsafeMutablePointer<Double>
  private let sum: UnsafeMutablePointer<Double>
  /// The trajectory, the new subtree, and two halves for each level. No two share a vector.
  private let spans: UnsafeMutablePointer<Span>
  private let spanCount: Int

  private var acceptanceSum = 0.0
  private var leaves = 0
  private var isDivergent = false
  private var startEnergy = 0.0

  init(dimension: Int, greatestDepth: Int) {
    spanCount = 2 + 2 * greatestDepth
    memory = Vectors(8 + Span.vectors * spanCount, dimension: dimension)
    let memory = memory
    ends = [0, 3].map { PhasePoint(position: memory[$0], momentum: memory[$0 + 1], gradient: memory[$0 + 2]) }
    velocity = memory[6]
    sum = memory[7]
    spans = .allocate(capacity: spanCount)
    for index in 0..<spanCount {
      (spans + index).initialize(to: Span(memory, at: 8 + Span.vectors * index))
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
    copy(ends[0], to: &ends[1])
    makeLeaf(trajectory, ends[0], energy: startEnergy)
    var isMoved = false
    var depth = 0
    var goesOn = true
    while goesOn && depth < greatestDepth {
      let isForward = generator.uniform() < 0.5
      let end = isForward ? 1 : 0
      goesOn = grow(
        depth, &ends[end], isForward ? stepSize : -stepSize, metric, density, into: subtree, using: &generator)
      guard goesOn else { break }
      depth += 1
      // (3), at the top.
      let old = trajectory.pointee.logWeight
      if log(generator.uniform()) < subtree.pointee.logWeight - old {
        trajectory.pointee.exchangeDraw(with: &subtree.pointee)
        isMoved = true
      }
      trajectory.pointee.logWeight = logSum(old, subtree.pointee.logWeight)
      goesOn = join(isForward: isForward)
    }
    if isMoved {
      memory.copy(trajectory.pointee.position, to: &point.position)
      memory.copy(trajectory.pointee.gradient, to: &point.gradient)
      point.logDensity = trajectory.pointee.logDensity
    }
    return Transition(
      acceptance: leaves > 0 ? acceptanceSum / Double(leaves) : 0, stepSize: stepSize,
      energy: trajectory.pointee.energy, treeDepth: depth, evaluations: leaves, isDivergent: isDivergent,
      isSaturated: goesOn)
  }

  /// Whether the trajectory goes on with the new subtree, by (1) and (2); takes the subtree in. The trajectory's first point is
  /// the earliest in time.
  private func join(isForward: Bool) -> Bool {
    let (t, new) = (trajectory.pointee, subtree.pointee)
    let first = (momentum: t.firstMomentum, velocity: t.firstVelocity)
    let (far, near) = isForward ? (first, t.end) : (t.end, first)
    add(t.sum, new.firstMomentum)
    var goesOn = isStraight(far.velocity, new.firstVelocity, sum)
    add(new.sum, near.momentum)
    goesOn = isStraight(near.velocity, new.end.velocity, sum) && goesOn
    add(t.sum, new.sum)
    goesOn = isStraight(far.velocity, new.end.velocity, sum) && goesOn
    memory.copy(sum, to: t.momentumSum)
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

  /// Makes of a span the 2^depth leaves beyond `end`; whether it neither turns back nor diverges. Otherwise the span is of no use.
  private func grow(
    _ depth: Int, _ end: inout PhasePoint, _ step: Double, _ metric: Metric, _ density: DensityFunction,
    into span: UnsafeMutablePointer<Span>, using generator: inout Philox
  ) -> Bool {
    if depth == 0 {
      Leapfrog.step(&end, step, metric, density, velocity: velocity)
      let energy = Leapfrog.energy(end, metric, velocity: velocity)
      leaves += 1
      acceptanceSum += min(1, exp(startEnergy - energy))
      makeLeaf(span, end, energy: energy)
      isDivergent = !(energy - startEnergy < Leapfrog.greatestError)
      return !isDivergent
    }
    let (first, second) = (half(0, below: depth), half(1, below: depth))
    guard grow(depth - 1, &end, step, metric, density, into: first, using: &generator),
      grow(depth - 1, &end, step, metric, density, into: second, using: &generator)
    else { return false }
    let logWeight = logSum(first.pointee.logWeight, second.pointee.logWeight)
    span.pointee.logWeight = logWeight
    // (3), within.
    let isSecond = log(generator.uniform()) < second.pointee.logWeight - logWeight
    span.pointee.exchangeDraw(with: &(isSecond ? second : first).pointee)
    let (a, b) = (first.pointee, second.pointee)
    add(a.sum, b.firstMomentum)
    guard isStraight(a.firstVelocity, b.firstVelocity, sum) else { return false }
    add(b.sum, a.end.momentum)
    guard isStraight(a.end.velocity, b.end.velocity, sum) else { return false }
    add(a.sum, b.sum)
    guard isStraight(a.firstVelocity, b.end.velocity, sum) else { return false }
    memory.copy(sum, to: span.pointee.momentumSum)
    span.pointee.isPoint = false
    span.pointee.exchangeFirst(with: &first.pointee)
    span.pointee.exchangeLast(with: &second.pointee)
    return true
  }

  /// A span of one point. `velocity` holds that of the point.
  private func makeLeaf(_ span: UnsafeMutablePointer<Span>, _ point: PhasePoint, energy: Double) {
    memory.copy(point.momentum, to: span.pointee.firstMomentum)
    memory.copy(velocity, to: span.pointee.firstVelocity)
    memory.copy(point.position, to: span.pointee.position)
    memory.copy(point.gradient, to: span.pointee.gradient)
    span.pointee.isPoint = true
    span.pointee.logDensity = point.logDensity
    span.pointee.energy = energy
    span.pointee.logWeight = startEnergy - energy
  }

  private func copy(_ from: PhasePoint, to: inout PhasePoint) {
    memory.copy(from.position, to: to.position)
    memory.copy(from.momentum, to: to.momentum)
    memory.copy(from.gradient, to: to.gradient)
    to.logDensity = from.logDensity
  }

  /// sum ← a + b.
  private func add(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>) {
    for i in 0..<memory.dimension { sum[i] = a[i] + b[i] }
  }

  /// Equation (1).
  private func isStraight(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ rho: UnsafePointer<Double>) -> Bool
  {
    dot(a, rho, count: memory.dimension) > 0 && dot(b, rho, count: memory.dimension) > 0
  }

  private func logSum(_ a: Double, _ b: Double) -> Double {
    let (least, greatest) = (min(a, b), max(a, b))
    return least == -.infinity ? greatest : greatest + log1p(exp(least - greatest))
  }
}
