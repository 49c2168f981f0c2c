//  TrainingOptions.swift — options of training that every fit has, whatever the network and the method.

import ArgumentParser

struct TrainingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Passes over the data; chosen by its size by default.", valueName: "n"))
  var epochs: Int?

  @Option(help: ArgumentHelp("Rows of a minibatch; chosen by the size of the data by default.", valueName: "n"))
  var batchSize: Int?

  @Option(help: ArgumentHelp("The learning rate of the first step; by default that of the method.", valueName: "x"))
  var learningRate: Double?

  @Option(help: ArgumentHelp("The same seed gives the same result, bit for bit.", valueName: "n"))
  var seed: UInt64 = 0

  func validate() throws {
    if let epochs, !(1...10_000_000).contains(epochs) {
      throw ValidationError("--epochs is a number from 1 to 10000000.")
    }
    if let batchSize, batchSize < 1 { throw ValidationError("--batch-size is a number from 1.") }
    if let learningRate, !(learningRate > 0 && learningRate.isFinite) {
      throw ValidationError("--learning-rate is a number above 0.")
    }
  }

  /// Throws: `ValidationError` unless the prior has a width.
  static func check(priorScale: Double) throws {
    if !(priorScale > 0 && priorScale.isFinite) { throw ValidationError("--prior-scale is a number above 0.") }
  }
}
