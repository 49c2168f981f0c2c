//  DirichletCategorical.swift — the probabilities of K classes from counts.
//
//  Notation   nₖ  observations of class k, n in all
//
//  Equations  (1) p(θ | D) = Dirichlet(α + n)
//             (2) p(D) = Γ(α₀)/Γ(α₀ + n) Πₖ Γ(αₖ + nₖ)/Γ(αₖ), of the classes in their order

/// Classes with unknown probabilities.
public struct DirichletCategorical: ConjugateModel, Hashable, Codable {
  public typealias Observation = Int

  public let prior: DirichletDistribution
  /// nₖ. Shape [K].
  public private(set) var counts: [Int]

  public init(prior: DirichletDistribution) {
    self.prior = prior
    counts = [Int](repeating: 0, count: prior.classCount)
  }

  public var posterior: DirichletDistribution {
    DirichletDistribution(concentrations: zip(prior.concentrations, counts).map { $0 + Double($1) })  // (1)
  }

  public var observationCount: Int { counts.reduce(0, +) }

  public var logEvidence: Double { prior.logEvidence(counts: counts.map(Double.init)) }  // (2)

  /// Takes class numbers in. Precondition: each in 0 ..< K.
  public mutating func observe(_ classes: some Sequence<Int>) {
    for index in classes {
      precondition(counts.indices.contains(index), "class \(index) of \(counts.count)")
      counts[index] += 1
    }
  }

  /// Takes counts in. Precondition: K counts, none negative.
  public mutating func observe(counts further: [Int]) {
    precondition(
      further.count == counts.count && further.allSatisfy { $0 >= 0 }, "counts \(further) of \(counts.count) classes")
    for index in counts.indices { counts[index] += further[index] }
  }

  /// The probability of each class at the next observation. Shape [K].
  public var predictive: [Double] { posterior.mean }

  /// How many of `trials` further observations are of one class.
  public func predictive(trials: Int, of index: Int) -> BetaBinomial {
    BetaBinomial(trials: trials, probability: posterior.marginal(index))
  }
}
