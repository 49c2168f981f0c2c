//  PriorChoice.swift — the priors that a description can name, each with one scale but for the flat one.

import Probability

/// What is believed of each parameter before the data: independent distributions around zero.
public enum PriorChoice: String, Hashable, Sendable, Codable, CaseIterable {
  /// The scale is the standard deviation.
  case normal
  /// Few large weights, many small ones.
  case laplace
  /// Heavy tails.
  case studentT = "student-t"
  /// Half of the weights normal at the scale, half at a hundredth of it: a smooth spike and slab.
  case scaleMixture = "scale-mixture"
  /// Weights are pulled to zero or let go.
  case horseshoe
  /// Normal. The scale of a weight is divided by the root of the inputs of its layer, so that wide layers put out no more than
  /// narrow ones; that of a bias is the scale.
  case fanIn = "fan-in"
  /// None: a mode is that of the likelihood alone.
  case flat

  /// Few enough for heavy tails, and the variance is finite.
  static let degreesOfFreedom = 4.0
  /// Of the wide part of a mixture, and how much narrower the other is.
  static let mixtureWeight = 0.5
  static let mixtureRatio = 0.01

  func prior(scale: Double) -> Prior {
    switch self {
    case .normal: .normal(scale: scale)
    case .laplace: .laplace(scale: scale)
    case .studentT: .studentT(degreesOfFreedom: Self.degreesOfFreedom, scale: scale)
    case .scaleMixture:
      .scaleMixture(weight: Self.mixtureWeight, wide: scale, narrow: Self.mixtureRatio * scale)
    case .horseshoe: .horseshoe(scale: scale)
    case .fanIn: .fanIn(gain: scale, biasScale: scale)
    case .flat: .flat
    }
  }
}
