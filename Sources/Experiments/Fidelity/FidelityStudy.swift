//  FidelityStudy.swift — one network, one prior, one split of the data: the posterior itself, and approximations of it.
//
//  The reference is a fit of `nuts` like any other, with its model file. Outside the data are the held-out rows with every
//  standardised input tripled: three times as far from the mean of the training rows.

public import Approximations
import Arrays
import Evaluation
import Networks
import Training

/// Data and settings that all methods of a study share.
public struct FidelityStudy: Sendable {
  public let data: HeldOutData
  /// The description of every fit, but for its method.
  public let settings: FitDescription

  /// How far outside: the factor on standardised inputs.
  static let reach: Float = 3

  public init(data: HeldOutData, settings: FitDescription) {
    self.data = data
    self.settings = settings
  }

  /// The reference of long chains, where nobody chooses: 4 chains of 1000 + 1000 transitions.
  public static let referenceOptions: [String: OptionValue] = [
    "chains": .integer(4), "warm-up": .integer(1000), "draws": .integer(250), "thinning": .integer(4),
  ]

  /// What the reference is, with these options of `nuts`: all rows in each gradient, and no choice of epochs.
  public func reference(_ options: [String: OptionValue]) -> FitDescription {
    var description = settings
    description.method = MethodDescription(
      MethodEntry.noUTurnChains.name, options: Self.referenceOptions.merging(options) { $1 })
    description.epochs = nil
    description.batchSize = nil
    description.learningRate = nil
    return description
  }

  private var outside: DenseArray<Float> {
    DenseArray(data.inputs.elements.map { Self.reach * $0 }, shape: data.inputs.shape)
  }

  /// What a model predicts for the held-out rows, and outside.
  public func predictions(of model: FittedModel, threads: Int) -> FidelityPredictions {
    FidelityPredictions(
      inside: model.predict(data.inputs, threads: threads), outside: model.predict(outside, threads: threads))
  }

  /// Whether the chains agree in what they predict for the held-out rows, and outside.
  public func convergence(
    of chains: MarkovChainsPosterior, threads: Int
  ) -> (inside: PredictionConvergence, outside: PredictionConvergence) {
    (chains.convergence(at: data.inputs, threads: threads), chains.convergence(at: outside, threads: threads))
  }

  /// The first half of the reference's chains against the second: what is left of every figure where there is nothing but the
  /// noise of the reference. `nil` for one chain.
  public func noise(of reference: FittedModel, threads: Int) -> FidelityScores? {
    guard let chains = reference.posterior as? MarkovChainsPosterior, chains.chainCount > 1 else { return nil }
    let cut = chains.chainCount / 2 * chains.drawsPerChain
    let halves = [0..<cut, cut..<chains.draws.drawCount].map { range in
      let draws = DrawsPosterior(
        model: chains.model, draws: chains.draws.draws.rows(at: Array(range)),
        states: chains.draws.states.rows(at: Array(range)))
      return predictions(of: FittedModel(record: reference.record, posterior: draws), threads: threads)
    }
    return FidelityScores(of: halves[0], against: halves[1], targets: data.targets)
  }
}
