//  LinearRegressionTests.swift — the linear model against values to many digits, and its invariances.

import Arrays
import ConjugateModels
import Foundation
import GoldenValues
import Testing

@Suite struct LinearRegressionTests {
  private func column(_ x: [Double]) -> DenseArray<Double> { DenseArray(x, shape: [x.count, 1]) }

  private func model(_ r: LinearReference, degree: Int) -> BayesianLinearRegression {
    BayesianLinearRegression(
      .polynomial(degree: degree), inputs: 1, priorPrecision: r.alpha, noisePrecision: r.beta
    ).observing(column(r.x), r.y)
  }

  @Test(arguments: 0...8) func posteriorAndPredictionsAgreeWithTheReference(degree: Int) throws {
    let r = try ReferenceValues.linearRegression()
    let expected = r.models[degree]
    let found = model(r, degree: degree)
    #expect(agree(found.weights, expected.posteriorMean))
    #expect(agree(found.covariance.elements, Array(expected.posteriorCov.joined())))
    let prediction = found.predict(column(r.xTest))
    #expect(agree(prediction.means, expected.predictiveMean))
    #expect(agree(prediction.latentVariances, expected.predictiveVarLatent))
    #expect(agree(prediction.variances, expected.predictiveVar))
    #expect(agree(found.logEvidence, expected.logEvidence))
    #expect(agree(found.effectiveParameters, expected.effectiveParams))
    let fit = zip(r.y, found.predict(column(r.x)).means).reduce(0) {
      $0 + NormalDistribution(mean: $1.1, variance: 1 / r.beta).logDensity($1.0)
    }
    #expect(agree(fit, expected.logLikelihoodAtMean))
  }

  @Test func theCoefficientsThatMadeTheDataAreNotRuledOut() throws {
    let r = try ReferenceValues.linearRegression()
    let found = model(r, degree: r.trueCoefficients.count - 1)
    // (w − m)ᵀ Σ⁻¹ (w − m) has a chi-squared distribution of three degrees of freedom: above 16.3 once in a thousand.
    let d = zip(r.trueCoefficients, found.weights).map { $0 - $1 }
    let square = r.x.reduce(r.alpha * d.reduce(0) { $0 + $1 * $1 }) { sum, x in
      let value = d[0] + x * (d[1] + x * d[2])
      return sum + r.beta * value * value
    }
    #expect(square > 0 && square < 16.3, "\(square)")
  }

  @Test(arguments: 0...8) func maximalEvidenceAgreesWithTheReference(degree: Int) throws {
    let r = try ReferenceValues.linearRegression()
    let expected = r.models[degree].evidenceOptimum
    let found = try #require(model(r, degree: degree).maximizingEvidence)
    #expect(expected.interior)
    #expect(agree(found.priorPrecision, try #require(expected.alpha)))
    #expect(agree(found.noisePrecision, try #require(expected.beta)))
    #expect(agree(found.logEvidence, try #require(expected.logEvidence)))
    #expect(agree(found.weights, try #require(expected.posteriorMean)))
    #expect(agree(found.covariance.elements, Array(try #require(expected.posteriorCov).joined())))
    #expect(agree(found.effectiveParameters, try #require(expected.gamma)))
  }

  @Test func probabilitiesOfDegreesAgreeWithTheReference() throws {
    let r = try ReferenceValues.linearRegression()
    let average = LinearModelAverage(r.models.map { model(r, degree: $0.degree) })
    #expect(agree(average.probabilities, r.posteriorOverModels))
    let mixtures = average.predict(column(r.xTest))
    #expect(agree(mixtures.map(\.mean), r.modelAveragedPredictiveMean))
    #expect(agree(mixtures.map(\.variance), r.modelAveragedPredictiveVar))
  }

  @Test func evidenceOnAGridOfPrecisionsAgreesWithTheReference() throws {
    let r = try ReferenceValues.linearRegression()
    let base = model(r, degree: r.evidenceGrid.degree)
    for (i, alpha) in r.evidenceGrid.alpha.enumerated() {
      for (j, beta) in r.evidenceGrid.beta.enumerated() {
        let found = base.with(priorPrecision: alpha, noisePrecision: beta).logEvidence
        #expect(agree(found, r.evidenceGrid.logEvidence[i][j]))
      }
    }
  }

  @Test func anyOrderAndAnyBatchesGiveTheSamePosterior() throws {
    let r = try ReferenceValues.linearRegression()
    let whole = model(r, degree: 6)
    var pieces = BayesianLinearRegression(
      .polynomial(degree: 6), inputs: 1, priorPrecision: r.alpha, noisePrecision: r.beta)
    #expect(pieces.logEvidence == 0)
    for i in r.x.indices.reversed() { pieces = pieces.observing(column([r.x[i]]), [r.y[i]]) }
    #expect(agree(pieces.weights, whole.weights, within: 1e-11))
    #expect(agree(pieces.covariance.elements, whole.covariance.elements, within: 1e-11))
    #expect(agree(pieces.logEvidence, whole.logEvidence, within: 1e-11))
  }

