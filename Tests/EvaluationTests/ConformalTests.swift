import Arrays
import Evaluation
import GoldenValues
import Testing

private struct Reference: Decodable {
  let calProbs, testProbs: [[Double]]
  let calLabels: [Int]
  let calU, testU: [Double]
  let rapsLambda: Double
  let rapsKReg: Int
  let results: [String: [String: Classification]]
  let regression: Regression

  struct Classification: Decodable {
    let qhat: Double
    let sets: [[Int]]
  }

  struct Regression: Decodable {
    let y, mean, sigma, lower, upper: [Double]
    let results: [String: Thresholds]
  }

  struct Thresholds: Decodable {
    let absoluteResidualQhat, normalisedResidualQhat, cqrQhat: Double
  }
}

@Suite struct ConformalTests {
  private let reference: Reference

  init() throws { reference = try ReferenceValues.load("conformal") }

  @Test func setsAndThresholdsOfClassesMatchTheReference() throws {
    let regularised = ConformalScore.regularised(penalty: reference.rapsLambda, freeRanks: reference.rapsKReg)
    let scores: [(String, ConformalScore, isRandomised: Bool)] = [
      ("lac", .leastAmbiguous, false), ("aps_nonrandomised", .adaptive, false), ("aps_randomised", .adaptive, true),
      ("raps_nonrandomised", regularised, false), ("raps_randomised", regularised, true),
    ]
    for miscoverage in [0.1, 0.3] {
      let expected = try #require(reference.results["alpha_\(miscoverage)"])
      for (name, score, isRandomised) in scores {
        let classifier = ConformalClassifier(
          score, probabilities: DenseArray(rows: reference.calProbs), labels: reference.calLabels,
          uniforms: isRandomised ? reference.calU : nil, miscoverage: miscoverage)
        let golden = try #require(expected[name])
        #expect(agree(classifier.threshold, golden.qhat), "\(name)")
        let sets = classifier.sets(
          DenseArray(rows: reference.testProbs), uniforms: isRandomised ? reference.testU : nil)
        #expect(sets == golden.sets, "\(name)")
      }
    }
  }

  @Test func thresholdsOfNumbersMatchTheReference() throws {
    let data = reference.regression
    let absolute = ConformalRegression.absoluteResiduals(predictions: data.mean, targets: data.y)
    let normalised = ConformalRegression.normalisedResiduals(
      predictions: data.mean, standardDeviations: data.sigma, targets: data.y)
    let excesses = ConformalRegression.intervalExcesses(lower: data.lower, upper: data.upper, targets: data.y)
    for miscoverage in [0.1, 0.2, 0.005] {
      let golden = try #require(data.results["alpha_\(miscoverage)"])
      let thresholds = [absolute, normalised, excesses].map {
        ConformalQuantile.threshold($0, miscoverage: miscoverage)
      }
      let expected = [golden.absoluteResidualQhat, golden.normalisedResidualQhat, golden.cqrQhat]
      #expect(agreeRelatively(thresholds, expected, within: 1e-9), "\(miscoverage)")
    }
  }

  @Test func thresholdIsTheKthSmallestScore() {
    let scores = (1...9).map(Double.init)
    // (n + 1)(1 - α) is whole for these: 9, 8, … 1, in spite of rounding.
    for k in 1...9 {
      #expect(ConformalQuantile.threshold(scores, miscoverage: 1 - Double(k) / 10) == Double(k))
    }
    #expect(ConformalQuantile.threshold(scores, miscoverage: 0.05) == .infinity)
    #expect(ConformalQuantile.threshold([1, .nan], miscoverage: 0.5).isNaN)
  }
}
