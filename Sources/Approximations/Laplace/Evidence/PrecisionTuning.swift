//  PrecisionTuning.swift — by what the precision of the prior and learned noise are chosen.

/// How the precision of the prior is chosen. Learned noise is always chosen with it, also where the precision is fixed.
public enum PrecisionTuning: Hashable, Sendable, Codable {
  /// The precisions of the model's prior stay.
  case fixed
  /// By the marginal likelihood after training: one factor on all precisions. See `MarginalLikelihood`.
  case shared
  /// By the same, a factor for each layer: all parameters whose names agree up to the last dot.
  case perLayer
  /// By the same, a precision for each parameter: for a diagonal curvature.
  case perParameter
  /// One factor, by how well rows are predicted that early stopping has held back; `shared` where there are none. See
  /// `HeldOutTuning`.
  case heldOut
  /// One factor, by the evidence of the linearised network, which need not be at a mode: see `LinearisedEvidence`. Rows that
  /// early stopping has held back choose the noise, and narrow a posterior that predicts them worse than the point does.
  case linearised
  /// One factor, or one for each layer, by the marginal likelihood while the network is trained. No rows are held back. See
  /// `EvidenceAscent`.
  case duringTraining(EvidenceSchedule)
}

/// When, and how far, precisions and noise follow the marginal likelihood of a network that is being trained.
public struct EvidenceSchedule: Hashable, Sendable, Codable {
  /// Whether each layer has a precision of its own.
  public var byLayer: Bool
  /// Epochs before the first curvature.
  public var burnIn: Int
  /// Epochs from one curvature to the next.
  public var interval: Int
  /// Steps of ascent with each curvature.
  public var steps: Int
  /// How far a step moves the logarithms of precisions and noise, about.
  public var rate: Double

  /// Precondition: burnIn ≥ 0, interval ≥ 1, steps ≥ 1, rate > 0.
  public init(byLayer: Bool = false, burnIn: Int = 10, interval: Int = 5, steps: Int = 10, rate: Double = 0.1) {
    precondition(
      burnIn >= 0 && interval >= 1 && steps >= 1 && rate > 0,
      "evidence every \(interval) epochs after \(burnIn), \(steps) steps of \(rate)")
    self.byLayer = byLayer
    (self.burnIn, self.interval, self.steps, self.rate) = (burnIn, interval, steps, rate)
  }

  /// Whether a curvature is taken when so many epochs are done.
  func isDue(after epochs: Int) -> Bool { epochs >= burnIn && (epochs - burnIn) % interval == 0 }

  /// The epochs after which the first curvature is taken.
  private var first: Int { burnIn > 0 ? burnIn : interval }

  /// Why precisions and noise would not follow the evidence in a run of so many epochs; `nil` where they do.
  func problem(epochs: Int) -> String? {
    if first > epochs {
      return "\(epochs) epochs end before the first curvature, which is due after \(first); take more epochs, or a "
        + "shorter burn-in"
    }
    if first + interval > epochs {
      return "\(epochs) epochs have one curvature only, after \(first), since the next is due after "
        + "\(first + interval); take more epochs, or curvatures that follow each other sooner"
    }
    return nil
  }
}
