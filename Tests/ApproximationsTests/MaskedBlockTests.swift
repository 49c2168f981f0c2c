//  MaskedBlockTests.swift — learned rates in networks with blocks: every mask has its entropy, and a weight.
//
//  Notation   K  elements of a mask     p  its rate     s  the scale of the prior     κ  the product of 1 − p over the masks of a weight
//
//  Equation   (1) Σ K H(p) − Σ ‖W‖² / (2 s² κ) + log prior of all else, with no prior of the logits

import Approximations
import Arrays
import Foundation
import Networks
import Optimization
import Probability
import Programs
import Testing
import Training

@Suite struct MaskedBlockTests {
  private static let scale = 0.7

  private static func model(_ network: Network) -> BayesianModel {
    BayesianModel(network, prior: .normal(scale: scale), likelihood: .categorical(classes: 2))
  }

  /// Masks before a block without a projection, in it, before one with a projection, and before a pool; the last has two masks.
  private static let network = Network(inputs: [2, 6, 6]) {
    Convolution2D(3, size: 3, padding: 1)
    ActivationWithDropout(.relu, .learned(initial: 0.2))
    Residual {
      BatchNormalization()
      Convolution2D(5, size: 3, padding: 1)
      GroupNormalization(groups: 1)
      ActivationWithDropout(.relu, .learned(initial: 0.1))
      Convolution2D(3, size: 3, padding: 1)
    }
    ActivationWithDropout(.tanh, .learned(initial: 0.3))
    Residual {
      Convolution2D(4, size: 3, stride: 2, padding: 1)
    } shortcut: {
      Convolution2D(4, size: 1, stride: 2)
    }
    ActivationWithDropout(.relu, .learned(initial: 0.4))
    GlobalAveragePool()
    Dropout(0.25)
    Dense(2)
  }

  /// The mask of each logit: its place, K, one for each channel, and the weights that read it.
  private static let masks: [(place: String, count: Int, weights: [String])] = [
    ("1.relu", 3, ["2.residual.main.1.convolution.weight"]),
    ("2.residual.main.3.relu", 5, ["2.residual.main.4.convolution.weight"]),
    ("3.tanh", 3, ["4.residual.main.0.convolution.weight", "4.residual.shortcut.0.convolution.weight"]),
    ("5.relu", 4, ["8.dense.weight"]),
  ]

  /// Rounding of sums of some hundred terms in double precision.
  @Test func everyMaskHasItsEntropyAndItsWeight() throws {
    let model = Self.model(Self.network)
    var random = Philox(seed: 3)
    let theta = (0..<model.parameterCount).map { _ in 0.5 * random.normal() }
    var expected = 0.0
    var keptOf: [String: Double] = ["8.dense.weight": 0.75]
    var logits: Set<String> = []
    for mask in Self.masks {
      let slice = try #require(model.layout["\(mask.place).logit"])
      logits.insert(slice.name)
      let p = 1 / (1 + exp(-theta[slice.offset]))
      expected += Double(mask.count) * (-p * log(p) - (1 - p) * log(1 - p))
      for name in mask.weights { keptOf[name, default: 1] *= 1 - p }
    }
    for slice in model.layout.slices where !logits.contains(slice.name) {
      let squares = theta[slice.range].reduce(0) { $0 + $1 * $1 }
      expected -= squares / (2 * Self.scale * Self.scale * (keptOf[slice.name] ?? 1))
      // The constants of the prior, which (1) leaves away for masked weights.
      if keptOf[slice.name] == nil {
        expected -= Double(slice.shape.count) * (log(Self.scale) + 0.5 * log(2 * .pi))
      }
    }
    #expect(keptOf.keys.allSatisfy { model.layout[$0] != nil })
    #expect(logits.count == model.layout.slices.filter { $0.name.hasSuffix("logit") }.count, "no other mask is there")
    let program = Program(inputs: [[model.parameterCount]]) { [model.priorTermsOfDropout($0[0])] }
    let found = program.run([DenseArray(theta)])[0].elements[0]
    #expect(abs(found / expected - 1) < 1e-12, "\(found), not \(expected)")
  }

