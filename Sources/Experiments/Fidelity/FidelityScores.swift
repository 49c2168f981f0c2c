//  FidelityScores.swift — how far a predictive distribution is from that of a reference, in the same model.
//
//  Notation   rows n,  mₙ sₙ Fₙ the predictive mean, standard deviation and distribution function,  p̄ₙ꜀ class probabilities,
//             eₙ the epistemic standard deviation,  ′ that of the reference
//
//  Equations  (1) mean error       √(mean over n of (mₙ − mₙ′)² / sₙ′²)
//             (2) W₂               mean over n of √∫(Fₙ⁻¹(u) − Fₙ′⁻¹(u))² du / sₙ′, the integral by 32 midpoints, so that tails
//                                  beyond 1.6 % count only as far as that
//             (3) total variation  mean over n of 1/2 Σ꜀ |p̄ₙ꜀ − p̄ₙ꜀′|
//             (4) eₙ of classes    √(mean over c of the variance of p over draws)
//             (5) epistemic ratio  Σₙ eₙ / Σₙ eₙ′, for the held-out rows, and for rows outside the data
//             (6) log score difference   mean over n of log p(yₙ) − log p′(yₙ), in nats: above 0 the method predicts better
//
//  A reference that is right for the model need not predict best: the model may be wrong. So (6) can be above 0.

public import Approximations
import Arrays
import Evaluation
import Foundation

/// One method against the reference. What does not apply to the task is `nil`.
public struct FidelityScores: Hashable, Sendable, Codable {
  /// The share of rows with the same most probable class. Classification.
  public let agreement: Double?
  /// Equation (1). Regression.
  public let meanError: Double?
  /// Equation (2), in standard deviations of the reference. Regression.
  public let wasserstein: Double?
  /// Equation (3). Classification.
  public let totalVariation: Double?
  /// Equation (5) on the held-out rows.
  public let epistemicRatioInside: Double
  /// Equation (5) outside the data.
  public let epistemicRatioOutside: Double
  /// Equation (6). Unit: nats a row.
  public let logScoreDifference: Double

  /// Precondition: predictions of the same task at the same rows.
  public init(
    of method: FidelityPredictions, against reference: FidelityPredictions, targets: HeldOutData.Targets
  ) {
    switch (targets, method.inside.content, reference.inside.content) {
    case (.numbers, .numbers, .numbers):
      let deviations = reference.inside.standardDeviation
      let errors = zip(zip(method.inside.mean, reference.inside.mean), deviations)
        .map { ($0.0 - $0.1) * ($0.0 - $0.1) / ($1 * $1) }
      meanError = average(errors).squareRoot()  // (1)
      wasserstein = average(
        zip(zip(method.quantiles, reference.quantiles), deviations)
          .map { average(zip($0.0, $0.1).map { ($0 - $1) * ($0 - $1) }).squareRoot() / $1 })  // (2)
      (agreement, totalVariation) = (nil, nil)
    case (.classes, .classes, .classes):
      let (own, other) = (method.inside.classes, reference.inside.classes)
      agreement = average(zip(own.predictions, other.predictions).map { $0 == $1 ? 1 : 0 })
      let differences = zip(own.mean.elements, other.mean.elements).reduce(0) { $0 + abs($1.0 - $1.1) }
      totalVariation = 0.5 * differences / Double(own.count)  // (3)
      (meanError, wasserstein) = (nil, nil)
    default: preconditionFailure("fidelity compares predictions of one task")
    }
    func ratio(_ own: Predictive, _ other: Predictive) -> Double {
      own.epistemicDeviations.reduce(0, +) / other.epistemicDeviations.reduce(0, +)
    }
    epistemicRatioInside = ratio(method.inside, reference.inside)
    epistemicRatioOutside = ratio(method.outside, reference.outside)
    logScoreDifference = method.logScore(targets) - reference.logScore(targets)
  }
}

/// What a posterior predicts for the rows of a study.
public struct FidelityPredictions: Sendable {
  /// At the held-out rows, in the original unit.
  public let inside: Predictive
  /// Outside the data.
  public let outside: Predictive
  /// Of numbers: the quantiles at 32 midpoints of each row; otherwise empty. Shape [N][32].
  fileprivate let quantiles: [[Double]]

  public init(inside: Predictive, outside: Predictive) {
    self.inside = inside
    self.outside = outside
    guard case .numbers(let forecast) = inside.content else {
      quantiles = []
      return
    }
    quantiles = forecast.rows.map { row in (0..<32).map { row.quantile((Double($0) + 0.5) / 32) } }
  }

  /// The mean of log p(yₙ). Unit: nats a row.
  fileprivate func logScore(_ targets: HeldOutData.Targets) -> Double {
    switch targets {
    case .numbers(let numbers): average(zip(inside.mixture.rows, numbers).map { $0.logDensity($1) })
    case .classes(let labels): -ClassificationScores(of: inside.classes, against: labels).negativeLogLikelihood
    }
  }
}

extension Predictive {
  /// Equation (4), or the square root of the epistemic variance. N numbers.
  fileprivate var epistemicDeviations: [Double] {
    guard case .classes(let draws) = content else { return epistemic }
    let (count, rows, classes) = (draws.shape[0], draws.shape[1], draws.shape[2])
    let mean = self.classes.mean.elements
    return (0..<rows).map { row in
      var sum = 0.0
      for draw in 0..<count {
        for k in row * classes..<(row + 1) * classes {
          let difference = draws.elements[draw * rows * classes + k] - mean[k]
          sum += difference * difference
        }
      }
      return (sum / Double(count * classes)).squareRoot()
    }
  }
}

private func average(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
