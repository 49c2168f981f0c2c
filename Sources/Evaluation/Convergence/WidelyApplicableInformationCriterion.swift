//  WidelyApplicableInformationCriterion.swift — WAIC: predictive density less the spread of log likelihoods.
//
//  Notation   ℓₛᵢ = log p(yᵢ | θₛ), shape [S, N]
//
//  Equations  (1) elpdᵢ = log(1/S Σₛ exp ℓₛᵢ) − Varₛ ℓₛᵢ, divisor S                     [Watanabe 2010]
//
//  Cost       S N. `LeaveOneOut` says for which observations it fails; a variance in (1) above 0.4 is a warning here.

public import Arrays
import Foundation

/// The widely applicable information criterion, in the scale of log densities: greater is better.
public struct WidelyApplicableInformationCriterion: PointwiseLogPredictiveDensity {
  /// elpdᵢ, equation (1). Shape [N]. Unit: nats.
  public let pointwise: [Double]

  /// Varₛ ℓₛᵢ. Shape [N]. Their sum is the effective number of parameters.
  public let pointwisePenalties: [Double]

  /// The effective number of parameters.
  public var effectiveParameters: Double { pointwisePenalties.reduce(0, +) }

  /// Above this variance a term means nothing [Vehtari et al. 2017].
  public static let greatestReliablePenalty = 0.4

  /// The observations whose variance is above 0.4, or is not a number: go by `LeaveOneOut` there.
  public var unreliableObservations: [Int] {
    pointwisePenalties.indices.filter { !(pointwisePenalties[$0] <= Self.greatestReliablePenalty) }
  }

  /// - Parameter logLikelihood: ℓ of each draw and observation. Shape [S, N], or [C, S / C, N].
  ///
  /// Precondition: rank 2 or 3, at least one draw.
  public init(logLikelihood: DenseArray<Double>) {
    let columns = observationColumns(logLikelihood)
    pointwisePenalties = columns.map { column in
      let mean = average(column)
      return average(column) { ($0 - mean) * ($0 - mean) }
    }
    pointwise = zip(columns, pointwisePenalties).map { column, penalty in
      logSumOfExponentials(column) - log(Double(column.count)) - penalty  // (1)
    }
  }
}
