import Arrays
import Evaluation
import Foundation
import GoldenValues
import Testing

@Suite struct ClassificationTests {
  let reference: UncertaintyMetrics.Classification
  let forecast: ClassForecast

  init() throws {
    reference = try ReferenceValues.metrics().classification
    forecast = ClassForecast(DenseArray(reference.probabilities, shape: Shape(reference.probsShape)))
  }

  @Test func entropiesAndVotesMatchTheReference() {
    #expect(agree(forecast.mean.elements, Array(reference.predictiveMean.joined())))
    #expect(agree(forecast.predictiveEntropy, reference.predictiveEntropy))
    #expect(agree(forecast.expectedEntropy, reference.expectedEntropy))
    #expect(agree(forecast.mutualInformation, reference.mutualInformation))
    #expect(forecast.mutualInformation.allSatisfy { $0 >= 0 })
    #expect(agree(forecast.variationRatioOfVotes, reference.variationRatioVotes))
    #expect(agree(forecast.variationRatioOfMean, reference.variationRatioMeanProb))
  }

  @Test func scoresMatchTheReference() {
    let scores = ClassificationScores(of: forecast, against: reference.labels)
    #expect(scores.count == 150)
    #expect(agree(scores.negativeLogLikelihood, reference.nllMean))
    #expect(scores.accuracy == reference.accuracy)
    #expect(agree(scores.brierScore, reference.brierSumOverClasses))
    #expect(agree(scores.expectedCalibrationError, reference.ece15))
  }

  @Test func scoresHaveTheirNamesInJSON() throws {
    let data = try JSONEncoder().encode(ClassificationScores(of: forecast, against: reference.labels))
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(
      Set(object.keys) == ["count", "negativeLogLikelihood", "accuracy", "brierScore", "expectedCalibrationError"])
  }

  @Test func likelihoodsOfImprobableClassesAreFiniteWhereTheirLogarithmsAreKnown() {
    // Two draws, one row, two classes: the second has e⁻²⁰⁰⁰ and e⁻¹⁰⁰⁰, both 0 as a `Double`.
    let logs = DenseArray([0.0, -2000, 0, -1000], shape: [2, 1, 2])
    let forecast = ClassForecast(logProbabilities: logs)
    #expect(forecast.mean.elements == [1, 0])
    #expect(abs(forecast.negativeLogLikelihood([1]) - (1000 + log(2))) < 1e-12)
    #expect(forecast.negativeLogLikelihood([0]) == 0)
    #expect(ClassForecast(forecast.draws).negativeLogLikelihood([1]) == .infinity)
    let impossible = ClassForecast(logProbabilities: DenseArray([0.0, -.infinity], shape: [1, 1, 2]))
    #expect(impossible.negativeLogLikelihood([1]) == .infinity)
    let ordinary = DenseArray([0.2, 0.8, 0.6, 0.4], shape: [2, 1, 2])
    let same = ClassForecast(logProbabilities: DenseArray(ordinary.elements.map { log($0) }, shape: ordinary.shape))
    #expect(abs(same.negativeLogLikelihood([1]) + log(0.6)) < 1e-15)
  }

