//  NetworkOptions.swift — options of the network and of its training, whatever the method.

public import ArgumentParser
public import Credence

extension Activation: ExpressibleByArgument {}

struct NetworkOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Units of the hidden layers, or 'linear' for none; for images also lenet5 or resnet20 (default: \(Defaults.network)).",
      valueName: "n,n"), transform: Self.network)
  var network = Defaults.network

  @Option(help: ArgumentHelp("The function between hidden layers (default: relu).", valueName: "name"))
  var activation: Activation?

  @Option(help: ArgumentHelp("Passes over the data; chosen by its size by default.", valueName: "n"))
  var epochs: Int?

  @Option(help: ArgumentHelp("Rows of a minibatch; chosen by the size of the data by default.", valueName: "n"))
  var batchSize: Int?

  @Option(help: ArgumentHelp("The learning rate of the first step.", valueName: "x"))
  var learningRate: Double?

  @Flag(
    inversion: .prefixedNo,
    help: "Hold a tenth of the rows back, another one for each member, and keep the parameters that predict them best.")
  var earlyStopping = true

  @Option(help: ArgumentHelp("The standard deviation of the prior of each parameter.", valueName: "x"))
  var priorScale: Double = Defaults.priorScale

  @Option(help: ArgumentHelp("The same seed gives the same result, bit for bit.", valueName: "n"))
  var seed: UInt64 = 0

  /// Throws: `ValidationError` that says what is possible.
  private static func network(_ text: String) throws -> NetworkDescription {
    guard let network = NetworkDescription(text) else {
      throw ValidationError(
        "--network is the units of the hidden layers, each from 1 to \(1 << 20), as 50,50, or one of linear, lenet5, "
          + "resnet20, not '\(text)'.")
    }
    return network
  }

  func validate() throws {
    if network.isConvolutional && activation != nil {
      throw ValidationError("--activation belongs to hidden layers, and \(network) has functions of its own.")
    }
    if let epochs, !(1...10_000_000).contains(epochs) {
      throw ValidationError("--epochs is a number from 1 to 10000000.")
    }
    if let batchSize, batchSize < 1 { throw ValidationError("--batch-size is a number from 1.") }
    if let learningRate, !(learningRate > 0 && learningRate.isFinite) {
      throw ValidationError("--learning-rate is a number above 0.")
    }
    if !(priorScale > 0 && priorScale.isFinite) { throw ValidationError("--prior-scale is a number above 0.") }
  }

  func description(method: MethodDescription) -> FitDescription {
    FitDescription(
      method: method, network: network, activation: activation ?? .relu, priorScale: priorScale, epochs: epochs,
      batchSize: batchSize, learningRate: learningRate, stopsEarly: earlyStopping, seed: seed)
  }
}
