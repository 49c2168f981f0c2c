//  BlockFitTests.swift — families with covariances on the linear-Gaussian model of `MeanFieldFitTests`, whose posterior they hold.

import Approximations
import Arrays
import Networks
import Optimization
import Probability
import Testing
import Training

@Suite struct BlockFitTests {
  /// Λ⁻¹ of `MeanFieldFitTests`, by Gauss and Jordan.
  private static let covariance: [[Double]] = {
    var system = (0..<4).map { i in MeanFieldFitTests.exact.precision[i] + (0..<4).map { i == $0 ? 1 : 0 } }
    for pivot in 0..<4 {
      let scale = system[pivot][pivot]
      for column in 0..<8 { system[pivot][column] /= scale }
      for row in 0..<4 where row != pivot {
        let factor = system[row][pivot]
        for column in 0..<8 { system[row][column] -= factor * system[pivot][column] }
      }
    }
    return system.map { Array($0[4...]) }
  }()

  /// The largest distance of the mean in posterior deviations, and of correlations and relative variances.
  private static func distances(_ posterior: VariationalPosterior) -> (mean: Double, covariance: Double) {
    let draws = posterior.sample(20_000, seed: 5).draws
    let count = Double(draws.shape[0])
    var mean = [Double](repeating: 0, count: 4)
    var square = (0..<4).map { _ in [Double](repeating: 0, count: 4) }
    for row in 0..<draws.shape[0] { for i in 0..<4 { mean[i] += Double(draws[row, i]) / count } }
    for row in 0..<draws.shape[0] {
      for i in 0..<4 {
        for j in 0..<4 {
          square[i][j] += (Double(draws[row, i]) - mean[i]) * (Double(draws[row, j]) - mean[j]) / count
        }
      }
    }
    var result = (mean: 0.0, covariance: 0.0)
    for i in 0..<4 {
      result.mean = max(result.mean, abs(mean[i] - MeanFieldFitTests.exact.mean[i]) / covariance[i][i].squareRoot())
      for j in 0..<4 {
        let scale = (covariance[i][i] * covariance[j][j]).squareRoot()
        result.covariance = max(result.covariance, abs(square[i][j] - covariance[i][j]) / scale)
      }
    }
    return result
  }

  private static func fit(
    _ family: VariationalFamily, objective: VariationalObjective = .evidenceLowerBound(),
    model: BayesianModel = MeanFieldFitTests.model, training: TrainingConfiguration = MeanFieldFitTests.training(),
    control: RunControl = RunControl(threads: 1)
  ) throws -> VariationalPosterior {
    try VariationalInference(family: family, objective: objective, training: training)
      .fit(model, to: MeanFieldFitTests.examples, seed: 1, control: control)
  }

  // The sampled covariance of 20 000 draws has errors of 0.01; the fit those of its last learning rates, a few hundredths.
  @Test(arguments: [
    VariationalFamily.fullRank, .lowRank(rank: 3), .lastLayer(.fullRank), .lastLayer(.lowRank(rank: 3)),
  ])
  func aFamilyThatHoldsThePosteriorFindsIt(_ family: VariationalFamily) throws {
    let distances = Self.distances(try Self.fit(family))
    #expect(distances.mean < 0.07 && distances.covariance < 0.07, "\(distances)")
  }

  @Test func aMeanFieldDoesNotHoldIt() throws {
    #expect(Self.distances(try Self.fit(.meanField())).covariance > 0.2)
  }

  @Test func theSizeOfTheBatchDoesNotChangeThePosterior() throws {
    let posterior = try Self.fit(.fullRank, training: MeanFieldFitTests.training(epochs: 4000, batch: 10))
    let distances = Self.distances(posterior)
    #expect(distances.mean < 0.12 && distances.covariance < 0.12, "\(distances)")
  }

  @Test func aRenyiBoundHasTheSameOptimumInAFamilyThatHoldsThePosterior() throws {
    let posterior = try Self.fit(.fullRank, objective: .renyi(alpha: 0.5, draws: 4))
    let distances = Self.distances(posterior)
    #expect(distances.mean < 0.07 && distances.covariance < 0.07, "\(distances)")
  }

  @Test(arguments: [
    VariationalFamily.matrixNormal, .radial, .planarFlow(layers: 2, slices: ["0.dense"]),
    .couplingFlow(layers: 2, hidden: 4, slices: ["0.dense"]), .lastLayer(.meanField),
  ])
  func everyFamilyFindsTheMeanAndABoundBelowTheEvidence(_ family: VariationalFamily) throws {
    let posterior = try Self.fit(family, training: MeanFieldFitTests.training(epochs: 6000))
    #expect(Self.distances(posterior).mean < 0.2, "\(Self.distances(posterior))")
    let bound = posterior.evidenceLowerBound(on: MeanFieldFitTests.examples, draws: 1000)
    let full = try Self.fit(.fullRank).evidenceLowerBound(on: MeanFieldFitTests.examples, draws: 1000)
    #expect(bound.value < full.value + 4 * (bound.standardError + full.standardError) + 0.02)
    #expect(bound.value > full.value - 3, "\(bound) against \(full)")
  }

  @Test func layersBeforeTheLastArePoints() throws {
    let model = BayesianModel(
      .multilayerPerceptron(inputs: 3, hidden: [4], outputs: 1), prior: .normal(scale: 1),
      likelihood: .gaussian(noise: .learned))
    let posterior = try Self.fit(
      .lastLayer(.fullRank), model: model, training: MeanFieldFitTests.training(epochs: 50))
    let draws = posterior.sample(3, seed: 1).draws
    // 3 · 4 + 4 weights, then 4 + 1 of the last layer, then log σ.
    #expect((0..<16).allSatisfy { draws[0, $0] == draws[1, $0] })
    #expect((16..<21).allSatisfy { draws[0, $0] != draws[1, $0] })
    #expect(draws[0, 21] == draws[1, 21])
  }
}
