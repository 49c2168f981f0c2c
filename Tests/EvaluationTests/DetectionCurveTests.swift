import Evaluation
import GoldenValues
import Testing

@Suite struct DetectionCurveTests {
  @Test func figuresMatchTheReferenceWithTies() throws {
    let reference = try ReferenceValues.metrics().ood
    let foreign = DetectionCurve(inDistribution: reference.scoresIn, outOfDistribution: reference.scoresOut)
    let familiar = DetectionCurve(
      positives: reference.scoresIn.map { -$0 }, negatives: reference.scoresOut.map { -$0 })
    #expect(agree(foreign.areaUnderReceiverOperatingCharacteristic, reference.auroc))
    #expect(agree(familiar.areaUnderReceiverOperatingCharacteristic, reference.auroc))
    #expect(agree(foreign.averagePrecision, reference.auprOutAveragePrecision))
    #expect(agree(familiar.averagePrecision, reference.auprInAveragePrecision))
    #expect(agree(foreign.areaUnderPrecisionAndRecall, reference.auprOutTrapezoid))
    #expect(foreign.falsePositiveRate() == reference.fprAt95TprOodPositive)
    #expect(familiar.falsePositiveRate() == reference.fprAt95TprInPositive)
    #expect(agree(foreign.detectionError, reference.detectionError))
  }

  @Test func scoresThatSayNothingAreChance() {
    let curve = DetectionCurve(positives: [1, 1, 1], negatives: [1, 1])
    #expect(curve.areaUnderReceiverOperatingCharacteristic == 0.5)
    #expect(curve.averagePrecision == 0.6)
    #expect(curve.falsePositiveRate() == 1)
    #expect(curve.detectionError == 0.5)
  }

  @Test func separatedGroupsArePerfect() {
    let curve = DetectionCurve(positives: [3, 4], negatives: [1, 2])
    #expect(curve.areaUnderReceiverOperatingCharacteristic == 1)
    #expect(curve.averagePrecision == 1)
    #expect(curve.falsePositiveRate() == 0)
    #expect(curve.detectionError == 0)
  }

  @Test func aRateThatIsReachedExactlyIsReached() {
    // 19 of 20 positives are above both negatives: a true positive rate of 0.95 to the last bit.
    let curve = DetectionCurve(positives: (0..<19).map { 10 + Double($0) } + [0], negatives: [1, 2])
    #expect(curve.falsePositiveRate() == 0 && curve.falsePositiveRate(atTruePositiveRate: 0.96) == 1)
  }

  @Test func whatIsNotANumberStaysSo() {
    let curve = DetectionCurve(positives: [3, .nan], negatives: [1, 2])
    #expect(curve.areaUnderReceiverOperatingCharacteristic.isNaN)
    #expect(curve.averagePrecision.isNaN)
    #expect(curve.falsePositiveRate().isNaN)
    #expect(curve.detectionError.isNaN)
  }
}
