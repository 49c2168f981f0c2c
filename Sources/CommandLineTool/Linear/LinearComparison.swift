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
  /// Of the weights, for standardised inputs and target.
  let priorScale: Double
  /// Whether the precisions are those of greatest evidence.
  let isMaximum: Bool
}

struct LinearComparison {
  let average: LinearModelAverage
  let degrees: [Int]
  let noun: String
  private let hasMaximum: [Bool]

  init(_ basis: BasisOptions, inputs: DenseArray<Double>, targets: [Double]) {
    degrees = basis.degrees.degrees
    noun = basis.noun
    let models = degrees.map { degree in
      BayesianLinearRegression(
        basis.functions(degree: degree, inputs: inputs), inputs: inputs.shape[1], priorPrecision: 1, noisePrecision: 1
      ).observing(inputs, targets)
    }
    let best = models.map(\.maximizingEvidence)
    hasMaximum = best.map { $0 != nil }
    average = LinearModelAverage(
      zip(models, best).map { model, best in best ?? model.maximizingEvidenceOfNoise ?? model })
  }

  func records(scale: Standardisation) -> [LinearRecord] {
    degrees.indices.map { index in
      let model = average.models[index]
      return LinearRecord(
        degree: degrees[index], features: model.featureCount,
        logEvidence: model.logEvidence - Double(model.observationCount) * log(scale.scale),
        probability: average.probabilities[index], effectiveParameters: model.effectiveParameters,
        noise: scale.scale / model.noisePrecision.squareRoot(), priorScale: 1 / model.priorPrecision.squareRoot(),
        isMaximum: hasMaximum[index])
    }
  }

  func text(scale: Standardisation) -> String {
    var table = TextTable(
      columns: [noun, "features", "log evidence", "probability", "effective parameters", "noise", "prior scale"]
        .map { TextTable.Column($0) })
    for record in records(scale: scale) {
      table.append([
        "\(record.degree)" + (record.isMaximum ? "" : " *"), "\(record.features)",
        String(format: "%.2f", record.logEvidence), NumberFormat.percent(record.probability),
        String(format: "%.1f", record.effectiveParameters), NumberFormat.number(record.noise),
        NumberFormat.number(record.priorScale),
      ])
    }
    let note =
      hasMaximum.contains(false)
      ? "* The evidence has no maximum over the precisions; a prior precision of 1 is used.\n" : ""
    return table.text + note
  }
}