  @Test func evidenceIsTheProductOfPredictionsOneByOne() throws {
    let r = try ReferenceValues.linearRegression()
    let basis = BasisFunctions.radial(centres: [[-0.5], [0.0], [0.5], [0.9]], width: 0.4)
    var model = BayesianLinearRegression(basis, inputs: 1, priorPrecision: 0.6, noisePrecision: 9)
    var sum = 0.0
    for (x, y) in zip(r.x, r.y) {
      sum += model.predict(column([x])).distributions[0].logDensity(y)
      model = model.observing(column([x]), [y])
    }
    #expect(agree(model.logEvidence, sum, within: 1e-12))
  }

  @Test func beforeAnyDataThePredictionIsThePrior() {
    let basis = BasisFunctions.fourier(frequencies: 2, period: 3)
    let model = BayesianLinearRegression(basis, inputs: 2, priorPrecision: 4, noisePrecision: 10)
    let prediction = model.predict(DenseArray([0.3, -1.2], shape: [1, 2]))
    // |φ|² = 1 + 2 inputs × 2 frequencies × (cos² + sin²).
    #expect(prediction.means == [0] && agree(prediction.latentVariances, [1.25], within: 1e-14))
    #expect(agree(model.covariance.elements.reduce(0, +), 9 / 4, within: 1e-14))
  }

  @Test func fewerRowsThanFeaturesKeepThePriorWhereNothingWasSeen() {
    let basis = BasisFunctions.features(count: 3) { [$0[0], $0[1], 1] }
    let model = BayesianLinearRegression(basis, inputs: 2, priorPrecision: 2, noisePrecision: 5)
      .observing(DenseArray([1, 0], shape: [1, 2]), [3])
    // Σ⁻¹ = 2 I + 5 φφᵀ with φ = (1, 0, 1): the second weight is as before.
    #expect(agree(model.covariance[1, 1], 0.5, within: 1e-14) && agree(model.weights[1], 0) && model.featureCount == 3)
    #expect(agree(model.weights, [15.0 / 12, 0, 15.0 / 12], within: 1e-13))
    #expect(agree(model.covariance[0, 2], -0.5 * 5 / 12, within: 1e-13))
    #expect(agree(model.predict(DenseArray([0, 1], shape: [1, 2])).latentVariances, [0.5 + 7.0 / 24], within: 1e-13))
  }

  @Test func evidenceWithoutAMaximumIsNoMaximum() {
    // Alternating targets without any trend: the evidence of a line grows as the weights vanish.
    let x = (0..<20).map { Double($0) - 9.5 }
    let y = (0..<20).map { i in [1.0, -1, -1, 1][i % 4] }
    let basis = BasisFunctions.features(count: 1) { $0 }
    let model = BayesianLinearRegression(basis, inputs: 1, priorPrecision: 1, noisePrecision: 1)
    #expect(model.observing(column(x), y).maximizingEvidence == nil)
    #expect(model.maximizingEvidence == nil)
    #expect(model.observing(column(x), x.map { 2 * $0 }).maximizingEvidence == nil)
  }

  /// A line through two rows: the evidence is the same whatever the ratio of the precisions, and rounding has maxima of its own.
  @Test func aRidgeOfTheEvidenceHasNoMaximum() throws {
    let line = BayesianLinearRegression(.polynomial(degree: 1), inputs: 1, priorPrecision: 1, noisePrecision: 1)
      .observing(column([-1, 1]), [-1, 1])
    #expect(line.maximizingEvidence == nil)
    let limit = try #require(line.vanishingWeights).logEvidence
    for noise in [1e-4, 1e-6] {
      let best = line.with(priorPrecision: 1, noisePrecision: 1 / (noise * noise)).maximizingEvidenceOfPrior
      #expect(abs(try #require(best).logEvidence - limit) < 10 * noise * noise)
    }
    // With a third row beside the line there is a maximum.
    let third = line.observing(column([0]), [0.1])
    #expect(third.maximizingEvidence != nil)
  }

