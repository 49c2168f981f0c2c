//  EmpiricalForecast.swift — CRPS of a prediction that is given by samples.
//
//  Notation   xᵢ  samples, i = 1…M, sorted     y the target
//
//  Equations  (1) CRPS      = 1/M Σᵢ |xᵢ − y| − 1/(2M²) Σᵢⱼ |xᵢ − xⱼ|        of the empirical distribution
//             (2) fair CRPS = 1/M Σᵢ |xᵢ − y| − 1/(2M(M−1)) Σᵢⱼ |xᵢ − xⱼ|    unbiased for the distribution sampled
//             (3) Σᵢⱼ |xᵢ − xⱼ| = 2 Σᵢ (2i − M − 1) xᵢ                         [Ferro 2014 for (2)]
//
//  Cost       a sort.

/// A prediction of one number by samples.
public struct EmpiricalForecast: Hashable, Sendable {
  /// The samples in ascending order. Shape [M].
  public let samples: [Double]

  /// Precondition: at least one sample.
  public init(_ samples: [Double]) {
    precondition(!samples.isEmpty, "a forecast by samples has at least one")
    self.samples = samples.sorted()
  }

  /// Equation (1), in the unit of the target.
  public func continuousRankedProbabilityScore(_ y: Double) -> Double {
    let count = Double(samples.count)
    return average(samples) { abs($0 - y) } - pairwiseDistances / (2 * count * count)
  }

  /// Equation (2), in the unit of the target; not a number for one sample.
  public func fairContinuousRankedProbabilityScore(_ y: Double) -> Double {
    let count = Double(samples.count)
    return average(samples) { abs($0 - y) } - pairwiseDistances / (2 * count * (count - 1))
  }

  /// Σᵢⱼ |xᵢ − xⱼ|, equation (3).
  private var pairwiseDistances: Double {
    var sum = 0.0
    for (i, sample) in samples.enumerated() { sum += Double(2 * i + 1 - samples.count) * sample }
    return 2 * sum
  }
}
