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

  /// The weight is [1, 3]: a normal with a full covariance, beside an independent bias. The nearest such normal has the inverse of the
  /// weight's block of Λ as covariance.
  @Test func aMatrixNormalOfOneRowHasAFullCovariance() throws {
    let draws = try Self.fit(.matrixNormal).sample(20_000, seed: 5).draws
    let weights = (0..<20_000).map { row in (0..<3).map { Double(draws[row, $0]) } }
    let means = (0..<3).map { i in weights.reduce(0) { $0 + $1[i] } / 20_000 }
    func covariance(_ i: Int, _ j: Int) -> Double {
      weights.reduce(0) { $0 + ($1[i] - means[i]) * ($1[j] - means[j]) } / 20_000
    }
    // Σ Λ = I over the weights.
    let precision = MeanFieldFitTests.exact.precision
    for i in 0..<3 {
      for j in 0..<3 {
        let entry = (0..<3).reduce(0) { $0 + covariance(i, $1) * precision[$1][j] }
        let scale = (precision[j][j] / precision[i][i]).squareRoot()
        #expect(abs(entry / scale - (i == j ? 1 : 0)) < 0.15, "\(i), \(j): \(entry / scale)")
      }
    }
  }

  @Test(arguments: [(3, 1), (1, 4), (1, 1), (3, 4)])
  func aWeightHasTheNumbersOfItsFactors(inputs: Int, outputs: Int) throws {
    let model = BayesianModel(
      Network(inputs: inputs) { Dense(outputs) }, prior: .normal(scale: 1), likelihood: .gaussian(noise: .fixed(1)))
    let family = try BlockFamily(.matrixNormal, over: model, memoryLimit: .max)
    let (weight, bias) = (family.parts[0].block, family.parts[1].block)
    #expect(bias is IndependentNormalBlock && bias.size == outputs && weight.size == inputs * outputs)
    switch (inputs, outputs) {
    case (1, 1): #expect(weight is IndependentNormalBlock)
    case (_, 1), (1, _): #expect(weight is FullRankBlock)
    default: #expect((weight as? MatrixNormalBlock)?.rows == outputs)
    }
  }

  @Test func aWeightOfOneRowAsksForTheMemoryOfItsCovariance() {
    let model = BayesianModel(
      Network(inputs: 3) { Dense(1) }, prior: .normal(scale: 1), likelihood: .gaussian(noise: .fixed(1)))
    #expect(
      throws: TrainingError.unusable(
        "a full covariance of 3 weights needs 1.4 kB of memory, more than the limit of 1.0 kB; a mean field needs 144 bytes"
      )
    ) { try BlockFamily(.matrixNormal, over: model, memoryLimit: 1000) }
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

  /// Independent normals cannot hold the correlation of slope and offset. Near α = 1 they keep to where the posterior is
  /// everywhere high, and cover more of it the less α is.
  @Test func theLessAlphaTheMoreOfThePosteriorIsCovered() throws {
    func variances(_ alpha: Double) throws -> [Double] {
      let method = VariationalInference(
        family: .lastLayer(.meanField), objective: .renyi(alpha: alpha, draws: 10),
        training: MeanFieldFitTests.training(epochs: 1500, batch: 30))
      let posterior = try method.fit(
        LinearGaussianData.model, to: LinearGaussianData.examples, seed: 1, control: RunControl(threads: 1))
      return LinearGaussianData.moments(posterior.sample(10_000, seed: 5).draws).covariance
    }
    let (wide, narrow) = (try variances(0.1), try variances(0.9))
    for entry in [0, 2] { #expect(wide[entry] > 1.1 * narrow[entry], "\(wide) and \(narrow)") }
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

  /// As the fused mean field, where the data are silent: the normal nearest to the prior.
  @Test func aLaplacePriorHasTheSameNormalInABlock() throws {
    let model = BayesianModel(
      MeanFieldFitTests.model.network, prior: .laplace(scale: 0.5), likelihood: .gaussian(noise: .fixed(100)))
    let training = MeanFieldFitTests.training(epochs: 4000)
    func deviations(_ family: VariationalFamily) throws -> [Double] {
      let draws = try Self.fit(family, model: model, training: training).sample(10_000, seed: 5).draws
      return (0..<4).map { i in
        ((0..<10_000).reduce(0.0) { $0 + Double(draws[$1, i]) * Double(draws[$1, i]) } / 10_000).squareRoot()
      }
    }
    for (block, fused) in zip(try deviations(.lastLayer(.meanField)), try deviations(.meanField())) {
      #expect(fused > 0.3 && abs(block / fused - 1) < 0.1, "\(block) for \(fused)")
    }
  }

  /// A tight prior of the first layer holds its points near zero against 60 rows; a sixtieth of it would not.
  @Test func pointsCountTheirPriorInFull() throws {
    let model = BayesianModel(
      .multilayerPerceptron(inputs: 3, hidden: [2], outputs: 1, activation: .tanh),
      prior: .bySlice(["0.dense": .normal(scale: 0.01)], default: .normal(scale: 1)),
      likelihood: .gaussian(noise: .fixed(0.5)))
    let posterior = try Self.fit(
      .lastLayer(.meanField), model: model, training: MeanFieldFitTests.training(epochs: 3000))
    let weight = try #require(model.layout["0.dense.weight"])
    let points = posterior.sample(1, seed: 0).draws.elements[weight.range]
    #expect(points.allSatisfy { abs($0) < 0.05 }, "\(points)")
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