  @Test func averagedProbabilitiesCountAsOneDraw() {
    let averaged = ClassForecast(forecast.mean)
    #expect(averaged.expectedEntropy == averaged.predictiveEntropy)
    #expect(averaged.mutualInformation.allSatisfy { $0 == 0 })
    #expect(
      ClassificationScores(of: averaged, against: reference.labels)
        == ClassificationScores(of: forecast, against: reference.labels))
  }

  @Test func drawsThatAreDistributionsHaveTheEntropiesThatAreExpectedOfThem() {
    let draws = DenseArray([0.2, 0.8, 0.5, 0.5, 0.6, 0.4, 0.5, 0.5], shape: [2, 2, 2])
    let forecast = ClassForecast(draws, drawEntropies: DenseArray([0.1, 0.3, 0.4, .nan], shape: [2, 2]))
    #expect(forecast.expectedEntropy[0] == 0.25 && forecast.expectedEntropy[1].isNaN)
    #expect(abs(forecast.mutualInformation[0] - (-0.4 * log(0.4) - 0.6 * log(0.6) - 0.25)) < 1e-15)
    #expect(forecast.mutualInformation[1].isNaN && forecast.predictiveEntropy == ClassForecast(draws).predictiveEntropy)
  }

  @Test func binsMatchTheReferenceAndEmptyOnesAreShownEmpty() {
    let bins = ReliabilityDiagram(of: forecast, against: reference.labels).bins
    #expect(bins.map(\.count) == reference.bins15.count)
    #expect(bins.filter { $0.count == 0 }.allSatisfy { $0.accuracy == nil && $0.confidence == nil && $0.gap == nil })
    #expect(agree(bins.map { $0.confidence ?? 0 }, reference.bins15.meanConfidence))
    #expect(agree(bins.map { $0.accuracy ?? 0 }, reference.bins15.accuracy))
  }

  @Test func calibrationErrorsMatchTheReference() {
    let labels = reference.labels
    #expect(agree(ReliabilityDiagram(of: forecast, against: labels).maximumCalibrationError, reference.mce15))
    let ten = ReliabilityDiagram(of: forecast, against: labels, binCount: 10)
    #expect(agree(ten.expectedCalibrationError, reference.ece10))
    #expect(agree(CalibrationError.adaptive(of: forecast, against: labels), reference.adaptiveEce15))
    #expect(agree(CalibrationError.classwise(of: forecast, against: labels), reference.classwiseEce15))
    #expect(
      agree(CalibrationError.classwiseErrors(of: forecast, against: labels), reference.classwiseEce15PerClass))
  }

  @Test func theFirstBinsOfTheAdaptiveErrorTakeWhatIsLeftOver() {
    let confidences = [0.9, 0.6, 0.8, 0.7]
    let forecast = ClassForecast(DenseArray(rows: confidences.map { [$0, 1 - $0] }))
    // Bins {0.6, 0.7}, {0.8}, {0.9}; the row of 0.7 is wrong: (|1 - 1.3| + |1 - 0.8| + |1 - 0.9|) / 4.
    #expect(agree(CalibrationError.adaptive(of: forecast, against: [0, 0, 0, 1], binCount: 3), 0.15))
  }

  @Test(arguments: [3, 10, 15, 49, 1000])
  func anEdgeBelongsToTheBinBelowIt(binCount: Int) {
    let edges = (1...binCount).map { Double($0) / Double(binCount) }
    let atEdges = ReliabilityDiagram(confidences: edges, correctness: edges, binCount: binCount)
    #expect(atEdges.bins.map(\.count) == [Int](repeating: 1, count: binCount))
    let above = edges.dropLast().map(\.nextUp)
    let aboveEdges = ReliabilityDiagram(confidences: above, correctness: above, binCount: binCount)
    #expect(aboveEdges.bins.map(\.count) == [0] + [Int](repeating: 1, count: binCount - 1))
    let ends = ReliabilityDiagram(confidences: [0, 1], correctness: [0, 1], binCount: binCount)
    #expect(ends.bins.first?.count == 1 && ends.bins.last?.count == 1)
  }

  @Test func riskAndCoverageMatchTheReference() throws {
    let curve = RiskCoverageCurve(of: forecast, against: reference.labels)
    #expect(agree(curve.area, reference.aurcMeanOverCoverages))
    #expect(agree(curve.excessArea, reference.eAurc))
    #expect(agree(curve.trapezoidArea, reference.aurcTrapezoidTorchUncertainty))
    for (coverage, risk) in reference.riskAtCoverage {
      #expect(agree(curve.risk(atCoverage: try #require(Double(coverage))), risk))
    }
  }

  @Test func perfectOrderHasNoExcessArea() {
    let curve = RiskCoverageCurve(confidences: [0.9, 0.4, 0.8, 0.3], correctness: [1, 0, 1, 0])
    #expect(curve.risks == [0, 0, 1.0 / 3, 0.5])
    #expect(curve.excessArea == 0)
  }

  @Test func whatIsNotANumberStaysSo() {
    let broken = ClassForecast(DenseArray(rows: [[0.5, 0.5], [.nan, 0.5]]))
    let scores = ClassificationScores(of: broken, against: [0, 0])
    #expect(scores.negativeLogLikelihood.isNaN)
    #expect(scores.accuracy.isNaN)
    #expect(scores.brierScore.isNaN)
    #expect(scores.expectedCalibrationError.isNaN)
    #expect(CalibrationError.adaptive(of: broken, against: [0, 0]).isNaN)
    #expect(RiskCoverageCurve(of: broken, against: [0, 0]).area.isNaN)
    #expect(broken.variationRatioOfVotes[1].isNaN)
    #expect(broken.mutualInformation[1].isNaN)
  }

  @Test func aClassOfNoProbabilityThatComesCostsInfinitely() {
    #expect(ClassForecast(DenseArray(rows: [[0, 1]])).negativeLogLikelihood([0]) == .infinity)
  }
}
