//  LikelihoodChoice.swift — the likelihoods of numbers that a description can name.

import Probability

/// How a target of numbers scatters around what the network predicts.
public enum LikelihoodChoice: String, Hashable, Sendable, Codable, CaseIterable {
  /// Normal, with one standard deviation for all rows, which is learnt.
  case gaussian
  /// Normal, with a standard deviation that the network predicts for each row.
  case heteroscedastic
  /// Student's t, with one scale, which is learnt: some targets lie far off.
  case studentT = "student-t"
  /// Counts.
  case poisson

  /// Few enough for heavy tails, and the variance is finite.
  static let degreesOfFreedom = 4.0

  var likelihood: Likelihood {
    switch self {
    case .gaussian: .gaussian(noise: .learned)
    case .heteroscedastic: .gaussian(noise: .perInput)
    case .studentT: .studentT(degreesOfFreedom: Self.degreesOfFreedom, scale: .learned)
    case .poisson: .poisson
    }
  }
}
