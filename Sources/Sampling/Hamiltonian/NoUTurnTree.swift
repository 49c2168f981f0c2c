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
//  Memory     7 vectors a half span, 14 a level.   Cost: one gradient a leaf.

import Arrays
import Foundation

/// What is known of a stretch of the trajectory, in the order in which it was made.
private struct Span {
  /// Momentum and velocity of its first and last point; ρ; position and gradient of its draw. Shape [D] each.
  let firstMomentum, firstVelocity, lastMomentum, lastVelocity, momentumSum, position,
    gradient: UnsafeMutablePointer<Double>
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
}

/// The memory for trees of a dimension, and the one being grown.
public final class NoUTurnTree {
  private let memory: Vectors
  /// The earliest and the latest point.
  private var ends: [PhasePoint]
  private let velocity: UnsafeMutablePointer<Double>
  private let sum: UnsafeMutablePointer<Double>
  private var trajectory: Span
  private var subtree: Span
  /// Two halves for each level.
  private var halves: [(first: Span, second: Span)]

  private var acceptanceSum = 0.0
  private var leaves = 0
  private var isDivergent = false
  private var startEnergy = 0.0

  init(dimension: Int, greatestDepth: Int) {
    memory = Vectors(8 + Span.vectors * (2 + 2 * greatestDepth), dimension: dimension)
    let memory = memory
    ends = [0, 3].map { PhasePoint(position: memory[$0], momentum: memory[$0 + 1], gradient: memory[$0 + 2]) }
    velocity = memory[6]
    sum = memory[7]
    var next = 8
    func span() -> Span {
      defer { next += Span.vectors }
      return Span(memory, at: next)
    }
    trajectory = span()
    subtree = span()
    halves = (0..<greatestDepth).map { _ in (span(), span()) }
  }

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
    makeLeaf(&trajectory, ends[0], energy: startEnergy)
    var isMoved = false
    var depth = 0
    var goesOn = true
    while goesOn && depth < greatestDepth {
      let isForward = generator.uniform() < 0.5
      let end = isForward ? 1 : 0
      subtree = grow(
        depth, &ends[end], isForward ? stepSize : -stepSize, metric, density, into: subtree, using: &generator, &goesOn)
      guard goesOn else { break }
      depth += 1
      // (3), at the top.
      if log(generator.uniform()) < subtree.logWeight - trajectory.logWeight {
        takeDraw(of: subtree, into: &trajectory)
        isMoved = true
      }
      trajectory.logWeight = logSum(trajectory.logWeight, subtree.logWeight)
      goesOn = join(isForward: isForward)
    }
    if isMoved {
      memory.copy(trajectory.position, to: &point.position)
      memory.copy(trajectory.gradient, to: &point.gradient)
      point.logDensity = trajectory.logDensity
    }
    return Transition(
      acceptance: leaves > 0 ? acceptanceSum / Double(leaves) : 0, stepSize: stepSize, energy: trajectory.energy,
      treeDepth: depth, evaluations: leaves, isDivergent: isDivergent, isSaturated: goesOn)
  }

  /// Whether the trajectory goes on with the new subtree, by (1) and (2); takes the subtree in. The trajectory's first point is
  /// the earliest in time.
  private func join(isForward: Bool) -> Bool {
    let t = trajectory
    let far = isForward ? t.firstVelocity : t.lastVelocity
    let near = isForward ? (t.lastMomentum, t.lastVelocity) : (t.firstMomentum, t.firstVelocity)
    add(t.momentumSum, subtree.firstMomentum)
    var goesOn = isStraight(far, subtree.firstVelocity, sum)
    add(subtree.momentumSum, near.0)
    goesOn = isStraight(near.1, subtree.lastVelocity, sum) && goesOn
    add(t.momentumSum, subtree.momentumSum)
    goesOn = isStraight(far, subtree.lastVelocity, sum) && goesOn
    memory.copy(sum, to: t.momentumSum)
    memory.copy(subtree.lastMomentum, to: isForward ? t.lastMomentum : t.firstMomentum)
    memory.copy(subtree.lastVelocity, to: isForward ? t.lastVelocity : t.firstVelocity)
    return goesOn
  }

  /// Adds 2^depth leaves beyond `end`. `isValid` becomes false where the span turns back or diverges.
  private func grow(
    _ depth: Int, _ end: inout PhasePoint, _ step: Double, _ metric: Metric, _ density: DensityFunction,
    into span: Span, using generator: inout Philox, _ isValid: inout Bool
  ) -> Span {
    var span = span
    if depth == 0 {
      Leapfrog.step(&end, step, metric, density, velocity: velocity)
      let energy = Leapfrog.energy(end, metric, velocity: velocity)
      leaves += 1
      acceptanceSum += min(1, exp(startEnergy - energy))
      if !(energy - startEnergy < Leapfrog.greatestError) {
        isDivergent = true
        isValid = false
      }
      makeLeaf(&span, end, energy: energy)
      return span
    }
    let first = grow(
      depth - 1, &end, step, metric, density, into: halves[depth - 1].first, using: &generator, &isValid)
    guard isValid else { return span }
    let second = grow(
      depth - 1, &end, step, metric, density, into: halves[depth - 1].second, using: &generator, &isValid)
    guard isValid else { return span }
    span.logWeight = logSum(first.logWeight, second.logWeight)
    // (3), within.
    takeDraw(of: log(generator.uniform()) < second.logWeight - span.logWeight ? second : first, into: &span)
    memory.copy(first.firstMomentum, to: span.firstMomentum)
    memory.copy(first.firstVelocity, to: span.firstVelocity)
    memory.copy(second.lastMomentum, to: span.lastMomentum)
    memory.copy(second.lastVelocity, to: span.lastVelocity)
    add(first.momentumSum, second.firstMomentum)
    isValid = isStraight(first.firstVelocity, second.firstVelocity, sum)
    add(second.momentumSum, first.lastMomentum)
    isValid = isStraight(first.lastVelocity, second.lastVelocity, sum) && isValid
    add(first.momentumSum, second.momentumSum)
    isValid = isStraight(first.firstVelocity, second.lastVelocity, sum) && isValid
    memory.copy(sum, to: span.momentumSum)
    return span
  }

  /// A span of one point. `velocity` holds that of the point.
  private func makeLeaf(_ span: inout Span, _ point: PhasePoint, energy: Double) {
    memory.copy(point.momentum, to: span.firstMomentum)
    memory.copy(point.momentum, to: span.lastMomentum)
    memory.copy(point.momentum, to: span.momentumSum)
    memory.copy(velocity, to: span.firstVelocity)
    memory.copy(velocity, to: span.lastVelocity)
    memory.copy(point.position, to: span.position)
    memory.copy(point.gradient, to: span.gradient)
    span.logDensity = point.logDensity
    span.energy = energy
    span.logWeight = startEnergy - energy
  }

  private func takeDraw(of source: Span, into target: inout Span) {
    memory.copy(source.position, to: target.position)
    memory.copy(source.gradient, to: target.gradient)
    target.logDensity = source.logDensity
    target.energy = source.energy
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
    Kernels<Double>.dot(a, rho, count: memory.dimension) > 0 && Kernels<Double>.dot(b, rho, count: memory.dimension) > 0
  }

  private func logSum(_ a: Double, _ b: Double) -> Double {
    let (least, greatest) = (min(a, b), max(a, b))
    return least == -.infinity ? greatest : greatest + log1p(exp(least - greatest))
  }
}
