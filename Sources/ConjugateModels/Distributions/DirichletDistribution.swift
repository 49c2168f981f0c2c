//  DirichletDistribution.swift — the probabilities of K classes, not known.
//
//  Notation   αₖ > 0 concentrations, α₀ = Σ αₖ
//
//  Equations  (1) p(x) = Γ(α₀) Π xₖ^(αₖ−1) / Γ(αₖ) on the simplex
//             (2) E xₖ = αₖ/α₀,   Var xₖ = αₖ (α₀ − αₖ) / (α₀² (α₀ + 1)),   xₖ ~ Beta(αₖ, α₀ − αₖ)

import Evaluation
import Foundation

/// Dirichlet(α).
public struct DirichletDistribution: Hashable, Codable, Sendable {
  /// α. Shape [K].
  public let concentrations: [Double]

  /// Precondition: at least two concentrations, all positive.
  public init(concentrations: [Double]) {
    precondition(
      concentrations.count >= 2 && concentrations.allSatisfy { $0 > 0 },
      "a Dirichlet distribution has at least two concentrations, all positive, not \(concentrations)")
    self.concentrations = concentrations
  }

  /// Dirichlet(α, …, α) of K classes.
  public init(classes: Int, concentration: Double) {
    self.init(concentrations: [Double](repeating: concentration, count: classes))
  }

  /// K.
  public var classCount: Int { concentrations.count }

  /// α₀.
  public var total: Double { concentrations.reduce(0, +) }

  /// log p at a point of the simplex. Unit: nats. Precondition: K numbers.
  public func logDensity(_ x: [Double]) -> Double {
    precondition(x.count == classCount, "\(x.count) probabilities of \(classCount) classes")
    let powers = zip(concentrations, x).reduce(0) { $0 + weighted($1.0 - 1, log($1.1)) }
    return powers - logNormalizer
  }

  /// log Π Γ(αₖ) / Γ(α₀).
  var logNormalizer: Double { concentrations.reduce(0) { $0 + logGamma($1) } - logGamma(total) }

  /// log Γ(α₀)/Γ(α₀ + n) Πₖ Γ(αₖ + nₖ)/Γ(αₖ): how probable counts nₖ are, n in all, in one order. Shape [K]. Unit: nats.
  ///
  /// The powers of the means, and what not knowing x adds, which vanishes as concentrations grow.
  func logEvidence(counts: [Double]) -> Double {
    let terms = counts.indices.map { index in
      counts[index] == 0
        ? 0
        : counts[index] * logShare(concentrations[index], beside: others(index))
          + logRisingExcess(concentrations[index], counts[index])
    }
    return terms.reduce(0, +) - logRisingExcess(total, counts.reduce(0, +))
  }

  /// The sum of the other concentrations, which a difference from α₀ would not have where one is all but α₀.
  private func others(_ index: Int) -> Double {
    concentrations[..<index].reduce(0, +) + concentrations[(index + 1)...].reduce(0, +)
  }

  /// Shape [K].
  public var mean: [Double] {
    let total = total
    return concentrations.map { $0 / total }
  }

  /// Shape [K].
  public var variance: [Double] {
    let total = total
    return concentrations.indices.map { concentrations[$0] * others($0) / (total * total * (total + 1)) }  // (2)
  }

  /// The distribution of the probability of one class, equation (2).
  public func marginal(_ index: Int) -> BetaDistribution {
    BetaDistribution(alpha: concentrations[index], beta: others(index))
  }
}
