//  FitDescription.swift — everything that determines a fit, beside its data: a value that can be written down.

public import Networks
import Optimization
import Probability
public import Training

/// The settings of a fit. What is `nil` is chosen by the method and by `Defaults`.
public struct FitDescription: Hashable, Sendable, Codable {
  public var method: MethodDescription
  public var network: NetworkDescription
  /// Behind each hidden layer; convolutional networks have their own.
  public var activation: Activation
  /// The prior of each parameter; `nil` takes the normal one.
  public var prior: PriorChoice?
  /// Its scale: of a normal prior the standard deviation.
  public var priorScale: Double
  public var epochs: Int?
  public var batchSize: Int?
  public var learningRate: Double?
  /// Whether rows are held back to choose the parameters by, where the method can: see `Defaults`.
  public var stopsEarly: Bool
  public var seed: UInt64
  /// How a target of numbers scatters; `nil` takes the normal distribution. Of no use for classes.
  public var likelihood: LikelihoodChoice?
  /// Whether every class counts the same, however few rows it has. Of no use for numbers.
  public var balancesClasses: Bool

  enum CodingKeys: String, CodingKey {
    case method, network, activation, prior, priorScale, epochs, batchSize, learningRate, stopsEarly, seed, likelihood
    case balancesClasses
  }

  public init(
    method: MethodDescription = MethodDescription(MethodCatalogue.standard),
    network: NetworkDescription = Defaults.network, activation: Activation = .relu,
    priorScale: Double = Defaults.priorScale, epochs: Int? = nil, batchSize: Int? = nil, learningRate: Double? = nil,
    stopsEarly: Bool = true, seed: UInt64 = 0, likelihood: LikelihoodChoice? = nil, balancesClasses: Bool = false,
    prior: PriorChoice? = nil
  ) {
    self.method = method
    self.network = network
    self.activation = activation
    self.prior = prior
    self.priorScale = priorScale
    self.epochs = epochs
    self.batchSize = batchSize
    self.learningRate = learningRate
    self.stopsEarly = stopsEarly
    self.seed = seed
    self.likelihood = likelihood
    self.balancesClasses = balancesClasses
  }

  /// The network, prior and likelihood for data.
  ///
  /// Throws: `TrainingError.unusable` when no network can be built so, or there is no such method.
  public func model(for data: FitData) throws(TrainingError) -> BayesianModel {
    try model(for: data.encoding, weights: balancesClasses ? data.classCounts.map(Defaults.balancedWeights) : nil)
  }

  /// The network, prior and likelihood for data of this kind.
  ///
  /// - Parameter weights: What each class counts.
  /// - Throws: `TrainingError.unusable` when no network can be built so, or there is no such method.
  public func model(for encoding: DataEncoding, weights: [Double]? = nil) throws(TrainingError) -> BayesianModel {
    _ = try resolvedMethod()
    let likelihood = Defaults.likelihood(of: encoding, likelihood, weights: weights)
    let layers = try network.layers(
      inputs: encoding.inputShape, outputs: likelihood.outputCount(targets: 1) ?? 1, activation: activation)
    do {
      let network = try Network(inputs: encoding.inputShape, layers: layers)
      return BayesianModel(
        network, prior: (prior ?? .normal).prior(scale: priorScale), likelihood: likelihood)
    } catch {
      throw .unusable(
        "the network \(network) cannot be built for inputs of shape \(encoding.inputShape): \(error.description)"
          + (network.isConvolutional ? "; give larger images, or name the units of hidden layers, as 50,50" : ""))
    }
  }

  /// How the parameters of each network are found in data of so many rows.
  ///
  /// Throws: `TrainingError.unusable` when there is no such method.
  public func training(rows: Int) throws(TrainingError) -> TrainingConfiguration {
    let chosen = try choices(rows: rows)
    return TrainingConfiguration(
      epochs: chosen.epochs, batchSize: chosen.batchSize, optimizer: .adam(), schedule: .cosine(chosen.learningRate),
      earlyStopping: chosen.stopsEarly ? Defaults.earlyStopping(rows: rows, epochs: chosen.epochs) : nil)
  }

  /// The fit of a model to so many rows, all settings chosen.
  ///
  /// Throws: `TrainingError.unusable` when the method does not take the model, or there is no such method.
  package func plan(_ model: BayesianModel, rows: Int) throws(TrainingError) -> MethodPlan {
    let (entry, options) = try resolvedMethod()
    let setting = FitSetting(
      model: model, training: try training(rows: rows), learningRate: try choices(rows: rows).learningRate, rows: rows)
    guard let epochs = entry.epochsAfterPilot else { return try entry.plan(options, setting) }
    return try Pilot.plan(setting, epochs: { epochs($0, options) }) { (setting) throws(TrainingError) in
      try entry.plan(options, setting)
    }
  }

  /// The defaults, changed by the method, changed by what somebody chose.
  func choices(rows: Int) throws(TrainingError) -> TrainingDefaults {
    let (entry, options) = try resolvedMethod()
    var chosen = Defaults.training(network, rows: rows, batchSize: batchSize)
    entry.defaults(&chosen, options)
    chosen.epochs = epochs ?? chosen.epochs
    chosen.batchSize = batchSize ?? chosen.batchSize
    chosen.learningRate = learningRate ?? chosen.learningRate
    chosen.stopsEarly = stopsEarly && chosen.stopsEarly
    return chosen
  }

  private func resolvedMethod() throws(TrainingError) -> (MethodEntry, MethodOptions) {
    do {
      return try method.resolved()
    } catch {
      throw .unusable(error.description)
    }
  }
}
