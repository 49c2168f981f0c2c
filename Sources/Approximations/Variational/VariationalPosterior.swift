//  VariationalPosterior.swift — what variational inference gives: a distribution over θ that can be drawn from.

public import Arrays
public import Networks

/// The distributions that variational inference finds.
public enum VariationalDistribution: Sendable {
  case meanField(MeanFieldNormal)
  case blocks(BlockDistribution)
}

/// An approximation of p(θ | D) by a distribution of a chosen family.
public struct VariationalPosterior: Posterior {
  public let model: BayesianModel
  public let distribution: VariationalDistribution
  /// Running statistics. Shape [Q].
  public let state: DenseArray<Float>
  /// Draws that a prediction averages over.
  public var predictionDraws: Int
  /// What the draws of predictions are a function of.
  public var predictionSeed: UInt64

  public init(
    model: BayesianModel, distribution: VariationalDistribution, state: DenseArray<Float>, predictionDraws: Int = 30,
    predictionSeed: UInt64 = 0
  ) {
    precondition(state.shape == [model.network.stateCount], "statistics of shape \(state.shape)")
    precondition(predictionDraws >= 1, "a prediction from \(predictionDraws) draws")
    self.model = model
    self.distribution = distribution
    self.state = state
    self.predictionDraws = predictionDraws
    self.predictionSeed = predictionSeed
  }

  public func sample(_ count: Int, seed: UInt64) -> DrawsPosterior {
    precondition(count >= 1, "a sample of \(count) draws")
    let draws: DenseArray<Float> =
      switch distribution {
      case .meanField(let normal): normal.draws(count, seed: seed)
      case .blocks(let blocks): blocks.draws(count, seed: seed)
      }
    var states: [Float] = []
    for _ in 0..<count { states += state.elements }
    return DrawsPosterior(model: model, draws: draws, states: DenseArray(states, shape: [count, state.count]))
  }

  /// Averages over `predictionDraws` draws of θ.
  public func predict(_ inputs: DenseArray<Float>, threads: Int) -> Predictive {
    sample(predictionDraws, seed: predictionSeed).predict(inputs, threads: threads)
  }
}
