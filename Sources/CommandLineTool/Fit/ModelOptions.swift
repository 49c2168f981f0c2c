//  ModelOptions.swift — options of what is fitted, and how.

public import ArgumentParser
public import Credence

/// Units of hidden layers: "50,50".
struct HiddenUnits: ExpressibleByArgument, CustomStringConvertible {
  let units: [Int]

  init(_ units: [Int]) { self.units = units }

  init?(argument: String) {
    let units = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard units.allSatisfy({ $0 >= 1 && $0 <= 1 << 20 }), units.count <= 1000 else { return nil }
    self.units = units
  }

  var description: String { units.map(String.init).joined(separator: ",") }
  var defaultValueDescription: String { description }
}

extension Activation: ExpressibleByArgument {}

enum MethodArgument: String, ExpressibleByArgument, CaseIterable {
  case map, ensemble
}

struct ModelOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Units of the hidden layers.", valueName: "n,n"))
  var network = HiddenUnits(Defaults.hiddenUnits)

  @Option(help: ArgumentHelp("The function between layers.", valueName: "name"))
  var activation: Activation = .relu

  @Option(help: "How the posterior is approximated.")
  var method: MethodArgument = .ensemble

  @Option(help: ArgumentHelp("Networks of an ensemble (default: \(Defaults.members)).", valueName: "n"))
  var members: Int?

  @Flag(help: "Give each member of an ensemble a resample of the rows.")
  var bagging = false

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

  @Option(help: ArgumentHelp("The same seed gives the same file, bit for bit.", valueName: "n"))
  var seed: UInt64 = 0

  func validate() throws {
    if method == .map && members != nil { throw ValidationError("--members belongs to --method ensemble.") }
    if method == .map && bagging { throw ValidationError("--bagging belongs to --method ensemble.") }
    if let members, !(1...10_000).contains(members) { throw ValidationError("--members is a number from 1 to 10000.") }
    if let epochs, !(1...10_000_000).contains(epochs) {
      throw ValidationError("--epochs is a number from 1 to 10000000.")
    }
    if let batchSize, batchSize < 1 { throw ValidationError("--batch-size is a number from 1.") }
    if let learningRate, !(learningRate > 0 && learningRate.isFinite) {
      throw ValidationError("--learning-rate is a number above 0.")
    }
    if !(priorScale > 0 && priorScale.isFinite) { throw ValidationError("--prior-scale is a number above 0.") }
  }

  var description: FitDescription {
    FitDescription(
      method: method == .map
        ? .maximumAPosteriori : .ensemble(members: members ?? Defaults.members, bagging: bagging),
      hiddenUnits: network.units, activation: activation, priorScale: priorScale, epochs: epochs, batchSize: batchSize,
      learningRate: learningRate, stopsEarly: earlyStopping, seed: seed)
  }
}
