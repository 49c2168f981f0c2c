import Arrays
import Foundation
import Probability
import Programs
import Testing

@Suite struct LikelihoodOptionTests {
  private let logits = DenseArray(rows: [[0.5, -1, 2], [1, 1, 0], [0, 3, -2]])

  @Test func classWeightsMultiplyTheDensitiesOfTheirClass() {
    let labels = DenseArray([2.0, 0, 1])
    func densities(_ weights: [Double]?) -> [Double] {
      evaluate([logits, labels]) {
        Likelihood.categorical(classes: 3, weights: weights).logDensity(outputs: $0[0], targets: $0[1])
      }
    }
    let plain = densities(nil)
    #expect(relativeDifference(densities([2, 5, 0.5]), [0.5 * plain[0], 2 * plain[1], 5 * plain[2]]) < 1e-14)
  }

  @Test func positiveWeightsMultiplyTheDensitiesOfOnes() {
    let targets = DenseArray(rows: [[1.0, 0, 1], [0, 0, 1], [1, 1, 0]])
    func densities(_ weights: [Double]?) -> [Double] {
      evaluate([logits, targets]) {
        Likelihood.multiLabel(labels: 3, positiveWeights: weights).logDensity(outputs: $0[0], targets: $0[1])
      }
    }
    let weights = [2, 3, 0.5]
    let expected = (0..<3).map { row in
      (0..<3).reduce(0.0) { sum, label in
        let (f, y) = (logits[row, label], targets[row, label])
        return sum - (y == 1 ? weights[label] * log1p(exp(-f)) : log1p(exp(f)))
      }
    }
    #expect(relativeDifference(densities(weights), expected) < 1e-13)
    #expect(relativeDifference(densities([1, 1, 1]), densities(nil)) < 1e-13)
  }

  @Test func temperatureDividesTheLogDensity() {
    let labels = DenseArray([2.0, 0, 1])
    let likelihood = Likelihood.categorical(classes: 3)
    let plain = evaluate([logits, labels]) { likelihood.logDensity(outputs: $0[0], targets: $0[1]) }
    let cold = evaluate([logits, labels]) { likelihood.tempered(by: 0.25).logDensity(outputs: $0[0], targets: $0[1]) }
    #expect(relativeDifference(cold, plain.map { 4 * $0 }) < 1e-14)
  }

  @Test func numbersOfOutputsFollowTheTargets() {
    #expect(Likelihood.gaussian(noise: .fixed(1)).outputCount(targets: 3) == 3)
    #expect(Likelihood.gaussian(noise: .perInput).outputCount(targets: 3) == 6)
    #expect(Likelihood.gaussian(noise: .perInput).targetCount(outputs: 5) == nil)
    #expect(Likelihood.categorical(classes: 4).outputCount(targets: 1) == 4)
    #expect(Likelihood.categorical(classes: 4).targetCount(outputs: 3) == nil)
    #expect(Likelihood.bernoulli.outputCount(targets: 2) == nil)
    #expect(Likelihood.multiLabel(labels: 2).outputCount(targets: 2) == 2)
    #expect(Likelihood.poisson.targetCount(outputs: 0) == nil)
  }

  @Test func extremeLogitsGiveFiniteDensities() {
    let values = evaluate([DenseArray(rows: [[800.0], [-800], [800], [-800]]), DenseArray([1.0, 1, 0, 0])]) {
      Likelihood.bernoulli.logDensity(outputs: $0[0], targets: $0[1])
    }
    #expect(relativeDifference(values.map { $0 - 1 }, [-1, -801, -801, -1]) < 1e-14)
  }

  @Test func likelihoodsAreReadAsTheyWereWritten() throws {
    let all: [Likelihood] = [
      .gaussian(noise: .fixed(0.5)), .gaussian(noise: .perInput), .studentT(degreesOfFreedom: 4, scale: .learned),
      .categorical(classes: 2, weights: [1, 2]).tempered(by: 2), .bernoulli, .bernoulli(positiveWeight: 3),
      .multiLabel(labels: 3), .poisson,
    ]
    let back = try JSONDecoder().decode([Likelihood].self, from: JSONEncoder().encode(all))
    #expect(back == all)
  }

  @Test(arguments: [
    #"{"family":{"poisson":{}},"temperature":0}"#,
    #"{"family":{"categorical":{"classes":1}},"temperature":1}"#,
    #"{"family":{"categorical":{"classes":2,"weights":[1]}},"temperature":1}"#,
    #"{"family":{"gaussian":{"noise":{"fixed":{"_0":-1}}}},"temperature":1}"#,
    #"{"family":{"studentT":{"degreesOfFreedom":0,"scale":{"perInput":{}}}},"temperature":1}"#,
  ]) func impossibleLikelihoodsAreErrors(_ text: String) {
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Likelihood.self, from: Data(text.utf8)) }
  }

  @Test func momentsOfPredictionsAreThoseOfTheDistribution() {
    let outputs = DenseArray(rows: [[0.5, -1]])
    func mean(_ likelihood: Likelihood) -> [Double] { evaluate([outputs]) { likelihood.mean(outputs: $0[0]) } }
    func variance(_ likelihood: Likelihood) -> [Double] { evaluate([outputs]) { likelihood.variance(outputs: $0[0]) } }
    #expect(mean(.gaussian(noise: .fixed(3))) == [0.5, -1])
    #expect(relativeDifference(variance(.gaussian(noise: .fixed(3))), [9, 9]) < 1e-15)
    #expect(relativeDifference(variance(.studentT(degreesOfFreedom: 6, scale: .fixed(2))), [6, 6]) < 1e-14)
    #expect(variance(.studentT(degreesOfFreedom: 2, scale: .fixed(2))) == [.infinity, .infinity])
    let scale = log1p(exp(-1)) + 0.001
    #expect(relativeDifference(variance(.gaussian(noise: .perInput)), [scale * scale]) < 1e-14)
    #expect(relativeDifference(mean(.poisson), [exp(0.5), exp(-1)]) < 1e-14)
    let share = 1 / (1 + exp(-1.5))
    #expect(relativeDifference(mean(.categorical(classes: 2)), [share, 1 - share]) < 1e-14)
  }

  @Test func targetsOfAWrongShapeTrap() async {
    await #expect(processExitsWith: .failure) {
      _ = Likelihood.poisson.logDensity(outputs: .constant(0, shape: [3, 2]), targets: .constant(0, shape: [3]))
    }
  }
}
