//  PredictionTests.swift — draws of parameters to predictions, for every kind of likelihood.

import Approximations
import Arrays
import Evaluation
import Foundation
import Networks
import Probability
import Testing

@Suite struct PredictionTests {
  private static let inputs: DenseArray<Float> = {
    var random = Philox(seed: 8)
    return random.normal(shape: [600, 3])
  }()

  /// Three draws with random parameters.
  private static func posterior(_ likelihood: Likelihood, outputs: Int) -> DrawsPosterior {
    let network = Network(inputs: 3) {
      Dense(20)
      BatchNormalization()
      Activation.tanh
      Dropout(0.5)
      Dense(outputs)
    }
    let model = BayesianModel(network, prior: .normal(scale: 1), likelihood: likelihood)
    var random = Philox(seed: 9)
    return DrawsPosterior(
      model: model, draws: random.normal(shape: [3, model.parameterCount]),
      states: random.uniform(shape: [3, network.stateCount]))
  }

  /// One draw of a network that is y = w x, for outputs that are known.
  private static func linear(_ likelihood: Likelihood, weight: [Float], noise: [Float] = []) -> DrawsPosterior {
    let network = Network(inputs: 1) { Dense(weight.count, bias: false) }
    let model = BayesianModel(network, prior: .flat, likelihood: likelihood)
    return DrawsPosterior(
      model: model, draws: DenseArray(rows: [weight + noise]), states: DenseArray([], shape: [1, 0]))
  }

  private static func numbers(_ predictive: Predictive) -> [[Double]] {
    switch predictive.content {
    case .numbers(let forecast):
      switch forecast.components {
      case .normal(let means, let deviations, _): [means.elements, deviations.elements]
      case .studentT(_, let locations, let scales): [locations.elements, scales.elements]
      case .poisson(let rates): [rates.elements]
      }
    case .classes(let probabilities): [probabilities.elements]
    }
  }

  private static let kinds: [(Likelihood, Int)] = [
    (.gaussian(noise: .learned), 1), (.gaussian(noise: .perInput), 2),
    (.studentT(degreesOfFreedom: 4, scale: .learned), 1), (.gaussian(noise: .learned), 3),
    (.categorical(classes: 4), 4), (.bernoulli, 1), (.poisson, 1),
  ]

  @Test func classesThatSeemImpossibleHaveFiniteLikelihoods() {
    let x = DenseArray<Float>([1, 10_000], shape: [2, 1])
    let classes = Self.linear(.categorical(classes: 2), weight: [0, 200]).predict(x).classes
    #expect(abs(classes.negativeLogLikelihood([0, 1]) - 100) < 1e-9)
    #expect(classes.negativeLogLikelihood([0, 0]) == 0.5 * (200 + 2_000_000))
    let labels = Self.linear(.bernoulli, weight: [-300]).predict(x).classes
    #expect(labels.negativeLogLikelihood([1, 1]) == 0.5 * (300 + 3_000_000))
    #expect(labels.mean.elements[0] == 1)
  }

  @Test(arguments: kinds) func predictionsAreTheSameBitsForAnyNumberOfThreads(likelihood: Likelihood, outputs: Int) {
    let posterior = Self.posterior(likelihood, outputs: outputs)
    let alone = Self.numbers(posterior.predict(Self.inputs, threads: 1))
    #expect(alone.allSatisfy { $0.allSatisfy(\.isFinite) })
    for threads in [2, 3, 8] {
      #expect(Self.numbers(posterior.predict(Self.inputs, threads: threads)) == alone, "\(threads) threads")
    }
    #expect(Self.numbers(posterior.predict(Self.inputs)) == alone)
  }

  @Test(arguments: kinds) func aRowIsPredictedAsInABatch(likelihood: Likelihood, outputs: Int) {
    let posterior = Self.posterior(likelihood, outputs: outputs)
    let whole = Self.numbers(posterior.predict(Self.inputs))
    for row in [0, 255, 256, 599] {
      for (part, all) in zip(Self.numbers(posterior.predict(Self.inputs.rows(row..<row + 1))), whole) {
        let width = all.count / (3 * 600)
        for draw in 0..<3 {
          for place in 0..<width {
            // Sums of 20 terms of size 3 in another order, through functions of slope one at most of their value.
            let (single, batch) = (part[draw * width + place], all[(draw * 600 + row) * width + place])
            #expect(abs(single - batch) <= 2e-5 * max(1, abs(batch)))
          }
        }
      }
    }
  }

  @Test func noInputsHaveNoPredictions() {
    let posterior = Self.posterior(.bernoulli, outputs: 1)
    #expect(posterior.predict(DenseArray([], shape: [0, 3])).count == 0)
  }

