//  MeanFieldFitTests.swift — whole fits of a linear-Gaussian model, whose optimum is known.
//
//  Notation   N = 60 rows,  x̃ = (x, 1) [4],  σ = 0.5 the noise,  s = 0.4 the scale of the prior
//             Λ = X̃ᵀX̃ / σ² + I / s² the posterior's precision,  m = Λ⁻¹ X̃ᵀy / σ² its mean
//
//  Equation   argmin over μ, v of KL(∏ N(μᵢ, vᵢ) ‖ N(m, Λ⁻¹)):  μ = m,  vᵢ = 1 / Λᵢᵢ                         (1)
//
//  The inputs are correlated, so that (1) is narrower than the posterior's marginals. A fit ends where its learning rate does:
//  half a cosine over T steps leaves deviations of the order √(rate of the last steps that still act), about 1 % here.

import Approximations
import Arrays
import Foundation
import GoldenValues
import Networks
import Optimization
import Probability
import Synchronization
import Testing
import Training

@Suite struct MeanFieldFitTests {
  static let examples: Examples = {
    var random = Philox(seed: 11)
    var inputs: [Float] = []
    for _ in 0..<60 {
      let common = 2 * random.uniform() - 1
      for _ in 0..<3 { inputs.append(Float(0.7 * common + 0.5 * (2 * random.uniform() - 1))) }
    }
    let x = DenseArray(inputs, shape: [60, 3])
    let targets = (0..<60).map { row in
      0.8 * x[row, 0] - 0.3 * x[row, 1] + 0.1 * x[row, 2] + 0.4 + 0.5 * Float(random.normal())
    }
    return Examples(inputs: x, targets: DenseArray(targets))
  }()

  static let model = BayesianModel(
    Network(inputs: 3) { Dense(1) }, prior: .normal(scale: 0.4), likelihood: .gaussian(noise: .fixed(0.5)))

  /// Λ and m.
  static let exact: (precision: [[Double]], mean: [Double]) = {
    var precision = (0..<4).map { i in (0..<4).map { i == $0 ? 1 / 0.16 : 0.0 } }
    var right = [Double](repeating: 0, count: 4)
    for row in 0..<60 {
      let x = (0..<3).map { Double(examples.inputs[row, $0]) } + [1]
      for i in 0..<4 {
        for j in 0..<4 { precision[i][j] += x[i] * x[j] / 0.25 }
        right[i] += x[i] * Double(examples.targets[row]) / 0.25
      }
    }
    var system = (0..<4).map { precision[$0] + [right[$0]] }
    for pivot in 0..<4 {
      for row in 0..<4 where row != pivot {
        let factor = system[row][pivot] / system[pivot][pivot]
        for column in pivot..<5 { system[row][column] -= factor * system[pivot][column] }
      }
    }
    return (precision, (0..<4).map { system[$0][4] / system[$0][$0] })
  }()

  static func training(epochs: Int = 20_000, batch: Int = 60) -> TrainingConfiguration {
    TrainingConfiguration(epochs: epochs, batchSize: batch, schedule: .cosine(0.02))
  }

  static func fit(
    _ method: VariationalInference, model: BayesianModel = model, seed: UInt64 = 1,
    control: RunControl = RunControl(threads: 1)
  ) throws -> MeanFieldNormal {
    let posterior = try method.fit(model, to: examples, seed: seed, control: control)
    guard case .meanField(let normal) = posterior.distribution else { throw CocoaError(.featureUnsupported) }
    return normal
  }

  /// The distance of the means from m in posterior deviations, and of the deviations from those of (1), relative.
  static func distances(_ normal: MeanFieldNormal) -> (mean: Double, deviation: Double) {
    var (mean, deviation) = (0.0, 0.0)
    for i in 0..<4 {
      let best = 1 / exact.precision[i][i].squareRoot()
      mean = max(mean, abs(Double(normal.means.elements[i]) - exact.mean[i]) / best)
      deviation = max(deviation, abs(Double(normal.deviations.elements[i]) / best - 1))
    }
    return (mean, deviation)
  }

