import Arrays
import Evaluation
import GoldenValues
import Testing

@Suite struct TemperatureScalingTests {
  @Test func temperatureMinimisesTheLikelihoodOfTheReference() throws {
    let reference = try ReferenceValues.metrics().temperatureScaling
    let logits = DenseArray(rows: reference.logits)
    let scaling = TemperatureScaling.fit(logits: logits, labels: reference.labels)
    // The reference minimised a flat function numerically, so its argument holds to half of its digits only.
    #expect(agree(scaling.temperature, reference.temperature, within: 1e-7))
    let before = ClassForecast(TemperatureScaling(temperature: 1).probabilities(logits))
    let after = ClassForecast(scaling.probabilities(logits))
    let scores = [before, after].map { ClassificationScores(of: $0, against: reference.labels) }
    #expect(agree(scores.map(\.negativeLogLikelihood), [reference.nllBefore, reference.nllAfter]))
    #expect(agree(scores[0].expectedCalibrationError, reference.ece15Before))
    #expect(agree(scores[1].expectedCalibrationError, reference.ece15After, within: 1e-7))
  }

  @Test func temperatureOfScaledLogitsIsScaled() throws {
    let reference = try ReferenceValues.metrics().temperatureScaling
    let tripled = DenseArray(rows: reference.logits.map { $0.map { 3 * $0 } })
    let one = TemperatureScaling.fit(logits: DenseArray(rows: reference.logits), labels: reference.labels)
    let three = TemperatureScaling.fit(logits: tripled, labels: reference.labels)
    #expect(agree(three.temperature, 3 * one.temperature, within: 1e-12))
  }

  @Test func limitsWithoutAFiniteOptimumAreNamed() {
    let logits = DenseArray<Double>(rows: [[2, 0], [0, 3]])
    #expect(TemperatureScaling.fit(logits: logits, labels: [0, 1]).temperature == 0)
    #expect(TemperatureScaling.fit(logits: logits, labels: [1, 0]).temperature == .infinity)
    #expect(TemperatureScaling.fit(logits: DenseArray(rows: [[.nan, 0]]), labels: [0]).temperature.isNaN)
  }
}