  @Test func everyMaskAppearsAmongTheRates() {
    let model = Self.model(Self.network)
    var random = Philox(seed: 4)
    let parameters = model.initialParameters(Float.self, using: &random)
    let posterior = DropoutPosterior(
      model: model, parameters: parameters, state: model.network.initialState(), seed: 1)
    let expected = [0.2, 0.1, 0.3, 0.4, 0.25]
    #expect(posterior.rates.count == 5 && zip(posterior.rates, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(!posterior.hasDraws, "a mask before a block is part of no one weight")
  }

  @Test func allRatesOfAResidualNetworkAreRegulated() throws {
    let network = try #require(
      try Network.resNet20(inputs: [1, 8, 8], classes: 2, width: 2).insertingDropout(.learned(initial: 0.1)))
    let logits = network.layout.slices.filter { $0.name.hasSuffix("logit") }
    #expect(network.masks.compactMap(\.logit) == logits && logits.count == 10)
    #expect(network.problemWithLearnedRates == nil)
    let found = Set(network.maskedWeights.flatMap(\.masks).map(\.place))
    #expect(found == Set(network.masks.map(\.place)), "each has a weight")
  }

  /// Silent data: the entropy takes all rates to one half, also in blocks. Started at a tenth, nothing else would: rates without
  /// a term would stay.
  @Test func ratesWithinBlocksGoToOneHalfWhereTheDataAreSilent() throws {
    let network = Network(inputs: 2) {
      Dense(12)
      ActivationWithDropout(.tanh, .learned(initial: 0.1))
      Residual {
        Dense(10)
        ActivationWithDropout(.tanh, .learned(initial: 0.1))
        Dense(12)
      }
      Dense(1)
    }
    let model = BayesianModel(network, prior: .normal(scale: 1), likelihood: .gaussian(noise: .fixed(1000)))
    var random = Philox(seed: 2)
    let x: DenseArray<Float> = random.normal(shape: [20, 2])
    let training = TrainingConfiguration(epochs: 400, batchSize: 20, schedule: .cosine(0.05))
    let posterior = try MonteCarloDropout(training: training)
      .fit(model, to: Examples(inputs: x, targets: DenseArray(repeating: 0.5, shape: [20])), seed: 1)
    #expect(posterior.rates.count == 2 && posterior.rates.allSatisfy { abs($0 - 0.5) < 0.02 }, "\(posterior.rates)")
  }

  @Test func learnedRatesThatBelongToNoWeightAreRefused() {
    func refusal(_ network: Network) -> String? {
      let examples = Examples(
        inputs: DenseArray(repeating: 1, shape: [4, 3]), targets: DenseArray([0, 1, 0, 1]))
      let error = #expect(throws: TrainingError.self) {
        try MonteCarloDropout(training: TrainingConfiguration(epochs: 1)).fit(Self.model(network), to: examples)
      }
      return error?.description
    }
    let last = Network(inputs: 3) {
      Dense(2)
      ConcreteDropout()
    }
    let advice = "; give it a fixed rate, or move it before a layer with weights"
    #expect(
      refusal(last) == "the rate of the masks of 1.concreteDropout cannot be learned: no weight reads what it masks"
        + advice)
    let sum = Network(inputs: 3) {
      Residual {
        Dense(3)
        ConcreteDropout()
      }
      Dense(2)
    }
    #expect(
      refusal(sum) == "the rate of the masks of 0.residual.main.1.concreteDropout cannot be learned: what follows "
        + "0.residual reads a sum of which it masks one term" + advice)
    let fixed = Network(inputs: 3) {
      Residual {
        Dense(3)
        Dropout(0.1)
      }
      Dense(2)
    }
    #expect(fixed.problemWithLearnedRates == nil && fixed.masks.count == 1 && fixed.maskedWeights.isEmpty)
  }
}
