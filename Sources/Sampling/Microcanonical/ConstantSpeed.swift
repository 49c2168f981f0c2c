//  ConstantSpeed.swift — a step of Hamiltonian dynamics whose speed does not change.
//
//  Notation   u  direction of motion, |u| = 1, in coordinates in which the metric is the unit; e = g/|g| the direction of
//             the gradient there; δ = ε |g| / (D − 1)
//
//  Equations  (1) u ← (u + e (sinh δ + (e·u)(cosh δ − 1))) / (cosh δ + (e·u) sinh δ)       [Robnik et al. 2023]
//             (2) the energy: −log p(x) + (D − 1) Σ log(cosh δ + (e·u) sinh δ) over the updates (1)
//             (3) a step: (1) over ε/2, x ← x + ε √C u, (1) over ε/2
//
//  The motion is fast where the density is low, so that funnels and heavy tails are crossed in fewer steps.
//  Cost       a gradient a step.

import Arrays
import Foundation

/// The dynamics in one metric, with memory for D numbers.
struct ConstantSpeed {
  private let metric: Metric
  private let count: Int
  private let scratch: UnsafeMutablePointer<Double>

  /// Precondition: scratch has room for D numbers and is of no use to others in the meantime.
  init(_ metric: Metric, dimension: Int, scratch: UnsafeMutablePointer<Double>) {
    self.metric = metric
    count = dimension
    self.scratch = scratch
  }

  /// Equation (3), with u in place of the momentum; returns the kinetic part of (2).
  func step(_ phase: inout PhasePoint, _ size: Double, _ density: DensityFunction) -> Double {
    let (x, u) = (phase.position, phase.momentum)
    var kinetic = turn(u, phase.gradient, 0.5 * size)
    scratch.update(from: u, count: count)
    metric.colour(scratch)
    for i in 0..<count { x[i] += size * scratch[i] }
    phase.logDensity = density(x, gradient: phase.gradient)
    kinetic += turn(u, phase.gradient, 0.5 * size)
    return kinetic
  }

  /// Equation (1) over a time; returns the term of (2).
  private func turn(_ u: UnsafeMutablePointer<Double>, _ gradient: UnsafePointer<Double>, _ time: Double) -> Double {
    let e = scratch
    e.update(from: gradient, count: count)
    metric.colourTransposed(e)
    let norm = dot(e, e, count: count).squareRoot()
    guard norm > 0 else { return 0 }
    for i in 0..<count { e[i] /= norm }
    let along = dot(e, u, count: count)
    let delta = time * norm / Double(count - 1)
    // cosh δ + a sinh δ = e^δ (1 + a + (1 − a) e^−2δ)/2, which does not overflow.
    let decay = exp(-2 * delta)
    let scale = 0.5 * (1 + along + (1 - along) * decay)
    let (sinh, cosh) = (0.5 * (1 - decay), 0.5 * (1 + decay))
    let root = exp(-delta)
    for i in 0..<count { u[i] = (u[i] * root + e[i] * (sinh + along * (cosh - root))) / scale }
    Self.normalize(u, count)
    return Double(count - 1) * (delta + log(scale))
  }

  /// u ← u/|u|.
  static func normalize(_ u: UnsafeMutablePointer<Double>, _ count: Int) {
    let norm = dot(u, u, count: count).squareRoot()
    for i in 0..<count { u[i] /= norm }
  }
}
