//  MetropolisAdjustedLangevin.swift — one step along the gradient with noise, accepted or rejected.
//
//  Equations  (1) x′ = x + ε²/2 C ∇log p(x) + ε √C z                                  [Roberts and Tweedie 1996]
//             (2) (1) is one leapfrog step with p = √C⁻¹ z: accept with min(1, exp(H − H′)), whose kinetic energies are the
//                 densities of the forward and the backward proposal
//             (3) target acceptance 0.574                                             [Roberts and Rosenthal 1998]
//
//  Where curvature varies no ε serves everywhere: in tails whose gradient grows faster than x a chain stands still for long, unless its
//  acceptance elsewhere is near 1.
//
//  Cost       one gradient a transition. The case L = 1 of Hamiltonian Monte Carlo; longer trajectories mix faster.

import Foundation

/// The Metropolis-adjusted Langevin algorithm.
public struct MetropolisAdjustedLangevin: Sampler, Hashable {
  public let stepSize: StepSize
  public let metric: MetricShape

  public init(stepSize: StepSize = .adapted(acceptance: 0.574), metric: MetricShape = .diagonal) {
    self.stepSize = stepSize
    self.metric = metric
  }

  public func kernel(dimension: Int, warmUp: Int) -> HamiltonianMonteCarlo.Kernel {
    let shape = MetricLearning(
      metric, dimension: dimension, warmUp: warmUp, transitionsPerDraw: 2 * cbrt(Double(dimension)))
    return HamiltonianMonteCarlo.Kernel(
      length: .steps(1), tuning: HamiltonianTuning(stepSize, shape, warmUp: warmUp))
  }

  public func workspace(of kernel: HamiltonianMonteCarlo.Kernel, dimension: Int) -> PhaseMemory {
    PhaseMemory(dimension: dimension)
  }
}
