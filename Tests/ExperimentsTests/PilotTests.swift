//  PilotTests.swift — what a pilot is for: the noise of rows held back, and a run of the length that suits them.

import Approximations
import Arrays
import Experiments
import Foundation
import Networks
import Probability
import Testing
import Training

@Suite struct PilotTests {
  private static func fitted(stopsEarly: Bool) throws -> FittedModel {
    // 30 rows and 100 units: a network that is trained to the end passes near every row.
    try FitDescription(
      method: MethodDescription("swa"), network: .dense([100]), priorScale: 10, epochs: 3000, learningRate: 0.02,
      stopsEarly: stopsEarly, seed: 2
    ).run(on: try SmallData.noisyRegression())
  }

  private static func deviation(_ model: FittedModel) throws -> Double {
    let inputs = try SmallData.noisyRegression().examples.inputs
    return model.predict(inputs, threads: 1).standardDeviation[0]
  }

  @Test func theNoiseIsThatOfRowsHeldBackAndNotThatOfRowsLearntByHeart() throws {
    let (with, without) = (try Self.fitted(stopsEarly: true), try Self.fitted(stopsEarly: false))
    // The noise of the data has a standard deviation of 0.5.
    let (chosen, learnt) = (try Self.deviation(with), try Self.deviation(without))
    #expect(chosen > 0.2 && chosen < 1.2, "\(chosen)")
    #expect(learnt < chosen, "\(learnt)")
    guard case .gaussian(.fixed) = with.record.model.likelihood.family,
      case .gaussian(.learned) = without.record.model.likelihood.family
    else {
      Issue.record("the pilot fixes the noise, and without it the method learns it")
      return
    }
  }

  @Test func theEpochsAfterAPilotAreAMultipleOfItsBest() throws {
    // One pilot for all, of the same rows and the same seed: a cycle for each ensemble member is as long as it found best.
    let data = try SmallData.noisyRegression()
    let records = try [1, 2, 4].map { cycles in
      try FitDescription(
        method: MethodDescription("snapshot", options: ["cycles": .integer(cycles)]), network: .dense([20]),
        epochs: 1000, learningRate: 0.02, stopsEarly: true, seed: 2
      ).run(on: data).record
    }
    let epochs = records.map(\.training.epochs)
    #expect(
      epochs[0] >= 10 && epochs[1] == 2 * epochs[0] && epochs[2] == 4 * epochs[0] && epochs[2] < 1000, "\(epochs)")
    for record in records {
      #expect(record.training.earlyStopping == nil)
      #expect(record.pilot?.epochs == 1000 && record.pilot?.earlyStopping != nil)
    }
  }

  /// No optimiser finds the modes of a cyclical path: it takes all epochs that it may have, and not those of the pilot's mode.
  @Test func aChainThatExploresTakesAllEpochs() throws {
    let data = try SmallData.noisyRegression()
    let epochs = try ["modes", "cyclical"].map { path in
      try FitDescription(
        method: MethodDescription("csghmc", options: ["path": .choice(path)]), network: .dense([20]), epochs: 1000,
        learningRate: 0.02, stopsEarly: true, seed: 2
      ).run(on: data).record.training.epochs
    }
    #expect(epochs[0] < 1000 && epochs[1] == 1000, "\(epochs)")
  }

  /// A mode that passes near every row would leave steps far too long for the noise that it has learnt.
  @Test(arguments: ["sgld", "sghmc", "sgnht", "csghmc"])
  func aChainWithoutAPilotKeepsTheFirstNoise(method: String) throws {
    let data = try SmallData.noisyRegression()
    let model = try FitDescription(
      method: MethodDescription(method), network: .dense([100]), priorScale: 10, epochs: 600, learningRate: 0.02,
      stopsEarly: false, seed: 2
    ).run(on: data)
    guard case .gaussian(.fixed(0.5)) = model.record.model.likelihood.family else {
      Issue.record("\(model.record.model.likelihood)")
      return
    }
    #expect(model.predict(data.examples.inputs, threads: 1).standardDeviation.allSatisfy { $0 > 0.4 && $0 < 2 })
  }
}