  @Test(arguments: [WeightEstimator.draw, .localReparameterisation, .flipout])
  func theOptimumIsThatOfTheTheory(_ estimator: WeightEstimator) throws {
    let normal = try Self.fit(VariationalInference(family: .meanField(estimator), training: Self.training()))
    let distances = Self.distances(normal)
    #expect(distances.mean < 0.05 && distances.deviation < 0.05, "\(distances)")
  }

  @Test(arguments: [WeightEstimator.draw, .localReparameterisation, .flipout])
  func theSizeOfTheBatchDoesNotChangeThePosterior(_ estimator: WeightEstimator) throws {
    // A divergence counted once a minibatch instead of once a data set would make the deviations √6 times too large or small.
    let normal = try Self.fit(
      VariationalInference(family: .meanField(estimator), training: Self.training(epochs: 4000, batch: 10)))
    let distances = Self.distances(normal)
    #expect(distances.mean < 0.1 && distances.deviation < 0.1, "\(distances)")
  }

  @Test func aTightPriorIsLeftAsItIs() throws {
    let model = BayesianModel(Self.model.network, prior: .normal(scale: 0.004), likelihood: Self.model.likelihood)
    let normal = try Self.fit(
      VariationalInference(initialSpread: 0.01, training: Self.training(epochs: 4000)), model: model)
    #expect(normal.deviations.elements.allSatisfy { abs($0 / 0.004 - 1) < 0.05 }, "\(normal.deviations.elements)")
    #expect(normal.means.elements.allSatisfy { abs($0) < 0.004 }, "\(normal.means.elements)")
  }

  @Test func startingAtAModeEndsAtTheSameOptimum() throws {
    let mode = TrainingConfiguration(epochs: 200, batchSize: 60, schedule: .cosine(0.05))
    let normal = try Self.fit(
      VariationalInference(start: .mode(mode), annealing: .linear(share: 0.2), training: Self.training()))
    let distances = Self.distances(normal)
    #expect(distances.mean < 0.05 && distances.deviation < 0.05, "\(distances)")
  }

  /// Where the data are silent the optimum is the normal nearest to the prior, whichever way weights are sampled.
  @Test func estimatorsAgreeUnderAPriorWithoutAClosedForm() throws {
    let model = BayesianModel(
      Self.model.network, prior: .studentT(degreesOfFreedom: 4, scale: 0.5), likelihood: .gaussian(noise: .fixed(100)))
    func deviations(_ estimator: WeightEstimator) throws -> [Float] {
      try Self.fit(
        VariationalInference(family: .meanField(estimator), training: Self.training(epochs: 4000)), model: model
      ).deviations.elements
    }
    let draws = try deviations(.draw)
    #expect(draws.allSatisfy { $0 > 0.3 && $0 < 1 }, "\(draws)")
    for estimator in [WeightEstimator.localReparameterisation, .flipout] {
      for (found, expected) in zip(try deviations(estimator), draws) {
        #expect(abs(found / expected - 1) < 0.15, "\(estimator): \(found) for \(expected)")
      }
    }
  }

  @Test func aPriorScaledToTheModeHasTheSizeOfEachSlice() throws {
    // Noise of 5, a hundredth of the precision of the data: the prior decides.
    let model = BayesianModel(Self.model.network, prior: .normal(scale: 100), likelihood: .gaussian(noise: .fixed(5)))
    let mode = TrainingConfiguration(epochs: 2000, batchSize: 60, schedule: .cosine(0.05))
    let point = try MaximumAPosteriori(training: mode).fit(model, to: Self.examples, seed: 1).draws.elements.map(
      Double.init)
    let normal = try Self.fit(
      VariationalInference(start: .mode(mode, prior: .scaledToMode), training: Self.training(epochs: 8000)),
      model: model)
    let size = point[..<3].reduce(0) { $0 + $1 * $1 } / 3
    for i in 0..<4 {
      let precision = (Self.exact.precision[i][i] - 1 / 0.16) / 100 + 1 / (i < 3 ? size : point[3] * point[3])
      let found = Double(normal.deviations.elements[i]) * precision.squareRoot()
      #expect(abs(found - 1) < 0.08, "\(found) of the deviation of element \(i)")
    }
  }

