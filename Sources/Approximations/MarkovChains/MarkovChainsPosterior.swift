//  MarkovChainsPosterior.swift — the draws of Markov chains, and what they say of their own convergence.

public import Arrays
public import Networks
import Training

/// The draws of C chains, with equal weights: the first chain's in the order in which it made them, then the second's.
public struct MarkovChainsPosterior: Posterior {
  /// Shape [C S, P].
  public let draws: DrawsPosterior
  /// C.
  public var chainCount: Int { draws.chainCount ?? 1 }
  /// Divergent transitions after the warm-up, whatever the thinning.
  public let divergences: Int
  /// Draws whose trajectory was cut off at the greatest depth.
  public let saturatedTrees: Int
  /// Gradients over all rows, the warm-up included.
  public let gradientCount: Int
  /// E-BFMI of the worst chain, over all transitions after the warm-up; `nil` where it is not known.
  public let leastEnergyFraction: Double?

  /// Precondition: as many draws of each chain, no negative count.
  public init(
    draws: DrawsPosterior, chainCount: Int, divergences: Int, saturatedTrees: Int, gradientCount: Int,
    leastEnergyFraction: Double? = nil
  ) {
    precondition(
      chainCount >= 1 && draws.drawCount % chainCount == 0 && min(divergences, saturatedTrees, gradientCount) >= 0,
      "\(draws.drawCount) draws of \(chainCount) chains")
    self.draws = DrawsPosterior(model: draws.model, draws: draws.draws, states: draws.states, chainCount: chainCount)
    self.divergences = divergences
    self.saturatedTrees = saturatedTrees
    self.gradientCount = gradientCount
    self.leastEnergyFraction = leastEnergyFraction
  }

  public var model: BayesianModel { draws.model }

  /// S.
  public var drawsPerChain: Int { draws.drawCount / chainCount }

  public func predict(_ inputs: DenseArray<Float>, threads: Int) -> Predictive {
    draws.predict(inputs, threads: threads)
  }

  /// Draws, each chosen independently.
  public func sample(_ count: Int, seed: UInt64) -> DrawsPosterior { draws.sample(count, seed: seed) }
}

extension MarkovChainsPosterior: StorablePosterior {
  public static var kind: String { "chains" }

  public var forwardPasses: Int { draws.drawCount }

  private static var ownNumberNames: Set<String> {
    ["divergences", "saturatedTrees", "gradients", "leastEnergyFraction"]
  }

  public var contents: PosteriorContents {
    var contents = draws.contents
    contents.numbers["divergences"] = Double(divergences)
    contents.numbers["saturatedTrees"] = Double(saturatedTrees)
    contents.numbers["gradients"] = Double(gradientCount)
    contents.numbers["leastEnergyFraction"] = leastEnergyFraction
    return contents
  }

  public init(model: BayesianModel, contents: PosteriorContents) throws(PosteriorFault) {
    try contents.checkNames(arrays: ["draws", "states"], numbers: Self.ownNumberNames.union(["chains"]))
    let draws = try DrawsPosterior(
      model: model,
      contents: PosteriorContents(arrays: contents.arrays, numbers: ["chains": try contents.number("chains")]))
    let counts = 0...(1 << 53)
    let fraction =
      contents.numbers["leastEnergyFraction"] == nil
      ? nil : try contents.number("leastEnergyFraction", in: 0...Double.greatestFiniteMagnitude)
    self.init(
      draws: draws, chainCount: draws.chainCount ?? 1, divergences: try contents.integer("divergences", in: counts),
      saturatedTrees: try contents.integer("saturatedTrees", in: counts),
      gradientCount: try contents.integer("gradients", in: counts),
      leastEnergyFraction: fraction)
  }
}
