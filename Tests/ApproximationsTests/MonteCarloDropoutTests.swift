//  MonteCarloDropoutTests.swift — what training with masks arrives at, against its closed form.
//
//  Notation   p = 0.3     X [N, 3]     y = X w + noise, σ = 0.5     s = 0.15 the scale of the prior     d = diag(XᵀX)
//
//  Over masks, E ‖y − (X ∘ M) w‖² = ‖y − X w‖² + p / (1 − p) Σ dᵢ wᵢ², so that the minimum of the expected loss is
//
//    (1) w* = (XᵀX + diag(p / (1 − p) d) + σ² / (s² (1 − p)) I)⁻¹ Xᵀ y
//
//  The last term is the prior's mean over masks; without its factor 1 / (1 − p) the minimum lies elsewhere, by more than
//  the tolerance.

import Approximations
import Arrays
import Networks
import Optimization
import Probability
import Testing
import Training

@Suite struct MonteCarloDropoutTests {
  private static let rate = 0.3

  private static let examples: Examples = {
    var random = Philox(seed: 11)
    let inputs: DenseArray<Float> = random.normal(shape: [40, 3])
    let targets = (0..<40).map { row in
      0.9 * inputs[row, 0] - 0.6 * inputs[row, 1] + 0.3 * inputs[row, 2] + 0.5 * Float(random.normal())
    }
    return Examples(inputs: inputs, targets: DenseArray(targets))
  }()

  /// Equation (1), where `factor` takes the place of 1 / (1 − p).
  private static func minimum(factor: Double) -> [Double] {
    var system = (0..<3).map { i in
      (0..<4).map { j in
        (0..<40).reduce(i == j ? 0.25 / 0.0225 * factor : 0) { sum, row in
          let x = (0..<3).map { Double(examples.inputs[row, $0]) } + [Double(examples.targets[row])]
          return sum + x[i] * x[j] * (i == j ? 1 + rate / (1 - rate) : 1)
        }
      }
    }
    for pivot in 0..<3 {
      for row in 0..<3 where row != pivot {
        let ratio = system[row][pivot] / system[pivot][pivot]
        for column in pivot..<4 { system[row][column] -= ratio * system[pivot][column] }
      }
    }
    return (0..<3).map { system[$0][3] / system[$0][$0] }
  }

  private static let network = Network(inputs: 3) {
    Dropout(rate)
    Dense(1, bias: false)
  }

  /// The gradient of a full batch has the noise of 40 masks: a deviation of about 0.5 in its entries. At the end of half a
  /// cosine over 20 000 steps from 0.05, the rates that still act are near 0.001 or below: 0.5 √(0.001 / 2) / √curvature ≈ 0.008,
  /// where the curvature is about 7.
  @Test func trainingFindsTheMinimumOfTheExpectedLoss() throws {
    let model = BayesianModel(Self.network, prior: .normal(scale: 0.15), likelihood: .gaussian(noise: .fixed(0.5)))
    let training = TrainingConfiguration(epochs: 20_000, batchSize: 40, optimizer: .sgd(), schedule: .cosine(0.05))
    let posterior = try MonteCarloDropout(training: training).fit(model, to: Self.examples, seed: 2)
    let exact = Self.minimum(factor: 1 / (1 - Self.rate))
    for (found, expected) in zip(posterior.parameters.elements, exact) {
      #expect(abs(Double(found) - expected) < 0.015)
    }
    #expect(zip(Self.minimum(factor: 1), exact).contains { abs($0 - $1) > 0.015 }, "the factor is seen")
  }

  @Test func aNetworkWithoutDropoutGetsMasksAfterItsHiddenActivations() throws {
    let plain = BayesianModel(
      .multilayerPerceptron(inputs: 3, hidden: [20, 10], outputs: 1), prior: .normal(scale: 1),
      likelihood: .gaussian(noise: .learned))
    let training = TrainingConfiguration(epochs: 3, batchSize: 10)
    let posterior = try MonteCarloDropout(rate: .fixed(0.2), training: training).fit(plain, to: Self.examples, seed: 2)
    let layers = posterior.model.network.layers
    #expect(layers.count == 5)
    #expect(layers.compactMap { $0 as? ActivationWithDropout }.map(\.rate) == [.fixed(0.2), .fixed(0.2)])
    #expect(posterior.model.layout == plain.layout, "the names of θ stay")
    #expect(posterior.hasDraws)
    let forecast = posterior.predict(Self.examples.inputs)
    #expect(forecast.epistemic.allSatisfy { $0 > 0 })
  }

  @Test(arguments: [([220, 200], 0.2), ([220, 50], 0.05)])
  func wideLayersDropMoreUnlessTold(hidden: [Int], rate: Double) throws {
    let model = BayesianModel(
      .multilayerPerceptron(inputs: 3, hidden: hidden, outputs: 1), prior: .normal(scale: 1),
      likelihood: .gaussian(noise: .learned))
    let posterior = try MonteCarloDropout(training: TrainingConfiguration(epochs: 1)).fit(model, to: Self.examples)
    #expect(posterior.rates == [rate, rate])
  }

  @Test func aNetworkWithNowhereToDropIsRefused() {
    let linear = BayesianModel(
      Network(inputs: 3) { Dense(1) }, prior: .normal(scale: 1), likelihood: .gaussian(noise: .learned))
    let method = MonteCarloDropout(training: TrainingConfiguration(epochs: 1))
    #expect(throws: TrainingError.self) { try method.fit(linear, to: Self.examples) }
  }

  @Test func threadsChangeNoBit() throws {
    let model = BayesianModel(
      .multilayerPerceptron(inputs: 3, hidden: [30], outputs: 1), prior: .normal(scale: 1),
      likelihood: .gaussian(noise: .learned))
    let method = MonteCarloDropout(training: TrainingConfiguration(epochs: 5, batchSize: 16))
    let alone = try method.fit(model, to: Self.examples, seed: 4, control: RunControl(threads: 1))
    for threads in [2, 3] {
      let shared = try method.fit(model, to: Self.examples, seed: 4, control: RunControl(threads: threads))
      #expect(shared.parameters == alone.parameters)
    }
  }
}
