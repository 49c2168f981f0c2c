//  FitDescription.swift — everything that determines a fit, beside its data: a value that can be written down.
//
//  Notation   P  parameters of one network     S  networks     N  rows
//
//  Memory     each network needs θ, its gradient and the optimiser's state: about 16 P bytes; draws and result 8 P more  (1)

import Approximations
import Arrays
import Foundation
public import Networks
import Probability
public import Training

/// The settings of a fit. What is `nil` is chosen by `Defaults`.
public struct FitDescription: Hashable, Sendable, Codable {
  public var method: FitMethod
  /// Units of the hidden layers, from the inputs on.
  public var hiddenUnits: [Int]
  public var activation: Activation
  /// The standard deviation of the normal prior of each parameter.
  public var priorScale: Double
  public var epochs: Int?
  public var batchSize: Int?
  public var learningRate: Double?
  /// Whether rows are held back to choose the parameters by, see `Defaults`.
  public var stopsEarly: Bool
  public var seed: UInt64

  public init(
    method: FitMethod = .ensemble(members: Defaults.members, bagging: false),
    hiddenUnits: [Int] = Defaults.hiddenUnits, activation: Activation = .relu,
    priorScale: Double = Defaults.priorScale, epochs: Int? = nil, batchSize: Int? = nil, learningRate: Double? = nil,
    stopsEarly: Bool = true, seed: UInt64 = 0
  ) {
    self.method = method
    self.hiddenUnits = hiddenUnits
    self.activation = activation
    self.priorScale = priorScale
    self.epochs = epochs
    self.batchSize = batchSize
    self.learningRate = learningRate
    self.stopsEarly = stopsEarly
    self.seed = seed
  }

  /// The network, prior and likelihood for data of this kind.
  ///
  /// Throws: `TrainingError.unusable` when no network can be built so.
  public func model(for encoding: DataEncoding) throws(TrainingError) -> BayesianModel {
    let likelihood = Defaults.likelihood(of: encoding)
    var layers: [any Layer] = encoding.inputShape.rank > 1 ? [Flatten()] : []
    for units in hiddenUnits { layers += [Dense(units), activation] as [any Layer] }
    layers.append(Dense(likelihood.outputCount(targets: 1) ?? 1))
    do {
      let network = try Network(inputs: encoding.inputShape, layers: layers)
      return BayesianModel(network, prior: .normal(scale: priorScale), likelihood: likelihood)
    } catch {
      throw .unusable("the network cannot be built: \(error.description)")
    }
  }

  /// How the parameters of each network are found in data of so many rows.
  public func training(rows: Int) -> TrainingConfiguration {
    Defaults.training(self, rows: rows)
  }

  /// Fits.
  ///
  /// Throws: `TrainingError`.
  public func run(on data: FitData, control: RunControl = RunControl()) throws(TrainingError) -> FittedModel {
    let model = try model(for: data.encoding)
    try checkMemory(model)
    let training = training(rows: data.examples.count)
    let posterior: DrawsPosterior
    switch method {
    case .maximumAPosteriori:
      posterior = try MaximumAPosteriori(training: training)
        .fit(model, to: data.examples, seed: seed, control: control)
    case .ensemble(let members, let bagging):
      posterior = try DeepEnsemble(members: members, bagging: bagging, training: training)
        .fit(model, to: data.examples, seed: seed, control: control)
    }
    return FittedModel(
      record: FitRecord(
        settings: self, training: training, model: model, encoding: data.encoding, rowCount: data.examples.count,
        libraryVersion: LibraryVersion.current),
      posterior: posterior)
  }

  /// Refuses a fit that does not fit into the machine's memory, equation (1).
  private func checkMemory(_ model: BayesianModel) throws(TrainingError) {
    let memory = Double(ProcessInfo.processInfo.physicalMemory)
    let needed = 24 * Double(model.parameterCount) * Double(method.members)
    guard needed < memory else {
      let gigabytes = { (bytes: Double) in String(Int((bytes / 1e9).rounded(.up))) + " GB" }
      throw .unusable(
        "\(method.members) networks of \(model.parameterCount) parameters need \(gigabytes(needed)) of memory, and this "
          + "machine has \(gigabytes(memory)); use fewer units or fewer members")
    }
  }
}
