//  BetaBernoulli.swift — the coin: the probability of success from successes and failures.
//
//  Equations  (1) p(θ | s, f) = Beta(α + s, β + f)
//             (2) p(D) = B(α + s, β + f) / B(α, β), of the outcomes in their order

/// Successes and failures with one unknown probability.
public struct BetaBernoulli: ConjugateModel, Hashable, Codable {
  public typealias Observation = Bool

  public let prior: BetaDistribution
  public private(set) var successes = 0
  public private(set) var failures = 0

  /// By default, every probability is equally likely.
  public init(prior: BetaDistribution = BetaDistribution(alpha: 1, beta: 1)) { self.prior = prior }

  public var posterior: BetaDistribution {
    BetaDistribution(alpha: prior.alpha + Double(successes), beta: prior.beta + Double(failures))  // (1)
  }

  public var observationCount: Int { successes + failures }

  public var logEvidence: Double {
    prior.logEvidence(successes: Double(successes), failures: Double(failures))  // (2)
  }

  public mutating func observe(_ outcomes: some Sequence<Bool>) {
    for outcome in outcomes {
      if outcome { successes += 1 } else { failures += 1 }
    }
  }

  /// Takes counts in. Precondition: neither is negative.
  public mutating func observe(successes: Int, failures: Int) {
    precondition(successes >= 0 && failures >= 0, "\(successes) successes and \(failures) failures")
    self.successes += successes
    self.failures += failures
  }

  /// How many of `trials` further trials succeed.
  public func predictive(trials: Int = 1) -> BetaBinomial { BetaBinomial(trials: trials, probability: posterior) }
}
