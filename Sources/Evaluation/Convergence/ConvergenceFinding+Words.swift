//  ConvergenceFinding+Words.swift — findings as sentences: what is wrong, and what to do.

import Foundation

extension ConvergenceFinding {
  /// What is wrong, in one sentence, with chains counted from 1.
  public var problem: String { problem(chains: nil) }

  /// What is wrong, in one sentence.
  ///
  /// - Parameter labels: What each chain is called; `nil` counts them from 1.
  ///
  /// Precondition: a label for each chain.
  public func problem(chains labels: [String]?) -> String {
    switch self {
    case .tooShort(let draws): "The chains have \(draws) \(draws == 1 ? "draw" : "draws"): too few for any diagnostic."
    case .notFinite(let names): "Not all draws of \(Self.list(names)) are finite."
    case .oneChain: "There is one chain, so whether chains agree cannot be known."
    case .stuckChains(let chains, let names):
      "\(chains.count == 1 ? "Chain" : "Chains") \(Self.names(chains, labels)) did not move in \(Self.list(names))."
    case .constant(let names): "\(Self.list(names)) did not change in any chain."
    case .undefined(let names):
      "\(Self.list(names)) \(names.count == 1 ? "varies" : "vary") too little for R-hat or an effective sample size."
    case .chainsDisagree(let names, let worst) where worst == .infinity:
      "The chains disagree on \(Self.list(names)): each stands still, and not all at one place."
    case .chainsDisagree(let names, let worst):
      // Rounded up: 1.0102 is not "up to 1.010, above 1.01".
      "The chains disagree on \(Self.list(names)): R-hat is up to \(Self.round((1000 * worst).rounded(.up) / 1000, 3)), "
        + "above \(Self.greatestRHat)."
    case .fewEffectiveDraws(let names, let least, let needed):
      "\(Self.list(names)) \(names.count == 1 ? "has" : "have") as few as \(Int(least)) effective draws; "
        + "\(Int(needed)) are needed."
    case .fewTailDraws(let names, let least, let needed):
      "The tails of \(Self.list(names)) have as few as \(Int(least)) effective draws; \(Int(needed)) are needed."
    case .divergences(let count, let draws):
      "\(count) of \(draws) draws ended in a divergence: a region of high curvature was not entered."
    case .saturatedTrees(let count, let draws):
      "\(count) of \(draws) trajectories were cut off at the greatest depth."
    case .notANumber(let count, let chains):
      "The log density was not a number, or +∞, at \(count == 1 ? "one point" : "\(count) points") on the way of "
        + "\(chains.count == 1 ? "chain" : "chains") \(Self.names(chains, labels)): such points were rejected."
    case .otherDensity(let discrepancy, let probability):
      "The draws do not fit the gradients in the file: their kernel Stein discrepancy is \(Self.round(discrepancy, 3)), and one "
        + "as large comes by chance with a probability of \(Self.round(probability, 3))."
    case .lowEnergyFraction(let chains, let least):
      "The energy fraction of \(chains.count == 1 ? "chain" : "chains") \(Self.names(chains, labels)) is as low as "
        + "\(Self.round(least, 2)), below \(Self.leastEnergyFraction): momenta do not reach all energies."
    }
  }

  /// What to do, in one sentence.
  public var advice: String {
    switch self {
    case .tooShort: "Run longer."
    case .notFinite: "Find where the log density is not finite; nothing can be said of these quantities."
    case .oneChain: "Run at least four chains from different starting points."
    case .stuckChains: "Start these chains elsewhere, or take a smaller step; do not use their draws."
    case .constant: "If the quantity is not fixed by the model, take a smaller step or check the sampler."
    case .undefined: "Whether chains agree on it cannot be known from these draws; run longer."
    case .chainsDisagree:
      "Do not use these draws; run longer, and if R-hat stays, look for separate modes or parametrise anew."
    case .fewEffectiveDraws: "Run longer in proportion, or parametrise anew so that the chains mix faster."
    case .fewTailDraws: "Do not report intervals or quantiles yet; run longer."
    case .divergences:
      "Estimates may be biased; raise the target acceptance (0.95, 0.99), or use a non-centred parametrisation."
    case .notANumber:
      "Where the density is 0 give −∞, or give the parameter its support; elsewhere look for the logarithm of a negative "
        + "number, 0/0 and ∞ − ∞: what such points should weigh is missing."
    case .otherDensity:
      "If the chains agree, they agree on another density: check the sampler, its warm-up and the Jacobians of the model."
    case .saturatedTrees: "Raise the greatest depth, or rescale the parameters; estimates are valid but slow."
    case .lowEnergyFraction: "Parametrise anew, so that scales do not depend on other parameters; tails may be missing."
    }
  }

  /// "a", "a and b", "a, b and 3 more".
  private static func list(_ names: [String]) -> String {
    switch names.count {
    case 0: "nothing"
    case 1: names[0]
    case 2, 3, 4: names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1]
    default: names.prefix(3).joined(separator: ", ") + " and \(names.count - 3) more"
    }
  }

  /// Chains for people.
  private static func names(_ chains: [Int], _ labels: [String]?) -> String {
    list(chains.map { labels?[$0] ?? "\($0 + 1)" })
  }

  private static func round(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
}
