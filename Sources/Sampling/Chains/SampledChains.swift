//  SampledChains.swift — what chains say of themselves, whether their draws are in memory or in a file.

public import Evaluation

/// The chains of a run at their end.
public protocol SampledChains: Sendable {
  associatedtype Kernel: MarkovKernel

  var plan: SamplingPlan { get }
  /// The chains at their end; a run that was stopped goes on from them.
  var states: [ChainState<Kernel>] { get }
  /// Whether every chain made all draws of the plan, or enough for the stop rule.
  var isComplete: Bool { get }
  /// How many draws each chain has: those of the plan, or, after a request to stop, of the shortest.
  var drawCount: Int { get }
  /// The step of each chain at its last draw; nothing tunes it after the warm-up. Empty where the sampler takes no steps, and without draws.
  var stepSizes: [Double] { get }
  /// Draws with a divergence or a tree cut off on the way to them, how often the density was not a number there, and the energy
  /// fraction of each chain where there are momenta.
  var trajectories: TrajectoryRecord { get }
}

extension SampledChains {
  /// D.
  public var dimension: Int { states[0].point.position.count }

  /// Gradients or values while warming up and after, over all chains.
  public var evaluations: (warmUp: Int, sampling: Int) {
    (states.reduce(0) { $0 + $1.warmUpEvaluations }, states.reduce(0) { $0 + $1.evaluations })
  }

  /// Divergent transitions after the warm-up, over all chains, whatever the thinning.
  public var divergences: Int { states.reduce(0) { $0 + $1.divergences } }

  /// Evaluations that were not a number, or +∞, while warming up and after, of each chain.
  public var notANumber: [(warmUp: Int, sampling: Int)] {
    zip(states, trajectories.notANumber).map { ($0.warmUpNotANumber, $1) }
  }

  /// E-BFMI of each chain, over all its transitions after the warm-up, whatever the thinning; empty where there are no momenta.
  public var energyFractions: [Double] { Kernel.hasMomentum ? states.map(\.energies.fraction) : [] }
}
