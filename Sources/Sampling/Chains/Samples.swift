//  Samples.swift — the draws of several chains, and what was recorded beside them.

public import Arrays
public import Evaluation

/// The result of a run.
public struct Samples<Kernel: MarkovKernel>: Sendable {
  public let plan: SamplingPlan
  /// The chains at their end; a run that was stopped goes on from them.
  public let states: [ChainState<Kernel>]
  /// Whether every chain made all draws of the plan, or enough for the stop rule.
  public let isComplete: Bool

  /// How many draws each chain has: those of the plan, or, after a request to stop, of the shortest.
  public var drawCount: Int { min(plan.draws, states.map(\.logDensities.count).min() ?? 0) }

  /// D.
  public var dimension: Int { states[0].point.position.count }

  /// Shape [C, N, D].
  public var draws: DenseArray<Double> {
    let count = drawCount * dimension
    return DenseArray(states.flatMap { $0.draws.prefix(count) }, shape: [states.count, drawCount, dimension])
  }

  /// log p at each draw. Shape [C, N]. Unit: nats.
  public var logDensities: DenseArray<Double> {
    DenseArray(states.flatMap { $0.logDensities.prefix(drawCount) }, shape: [states.count, drawCount])
  }

  /// What led to each draw. Shape [C][N].
  public var transitions: [[Transition]] { states.map { Array($0.transitions.prefix(drawCount)) } }

  /// f of each draw, as chains: for diagnostics of any quantity.
  public func chains(of quantity: ([Double]) -> Double) -> Chains {
    let width = dimension
    return Chains(
      states.map { state in
        (0..<drawCount).map { quantity(Array(state.draws[$0 * width..<($0 + 1) * width])) }
      })
  }

  /// One coordinate, as chains.
  public func chains(of coordinate: Int) -> Chains {
    let width = dimension
    return Chains(states.map { state in (0..<drawCount).map { state.draws[$0 * width + coordinate] } })
  }

  /// Gradients or values while warming up and after, over all chains.
  public var evaluations: (warmUp: Int, sampling: Int) {
    (states.reduce(0) { $0 + $1.warmUpEvaluations }, states.reduce(0) { $0 + $1.evaluations })
  }

  /// Divergent transitions after the warm-up, over all chains, whatever the thinning.
  public var divergences: Int { states.reduce(0) { $0 + $1.divergences } }

  /// Evaluations that were not a number, or +∞, while warming up and after, of each chain.
  public var notANumber: [(warmUp: Int, sampling: Int)] {
    zip(states, transitions).map { state, records in
      (state.warmUpNotANumber, records.reduce(0) { $0 + $1.notANumber })
    }
  }

  /// E-BFMI of each chain, over all its transitions after the warm-up, whatever the thinning; empty where there are no momenta.
  public var energyFractions: [Double] { Kernel.hasMomentum ? states.map(\.energies.fraction) : [] }

  /// Draws with a divergence or a tree cut off on the way to them, and the energy fraction of each chain where there are momenta.
  public var trajectories: TrajectoryRecord {
    let records = transitions
    return TrajectoryRecord(
      divergences: records.reduce(0) { $0 + $1.count(where: \.isDivergent) },
      saturatedTrees: records.reduce(0) { $0 + $1.count(where: \.isSaturated) }, drawCount: states.count * drawCount,
      energyFractions: energyFractions,
      notANumber: notANumber.map(\.sampling))
  }
}
