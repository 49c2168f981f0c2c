//  MetropolisAdjustedLangevin.swift — one step along the gradient with noise, accepted or rejected.
//
//  Equations  (1) x′ = x + ε²/2 C ∇log p(x) + ε √C z                                  [Roberts and Tweedie 1996]
//             (2) (1) is one leapfrog step with p = √C⁻¹ z: accept with min(1, exp(H − H′)), whose kinetic energies are the
//                 densities of the forward and the backward proposal
//             (3) target acceptance 0.574                                             [Roberts and Rosenthal 1998]
//
//  Cost       one gradient a transition. The case L = 1 of Hamiltonian Monte Carlo; longer trajectories mix faster.

/// The Metropolis-adjusted Langevin algorithm.
public struct MetropolisAdjustedLangevin: Sampler, Hashable {
  public let stepSize: StepSize
  public let metric: MetricShape

  public init(stepSize: StepSize = .adapted(acceptance: 0.574), metric: MetricShape = .diagonal) {
    self.stepSize = stepSize
    self.metric = metric
  }

  public func kernel(dimension: Int, warmUp: Int) -> HamiltonianMonteCarlo.Kernel {
    HamiltonianMonteCarlo(length: .steps(1), stepSize: stepSize, metric: metric)
      .kernel(dimension: dimension, warmUp: warmUp)
  }

  public func workspace(of kernel: HamiltonianMonteCarlo.Kernel, dimension: Int) -> PhaseMemory {
    PhaseMemory(dimension: dimension)
  }
}
