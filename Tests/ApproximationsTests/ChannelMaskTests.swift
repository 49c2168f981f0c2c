//  ChannelMaskTests.swift — learned rates before convolutions: one mask a channel, and a rate that comes to rest.

import Approximations
import Arrays
import Foundation
import Networks
import Optimization
import Probability
import Testing
import Training

@Suite struct ChannelMaskTests {
  /// Handwritten digits as images, from 0 up to 1. Shape [N, 1, 8, 8].
  private static func digits(_ count: Int) throws -> Examples {
    let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Data/digits.csv")
    let lines = try String(contentsOf: path, encoding: .utf8).split(separator: "\n").dropFirst().prefix(count)
    let rows = lines.map { $0.split(separator: ",").compactMap { Float($0) } }
    return Examples(
      inputs: DenseArray(rows.flatMap { $0.dropLast().map { $0 / 16 } }, shape: [rows.count, 1, 8, 8]),
      targets: DenseArray(rows.map { $0[64] }))
  }

  /// The first mask stands before a convolution, the second before a dense layer with a weight for each position.
  private static func network(_ rate: Double) -> Network {
    Network(inputs: [1, 8, 8]) {
      Convolution2D(16, size: 3, padding: 1)
      ActivationWithDropout(.relu, .learned(initial: rate))
      Convolution2D(16, size: 3, stride: 2, padding: 1)
      ActivationWithDropout(.relu, .fixed(0.1))
      Flatten()
      Dense(10)
    }
  }

  /// A rate that each position paid for by itself would rise from here, by 64 entropies to one weight: from 0.1 to 0.2 in as many
  /// epochs.
  @Test(arguments: [0.1, 0.3]) func aRateBeforeAConvolutionFallsWhereTheDataAreClear(first: Double) throws {
    let examples = try Self.digits(500)
    let model = BayesianModel(
      Self.network(first), prior: .normal(scale: 0.3), likelihood: .categorical(classes: 10))
    func rate(epochs: Int) throws -> Double {
      let training = TrainingConfiguration(epochs: epochs, batchSize: 50, schedule: .constant(0.003))
      return try MonteCarloDropout(training: training).fit(model, to: examples, seed: 1).rates[0]
    }
    let (early, late) = (try rate(epochs: 20), try rate(epochs: 60))
    #expect(late < early && early < first, "\(early), \(late)")
  }
}
