//  Leapfrog.swift — Hamilton's equations, step by step.
//
//  Notation   x position, p momentum, g = ∇ log p(x), C = M⁻¹, ε step
//
//  Equations  (1) p ← p + ε/2 g(x);   x ← x + ε C p;   p ← p + ε/2 g(x)
//             (2) H = −log p(x) + 1/2 pᵀ C p
//
//  (1) preserves volume and is its own inverse under p ↦ −p; the error of (2) over a fixed time is of second order in ε.

import Arrays
import CKernels

/// A place in phase space, in memory that another owns.
struct PhasePoint {
  /// x, p and g. Shape [D] each.
  let position, momentum, gradient: UnsafeMutablePointer<Double>
  var logDensity = 0.0
}

enum Leapfrog {
  /// Equation (1) from one place to another, which may be the same; a negative step goes back in time. Returns (2) at the end, and
  /// the velocity there.
  static func step(
    from start: PhasePoint, to end: inout PhasePoint, _ stepSize: Double, _ metric: Metric,
    _ density: DensityFunction, velocity: UnsafeMutablePointer<Double>
  ) -> Double {
    let half = 0.5 * stepSize
    metric.drift(from: start, to: end, half: half, whole: stepSize, velocity: velocity)
    end.logDensity = density(end.position, gradient: end.gradient)
    return energy(0.5 * metric.kick(end, half: half, velocity: velocity) - end.logDensity)
  }

  /// Equation (1) in place.
  static func step(
    _ point: inout PhasePoint, _ stepSize: Double, _ metric: Metric, _ density: DensityFunction,
    velocity: UnsafeMutablePointer<Double>
  ) {
    _ = step(from: point, to: &point, stepSize, metric, density, velocity: velocity)
  }

  /// Equation (2), with the velocity at the point as a by-product. Infinite where the density is not a number.
  static func energy(_ point: PhasePoint, _ metric: Metric, velocity: UnsafeMutablePointer<Double>) -> Double {
    energy(0.5 * metric.square(point.momentum, velocity: velocity) - point.logDensity)
  }

  private static func energy(_ value: Double) -> Double { value.isNaN ? .infinity : value }

  /// An energy error above this is a divergence. Unit: nats.
  static let greatestError = 1000.0
}

/// A trajectory by itself, to be looked at.
public enum LeapfrogTrajectory {
  /// x, p and H after so many steps from (x, p). Shapes [D].
  public static func run(
    _ position: [Double], _ momentum: [Double], stepSize: Double, steps: Int, _ metric: Metric,
    _ density: DensityFunction
  ) -> (x: [Double], p: [Double], energy: Double) {
    let memory = PhaseMemory(dimension: density.dimension)
    var phase = memory.load(ChainPoint(position, density))
    for i in momentum.indices { phase.momentum[i] = momentum[i] }
    for _ in 0..<steps { Leapfrog.step(&phase, stepSize, metric, density, velocity: memory.velocity) }
    let energy = Leapfrog.energy(phase, metric, velocity: memory.velocity)
    return (
      Array(UnsafeBufferPointer(start: phase.position, count: density.dimension)),
      Array(UnsafeBufferPointer(start: phase.momentum, count: density.dimension)), energy
    )
  }
}