  @Test func vanishingWeightsHaveTheEvidenceThatEveryMaximisationApproaches() throws {
    let x = (0..<20).map { Double($0) - 9.5 }
    let y = (0..<20).map { i in [2.0, -2, -2, 2][i % 4] }
    let model = BayesianLinearRegression(.polynomial(degree: 1), inputs: 1, priorPrecision: 1, noisePrecision: 1)
      .observing(column(x), y)
    let size = y.reduce(0) { $0 + $1 * $1 }
    let limit = 10 * log(20 / (2 * .pi * size)) - 10
    let vanishing = try #require(model.vanishingWeights)
    #expect(abs(vanishing.logEvidence - limit) < 1e-9 && vanishing.weights.allSatisfy { abs($0) < 1e-9 })
    // The evidence rises all the way, with the best noise at each precision of the prior.
    let rising = (0..<12).map {
      model.with(priorPrecision: pow(10, Double($0)), noisePrecision: 1).maximizingEvidenceOfNoise?.logEvidence ?? .nan
    }
    #expect(model.maximizingEvidence == nil && zip(rising, rising.dropFirst()).allSatisfy { $0 <= $1 + 1e-12 })
    #expect(rising.allSatisfy { $0 <= limit + 1e-9 } && rising[0] < limit - 3)
    // Where there is a maximum it lies above the limit.
    let line = model.with(priorPrecision: 1, noisePrecision: 1).observing(column(x), x)
    let best = try #require(line.maximizingEvidence)
    #expect(best.logEvidence > (line.vanishingWeights?.logEvidence ?? .infinity))
    #expect(
      BayesianLinearRegression(.polynomial(degree: 1), inputs: 1, priorPrecision: 1, noisePrecision: 1)
        .observing(column([1, 2]), [0, 0]).vanishingWeights == nil)
  }

  @Test func aLineWithoutNoiseHasAPriorOfGreatestEvidenceAtEveryNoise() throws {
    let x = (0..<50).map { Double($0) / 10 - 2.4 }
    let line = BayesianLinearRegression(
      .polynomial(degree: 1), inputs: 1, priorPrecision: 1, noisePrecision: 1e12
    ).observing(column(x), x.map { 2 * $0 + 1 })
    #expect(line.maximizingEvidence == nil)
    let best = try #require(line.maximizingEvidenceOfPrior)
    // With weights all but known, α is one over their mean square.
    #expect(agree(best.priorPrecision, 2 / (4 + 1.0), within: 1e-6))
    for factor in [0.9, 1.1] {
      #expect(
        best.with(priorPrecision: factor * best.priorPrecision, noisePrecision: 1e12).logEvidence < best.logEvidence)
    }
    #expect(agree(best.predict(column([10])).means, [21], within: 1e-6))
  }

  @Test func theMaximumIsFoundWhereSingularValuesLieFarApart() throws {
    // Degree 30 on [−2, 2] has squared singular values from 10¹⁸ down to rounding.
    var generator = Philox(seed: 9)
    let x = (0..<60).map { _ in 4 * generator.uniform() - 2 }
    let y = x.map { sin(2 * $0) + 0.1 * generator.normal() }
    let model = BayesianLinearRegression(.polynomial(degree: 30), inputs: 1, priorPrecision: 1, noisePrecision: 1)
      .observing(column(x), y)
    let best = try #require(model.maximizingEvidence)
    for (prior, noise) in [(0.8, 1), (1.25, 1), (1, 0.8), (1, 1.25), (100, 1), (0.01, 1)] {
      let other = best.with(priorPrecision: prior * best.priorPrecision, noisePrecision: noise * best.noisePrecision)
      #expect(other.logEvidence < best.logEvidence)
    }
  }

  @Test func noiseOfGreatestEvidenceUnderAGivenPriorHasNoSlope() throws {
    let r = try ReferenceValues.linearRegression()
    let best = try #require(model(r, degree: 3).maximizingEvidenceOfNoise)
    #expect(best.priorPrecision == r.alpha)
    let evidences = [0.999, 1, 1.001].map {
      best.with(priorPrecision: r.alpha, noisePrecision: $0 * best.noisePrecision).logEvidence
    }
    #expect(evidences[1] > evidences[0] && evidences[1] > evidences[2])
    #expect(abs(evidences[2] - evidences[0]) < 1e-6 * abs(evidences[1]))
    let both = try #require(model(r, degree: 3).maximizingEvidence)
    let again = try #require(both.maximizingEvidenceOfNoise)
    #expect(agree(again.noisePrecision, both.noisePrecision, within: 1e-7))
  }

  @Test func aTallDesignInBlocksIsTheWholeDesign() {
    var generator = Philox(seed: 5)
    let inputs: DenseArray<Double> = generator.normal(shape: [5000, 3])
    let noise = generator.normal(shape: [5000], as: Double.self).elements
    let targets = (0..<5000).map { inputs[$0, 0] - 2 * inputs[$0, 2] * inputs[$0, 2] + 0.5 * noise[$0] }
    let model = BayesianLinearRegression(.polynomial(degree: 2), inputs: 3, priorPrecision: 1, noisePrecision: 1)
      .observing(inputs, targets)
    guard let best = model.maximizingEvidence else {
      Issue.record("the evidence has a maximum")
      return
    }
    // The error of a weight is about 0.5 / √5000.
    let expected: [Double] = [0, 1, 0, 0, 0, 0, -2]
    #expect(zip(best.weights, expected).allSatisfy { abs($0 - $1) < 5 * 0.5 / 5000.0.squareRoot() })
    #expect(abs(best.noisePrecision / 4 - 1) < 5 * (2.0 / 5000).squareRoot())
  }
}
