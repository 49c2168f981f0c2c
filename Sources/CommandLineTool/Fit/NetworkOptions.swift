//  NetworkOptions.swift — options of the network and of its training, whatever the method.

public import ArgumentParser
public import Credence

extension Activation: ExpressibleByArgument {}
extension PriorChoice: ExpressibleByArgument {}

struct NetworkOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Units of the hidden layers, or 'linear' for none; for images also lenet5 or resnet20 (default: \(Defaults.network)).",
      valueName: "n,n"), transform: Self.network)
  var network = Defaults.network

  @Option(help: ArgumentHelp("The function between hidden layers (default: relu).", valueName: "name"))
  var activation: Activation?

  @OptionGroup var training: TrainingOptions

  @Flag(
    inversion: .prefixedNo,
    help: "Hold a tenth of the rows back, another one for each member, and keep the parameters that predict them best.")
  var earlyStopping = true

  @Option(
    help: """
      What is believed of each parameter before the data (default: normal). Methods that need a normal prior refuse the others.
      """)
  var prior: PriorChoice?

  @Option(
    help: ArgumentHelp(
      "The scale of that prior: of a normal one the standard deviation; fan-in divides it by the root of a layer's inputs.",
      valueName: "x"))
  var priorScale: Double = Defaults.priorScale

  /// Throws: `ValidationError` that says what is possible.
  private static func network(_ text: String) throws -> NetworkDescription {
    guard let network = NetworkDescription(text) else {
      throw ValidationError(
        "--network is the units of the hidden layers, each from 1 to \(1 << 20), as 50,50, or one of linear, lenet5, "
          + "resnet20, not '\(text)'" + NearestName.question(text, among: NetworkDescription.names) + ".")
    }
    return network
  }

  func validate() throws {
    if network.isConvolutional && activation != nil {
      throw ValidationError("--activation belongs to hidden layers, and \(network) has functions of its own.")
    }
    try TrainingOptions.check(priorScale: priorScale)
  }

  func description(
    method: MethodDescription, _ likelihood: LikelihoodOptions? = nil
  ) -> FitDescription {
    FitDescription(
      method: method, network: network, activation: activation ?? .relu, priorScale: priorScale,
      epochs: training.epochs, batchSize: training.batchSize, learningRate: training.learningRate,
      stopsEarly: earlyStopping, seed: training.seed,
      likelihood: likelihood?.likelihood, balancesClasses: likelihood?.classWeights == .balanced, prior: prior)
  }
}