  @Test func aPriorCentredOnTheModeKeepsTheModeAsTheMean() throws {
    let mode = TrainingConfiguration(epochs: 2000, batchSize: 60, schedule: .cosine(0.05))
    let model = BayesianModel(Self.model.network, prior: .normal(scale: 100), likelihood: Self.model.likelihood)
    let point = try MaximumAPosteriori(training: mode).fit(model, to: Self.examples, seed: 1).draws.elements
    let normal = try Self.fit(
      VariationalInference(
        start: .mode(mode, prior: .centredOnMode(scale: 0.1)), initialSpread: 0.05, training: Self.training()),
      model: model)
    for i in 0..<4 {
      // The likelihood's mode is the prior's centre: Λᵢᵢ = X̃ᵀX̃ / σ² + 1 / 0.1².
      let best = 1 / (Self.exact.precision[i][i] - 1 / 0.16 + 100).squareRoot()
      #expect(abs(Double(normal.means.elements[i] - point[i])) < 0.1 * best)
      #expect(abs(Double(normal.deviations.elements[i]) / best - 1) < 0.05)
    }
  }

  @Test func aLaplacePriorHasItsBestNormal() throws {
    // No data, so that q is nearest to the prior itself. For p Laplace(b) and q normal,
    // E|θ| = σ √(2/π) and KL falls until σ = b √(π/2).
    let model = BayesianModel(
      Network(inputs: 3) { Dense(1) }, prior: .laplace(scale: 0.3), likelihood: .gaussian(noise: .fixed(1e4)))
    let normal = try Self.fit(VariationalInference(training: Self.training()), model: model)
    let best = 0.3 * (Float.pi / 2).squareRoot()
    #expect(normal.deviations.elements.allSatisfy { abs($0 / best - 1) < 0.05 }, "\(normal.deviations.elements)")
    #expect(normal.means.elements.allSatisfy { abs($0) < 0.05 * best }, "\(normal.means.elements)")
  }

  @Test func aNormalTargetHasTheMeanFieldOfTheReference() throws {
    // Rows that are the columns of a factor of Λ − I / s² have the posterior N(m, Λ⁻¹), with σ = 1 and targets from Λ m.
    let part = try Reference("variational")["mean_field_fit_to_gaussian"]
    let (mean, covariance) = (try part["target_mean"].array.elements, try part["target_cov"].array)
    let weak = 1e-2
    var left = (0..<4).map { i in (0..<4).map { covariance[i, $0] } + (0..<4).map { i == $0 ? 1 : 0.0 } }
    for pivot in 0..<4 {
      let scale = left[pivot][pivot]
      for column in 0..<8 { left[pivot][column] /= scale }
      for row in 0..<4 where row != pivot {
        let factor = left[row][pivot]
        for column in 0..<8 { left[row][column] -= factor * left[pivot][column] }
      }
    }
    let precision = left.map { Array($0[4...]) }
    var factor = (0..<4).map { _ in [Double](repeating: 0, count: 4) }  // L with L Lᵀ = Λ − weak I
    for i in 0..<4 {
      for j in 0...i {
        let rest = precision[i][j] - (i == j ? weak : 0) - (0..<j).reduce(0) { $0 + factor[i][$1] * factor[j][$1] }
        factor[i][j] = i == j ? rest.squareRoot() : rest / factor[j][j]
      }
    }
    let shift = (0..<4).map { i in (0..<4).reduce(0) { $0 + precision[i][$1] * mean[$1] } }
    var targets = [Double](repeating: 0, count: 4)  // L t = Λ m
    for i in 0..<4 {
      targets[i] = (shift[i] - (0..<i).reduce(0) { $0 + factor[i][$1] * targets[$1] }) / factor[i][i]
    }
    let rows = (0..<4).flatMap { row in (0..<4).map { Float(factor[$0][row]) } }
    let examples = Examples(inputs: DenseArray(rows, shape: [4, 4]), targets: DenseArray(targets.map(Float.init)))
    let model = BayesianModel(
      Network(inputs: 4) { Dense(1, bias: false) }, prior: .normal(scale: 1 / weak.squareRoot()),
      likelihood: .gaussian(noise: .fixed(1)))
    let training = TrainingConfiguration(epochs: 20_000, batchSize: 4, schedule: .cosine(0.02))
    let best = try part["reverse_kl"]["variance"].array.elements
    for posterior in [
      try VariationalInference(training: training).fit(
        model, to: examples, seed: 1, control: RunControl(threads: 1)),
      try VariationalOnlineNewton(training: training).fit(
        model, to: examples, seed: 1, control: RunControl(threads: 1)),
    ] {
      guard case .meanField(let normal) = posterior.distribution else { throw CocoaError(.featureUnsupported) }
      for i in 0..<4 {
        #expect(abs(Double(normal.means.elements[i]) - mean[i]) < 0.08 * best[i].squareRoot())
        #expect(abs(Double(normal.deviations.elements[i]) / best[i].squareRoot() - 1) < 0.05)
      }
    }
  }

