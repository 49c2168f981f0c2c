//  MicrocanonicalHamiltonian.swift — Hamiltonian dynamics at constant speed, with the accept step.
//
//  Notation   u  direction of motion, |u| = 1, in coordinates in which the metric is the unit; e = g/|g| the direction of
//             the gradient there; δ = ε |g| / (D − 1)
//
//  Equations  (1) u ← (u + e (sinh δ + (e·u)(cosh δ − 1))) / (cosh δ + (e·u) sinh δ)       [Robnik et al. 2023]
//             (2) the energy: −log p(x) + (D − 1) Σ log(cosh δ + (e·u) sinh δ) over the updates (1)
//             (3) a step: (1) over ε/2, x ← x + ε √C u, (1) over ε/2; accept the end by the change of (2)
//
//  At constant speed the motion is fast where the density is low, so that funnels and heavy tails are crossed in fewer steps. With the
//  accept step it leaves p invariant for any step; without, it would be biased by the step. Two coordinates at least.
//  Cost       a gradient a step.

public import Arrays
import Foundation

/// Adjusted microcanonical Hamiltonian Monte Carlo.
public struct MicrocanonicalHamiltonian: Sampler, Hashable {
  /// The mean number of steps of a trajectory; each has 1 … 2 mean − 1.
  public let meanSteps: Int
  public let stepSize: StepSize
  public let metric: MetricShape

  /// Precondition: meanSteps ≥ 1.
  public init(
    meanSteps: Int, stepSize: StepSize = .adapted(acceptance: 0.9), metric: MetricShape = .diagonal
  ) {
    precondition(meanSteps >= 1, "trajectories of \(meanSteps) steps")
    self.meanSteps = meanSteps
    self.stepSize = stepSize
    self.metric = metric
  }

  public func kernel(dimension: Int, warmUp: Int) -> Kernel {
    precondition(dimension >= 2, "constant speed needs two coordinates at least")
    return Kernel(
      meanSteps: meanSteps,
      tuning: HamiltonianTuning(stepSize, metric: metric, dimension: dimension, warmUp: warmUp))
  }

  public func workspace(of kernel: Kernel, dimension: Int) -> PhaseMemory { PhaseMemory(dimension: dimension) }

  public struct Kernel: MarkovKernel {
    let meanSteps: Int
    var tuning: HamiltonianTuning

    public mutating func step(
      _ point: inout ChainPoint, _ density: DensityFunction, _ memory: PhaseMemory, using generator: inout Philox
    ) -> Transition {
      // The scale of a first step is left to the averaging: a search by one leapfrog step is of another dynamics.
      if tuning.needsSearch { tuning.begin(at: tuning.stepSize) }
      let count = density.dimension
      let metric = tuning.metric
      var phase = memory.load(point)
      let (x, u, velocity) = (phase.position, phase.momentum, memory.velocity)
      generator.fillNormal(UnsafeMutableBufferPointer(start: u, count: count))
      normalize(u, count)
      let steps = 1 + generator.integer(below: 2 * meanSteps - 1)
      let size = tuning.stepSize
      var kinetic = 0.0
      var taken = 0
      var isFinite = true
      while taken < steps && isFinite {
        kinetic += turn(u, phase.gradient, 0.5 * size, metric, velocity, count)
        velocity.update(from: u, count: count)
        metric.colour(velocity)
        for i in 0..<count { x[i] += size * velocity[i] }
        phase.logDensity = density(x, gradient: phase.gradient)
        kinetic += turn(u, phase.gradient, 0.5 * size, metric, velocity, count)
        taken += 1
        isFinite = phase.logDensity.isFinite && kinetic.isFinite
      }
      let change = kinetic - (phase.logDensity - point.logDensity)
      let isDivergent = !isFinite || !(change < Leapfrog.greatestError)
      let acceptance = isDivergent ? 0 : min(1, exp(-change))
      if generator.uniform() < acceptance { memory.store(phase, in: &point) }  // (3)
      return Transition(
        acceptance: acceptance, stepSize: size, energy: -point.logDensity, evaluations: taken,
        isDivergent: isDivergent)
    }

    /// Equation (1) over a time; returns the term of (2).
    private func turn(
      _ u: UnsafeMutablePointer<Double>, _ gradient: UnsafePointer<Double>, _ time: Double, _ metric: Metric,
      _ e: UnsafeMutablePointer<Double>, _ count: Int
    ) -> Double {
      e.update(from: gradient, count: count)
      metric.colourTransposed(e)
      let norm = Kernels<Double>.dot(e, e, count: count).squareRoot()
      guard norm > 0 else { return 0 }
      for i in 0..<count { e[i] /= norm }
      let along = Kernels<Double>.dot(e, u, count: count)
      let delta = time * norm / Double(count - 1)
      // cosh δ + a sinh δ = e^δ (1 + a + (1 − a) e^−2δ)/2, which does not overflow.
      let decay = exp(-2 * delta)
      let scale = 0.5 * (1 + along + (1 - along) * decay)
      let (sinh, cosh) = (0.5 * (1 - decay), 0.5 * (1 + decay))
      let root = exp(-delta)
      for i in 0..<count { u[i] = (u[i] * root + e[i] * (sinh + along * (cosh - root))) / scale }
      normalize(u, count)
      return Double(count - 1) * (delta + log(scale))
    }

    private func normalize(_ u: UnsafeMutablePointer<Double>, _ count: Int) {
      let norm = Kernels<Double>.dot(u, u, count: count).squareRoot()
      for i in 0..<count { u[i] /= norm }
    }

    public mutating func learn(from transition: Transition, at point: ChainPoint) {
      tuning.learn(acceptance: transition.acceptance, at: point.position)
    }

    public mutating func finishWarmUp() { tuning.finish() }
  }
}
