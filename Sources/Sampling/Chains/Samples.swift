//  Samples.swift — the draws of several chains, and what was recorded beside them.

public import Arrays
public import Evaluation

/// The result of a run.
public struct Samples<Kernel: MarkovKernel>: SampledChains {
  public let plan: SamplingPlan
  public let states: [ChainState<Kernel>]
  public let isComplete: Bool

  public var drawCount: Int { min(plan.draws, states.map(\.logDensities.count).min() ?? 0) }

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

  public var stepSizes: [Double] {
    let last = drawCount - 1
    return Kernel.hasStepSize && last >= 0 ? states.map { $0.transitions[last].stepSize } : []
  }

  public var trajectories: TrajectoryRecord {
    let records = transitions
    return TrajectoryRecord(
      divergences: records.reduce(0) { $0 + $1.count(where: \.isDivergent) },
      saturatedTrees: records.reduce(0) { $0 + $1.count(where: \.isSaturated) }, drawCount: states.count * drawCount,
      energyFractions: energyFractions, notANumber: records.map { $0.reduce(0) { $0 + $1.notANumber } })
  }
}