  @Test func learnedNoiseIsAPointAtTheBest() throws {
    let model = BayesianModel(
      Self.model.network, prior: .normal(scale: 0.4), likelihood: .gaussian(noise: .learned(initial: 1)))
    let normal = try Self.fit(VariationalInference(training: Self.training()), model: model)
    #expect(normal.deviations.elements[4] == 0)
    // σ² = mean of (y − f)² under q, up to the weak prior of log σ.
    var squares = 0.0
    for row in 0..<60 {
      let x = (0..<3).map { Double(Self.examples.inputs[row, $0]) } + [1]
      let mean = (0..<4).reduce(0) { $0 + x[$1] * Double(normal.means.elements[$1]) }
      let variance = (0..<4).reduce(0) { $0 + x[$1] * x[$1] * pow(Double(normal.deviations.elements[$1]), 2) }
      squares += pow(Double(Self.examples.targets.elements[row]) - mean, 2) + variance
    }
    #expect(abs(exp(Double(normal.means.elements[4])) / (squares / 60).squareRoot() - 1) < 0.02)
  }

  @Test func theBoundIsBelowTheEvidenceByTheDivergence() throws {
    let posterior = try VariationalInference(training: Self.training())
      .fit(Self.model, to: Self.examples, seed: 1, control: RunControl(threads: 1))
    let bound = posterior.evidenceLowerBound(on: Self.examples, draws: 2000)
    // log p(D) = log p(D | m) + log p(m) + ½ log |2π Λ⁻¹|, and KL(q ‖ posterior) = ½ (Σ log Λᵢᵢ − log |Λ|) at (1).
    let (precision, mean) = Self.exact
    var logJoint = 0.0
    for row in 0..<60 {
      let x = (0..<3).map { Double(Self.examples.inputs[row, $0]) } + [1]
      let residual = Double(Self.examples.targets.elements[row]) - (0..<4).reduce(0) { $0 + x[$1] * mean[$1] }
      logJoint -= 0.5 * residual * residual / 0.25 + log(0.5) + 0.5 * log(2 * .pi)
    }
    for value in mean { logJoint -= 0.5 * value * value / 0.16 + log(0.4) + 0.5 * log(2 * .pi) }
    var factor = precision
    var logDeterminant = 0.0
    for pivot in 0..<4 {
      logDeterminant += log(factor[pivot][pivot])
      for row in (pivot + 1)..<4 {
        let ratio = factor[row][pivot] / factor[pivot][pivot]
        for column in pivot..<4 { factor[row][column] -= ratio * factor[pivot][column] }
      }
    }
    let evidence = logJoint + 2 * log(2 * Double.pi) - 0.5 * logDeterminant
    let divergence = 0.5 * ((0..<4).reduce(0) { $0 + log(precision[$1][$1]) } - logDeterminant)
    #expect(divergence > 0.3, "the posterior is correlated")
    #expect(abs(bound.value - (evidence - divergence)) < 4 * bound.standardError + 0.02)
  }
}
