//  LinearComparison.swift — linear models of several degrees side by side.

import Credence
import Foundation

/// One degree.
struct LinearRecord: Encodable {
  let degree: Int
  let features: Int
  /// Unit: nats, of the targets in their own unit.
  let logEvidence: Double
  let probability: Double
  let effectiveParameters: Double
  /// In the unit of the target.
  let noise: Double
  /// Of the weights, for standardised inputs and target; 0 where the evidence is that of vanishing weights.
  let priorScale: Double
  /// Whether the precisions are those of greatest evidence.
  let isMaximum: Bool
  /// Whether the model goes through all rows, so that the least noise that is asked about stands for none.
  let isExact: Bool
}

struct LinearComparison {
  let average: LinearModelAverage
  let degrees: [Int]
  let noun: String
  /// Whether the features are a network's, which has learnt them.
  let isLearnt: Bool
  private let hasMaximum: [Bool]
  private let isExact: [Bool]
  /// Of the target's standard deviation: what stands for no noise at all.
  private static let leastNoise = 1e-6

  init(
    _ candidates: [LinearStudy.Candidate], _ basis: BasisOptions, inputs: DenseArray<Double>, targets: [Double]
  ) {
    degrees = candidates.map(\.degree)
    noun = basis.noun
    isLearnt = basis.basis == .lastLayer
    let models = candidates.map { candidate in
      BayesianLinearRegression(
        candidate.functions, inputs: inputs.shape[1], priorPrecision: 1, noisePrecision: 1
      ).observing(inputs, targets)
    }
    let choices = models.map(Choice.init)
    hasMaximum = choices.map(\.isMaximum)
    isExact = choices.map(\.isExact)
    average = LinearModelAverage(choices.map(\.model))
  }

  /// The precisions of one degree.
  private struct Choice {
    let model: BayesianLinearRegression
    let isMaximum: Bool
    let isExact: Bool

    /// Where the evidence has no maximum, its supremum: that of vanishing weights, or of vanishing noise, where the prior is that of
    /// greatest evidence at the least noise that is asked about.
    init(_ model: BayesianLinearRegression) {
      let best = model.maximizingEvidence
      let vanishing = model.vanishingWeights
      let exact = best == nil ? LinearComparison.withoutNoise(model) : nil
      isMaximum = best != nil
      // What differs by rounding is alike, and then the simpler model is the one without features.
      isExact = exact.map { $0.logEvidence > (vanishing?.logEvidence ?? -.infinity) + 1e-6 } ?? false
      self.model = best ?? (isExact ? exact : vanishing) ?? model
    }
  }

  private static func withoutNoise(_ model: BayesianLinearRegression) -> BayesianLinearRegression? {
    let precision = 1 / (leastNoise * leastNoise)
    return model.with(priorPrecision: model.priorPrecision, noisePrecision: precision).maximizingEvidenceOfPrior
  }

  /// What is predicted with, for the line below a title.
  var subject: String {
    isLearnt
      ? "a last layer of \(NumberFormat.count(degrees[0], "unit"))"
      : "the average over \(noun) \(DegreeList(degrees: degrees))"
  }

  func records(scale: Standardisation) -> [LinearRecord] {
    degrees.indices.map { index in
      let model = average.models[index]
      return LinearRecord(
        degree: degrees[index], features: model.featureCount,
        logEvidence: model.logEvidence - Double(model.observationCount) * log(scale.scale),
        probability: average.probabilities[index], effectiveParameters: model.effectiveParameters,
        noise: scale.scale / model.noisePrecision.squareRoot(),
        priorScale: hasMaximum[index] || isExact[index] ? 1 / model.priorPrecision.squareRoot() : 0,
        isMaximum: hasMaximum[index], isExact: isExact[index])
    }
  }
}