  @Test func aGaussianHasTheMeanOfTheNetworkAndTheNoiseOfTheLikelihood() {
    let x = DenseArray<Float>([1, -2, 3], shape: [3, 1])
    let fixed = Self.linear(.gaussian(noise: .fixed(0.25)), weight: [2]).predict(x)
    #expect(fixed.mean == [2, -4, 6] && fixed.aleatoric == [0.25, 0.25, 0.25] && fixed.epistemic == [0, 0, 0])
    let learned = Self.linear(.gaussian(noise: .learned), weight: [2], noise: [log(0.5)]).predict(x)
    #expect(learned.mean == [2, -4, 6])
    #expect(learned.aleatoric.allSatisfy { abs($0 - 0.5) < 1e-6 })
    let perInput = Self.linear(.gaussian(noise: .perInput), weight: [2, 1]).predict(x)
    for (deviation, output) in zip(perInput.aleatoric, [1.0, -2, 3]) {
      #expect(abs(deviation - (log1p(exp(output)) + NoiseModel.perInputFloor)) < 1e-6)
    }
  }

  @Test func theDensityOfAPredictionIsThatOfTheLikelihood() {
    let x = DenseArray<Float>([0.5], shape: [1, 1])
    let student = Self.linear(.studentT(degreesOfFreedom: 3, scale: .fixed(2)), weight: [2]).predict(x)
    // t with three degrees of freedom, (y − 1)/2 = 1: 2 / (π √3 (1 + 1/3)²), over the scale.
    let density = 2 / (Double.pi * 3.0.squareRoot() * 16 / 9) / 2
    #expect(abs(student.mixture.negativeLogLikelihood([3])[0] + log(density)) < 1e-6)
    let counts = Self.linear(.poisson, weight: [2]).predict(x)
    #expect(abs(counts.mixture.negativeLogLikelihood([2])[0] - (exp(1.0) - 2 + log(2))) < 1e-6)
    let (lower, upper) = counts.interval(0.9)[0]
    #expect(lower == 0 && upper == 6)
  }

  @Test func severalTargetsAreToldApart() {
    let x = DenseArray<Float>([1, -2], shape: [2, 1])
    let both = Self.linear(.gaussian(noise: .learned), weight: [2, 3], noise: [log(0.5), 0]).predict(x)
    #expect(both.targetCount == 2 && both.count == 2)
    #expect(both.target(0).mean == [2, -4] && both.target(1).mean == [3, -6])
    #expect(both.target(1).aleatoric == [1, 1])
    let joint = both.mixture.jointLogDensity(DenseArray([2, 3, -4, -6], shape: [2, 2]))
    #expect(joint.allSatisfy { abs($0 - (-log(2 * Double.pi) - log(0.5))) < 1e-6 })
  }

  @Test func otherNumbersHaveTheMomentsOfTheirLikelihood() {
    let x = DenseArray<Float>([0.5], shape: [1, 1])
    let student = Self.linear(.studentT(degreesOfFreedom: 5, scale: .fixed(3)), weight: [2]).predict(x)
    #expect(student.mean == [1] && abs(student.aleatoric[0] - (9.0 * 5 / 3).squareRoot()) < 1e-6)
    let poisson = Self.linear(.poisson, weight: [2]).predict(x)
    let rate: Double = exp(1)
    #expect(abs(poisson.mean[0] - rate) < 1e-6 && abs(poisson.aleatoric[0] - rate.squareRoot()) < 1e-6)
  }

  @Test func labelsHaveTheProbabilitiesOfTheirLogits() {
    let x = DenseArray<Float>([1, -1], shape: [2, 1])
    func sigmoid(_ logit: Double) -> Double { 1 / (1 + exp(-logit)) }
    func areClose(_ a: DenseArray<Double>, _ b: [[Double]]) -> Bool {
      a.shape == [b.count, b[0].count] && zip(a.elements, b.joined()).allSatisfy { abs($0 - $1) < 1e-6 }
    }
    let binary = Self.linear(.bernoulli, weight: [2]).predict(x).classes.mean
    #expect(areClose(binary, [[sigmoid(-2), sigmoid(2)], [sigmoid(2), sigmoid(-2)]]))
    let classes = Self.linear(.categorical(classes: 3), weight: [0, 1, 2]).predict(x).classes.mean
    let (first, second): (Double, Double) = (exp(1), exp(2))
    let sum = 1 + first + second
    #expect(areClose(classes.rows(0..<1), [[1 / sum, first / sum, second / sum]]))
    // Two labels an input: four rows.
    let labels = Self.linear(.multiLabel(labels: 2), weight: [2, 0]).predict(x)
    #expect(labels.count == 4)
    #expect(
      areClose(
        labels.classes.mean, [[sigmoid(-2), sigmoid(2)], [0.5, 0.5], [sigmoid(2), sigmoid(-2)], [0.5, 0.5]]))
  }
}
