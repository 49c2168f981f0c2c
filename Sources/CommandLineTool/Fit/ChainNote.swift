//  ChainNote.swift — what Markov chains say of themselves after a fit: whether they agree in what they predict.

import Credence

/// The convergence of the predictions at rows of the data, in words.
struct ChainNote {
  let convergence: PredictionConvergence
  private let chains: MarkovChainsPosterior

  /// Predictions at so many rows tell enough.
  private static let greatestRowCount = 200

  /// - Parameter rows: Rows of the data, of which some are looked at. Shape [N, …].
  init(_ chains: MarkovChainsPosterior, rows: DenseArray<Float>, threads: Int) {
    self.chains = chains
    convergence = chains.convergence(at: Self.shown(rows), threads: threads)
  }

  /// Rows of the data that are looked at, evenly spread. Shape [N, …].
  static func shown(_ rows: DenseArray<Float>) -> DenseArray<Float> {
    let count = rows.shape[0]
    let shown = min(count, greatestRowCount)
    return rows.rows(at: (0..<shown).map { $0 * count / shown })
  }

  var text: String {
    ([verdict] + trajectories).joined(separator: "\n")
  }

  private var verdict: String {
    guard chains.chainCount > 1 else {
      return "One chain: whether it is right only another can tell. Take --option chains=4."
    }
    let effectiveDraws = convergence.leastEffectiveDraws
    guard convergence.greatestRHat.isFinite && effectiveDraws.isFinite else {
      let size = NumberFormat.count(chains.drawsPerChain, "draw")
      return "\(chains.chainCount) chains of \(size): too few to say whether they agree. Take --option draws=100 or "
        + "more."
    }
    let figures =
      "R-hat at most \(NumberFormat.rHat(convergence.greatestRHat)), at least "
      + "\(Int(effectiveDraws)) effective draws"
    if convergence.isConverged { return "The \(chains.chainCount) chains agree in their predictions: \(figures)." }
    let draws = DrawCount.advised(chains.drawsPerChain, times: convergence.factorToConvergence)
    return "The \(chains.chainCount) chains are not there yet: of their predictions, \(figures); wanted are "
      + "\(ConvergenceFinding.greatestRHat) and \(Int(PredictionConvergence.fewestEffectiveDraws)). "
      + "Take --option draws=\(draws); if R-hat stays, a longer --option warm-up."
  }

  private var trajectories: [String] {
    var lines: [String] = []
    if chains.divergences > 0 {
      lines.append(
        "\(NumberFormat.count(chains.divergences, "divergence")): parts of the posterior may be missing. Take shorter steps "
          + "with --option acceptance=0.95.")
    }
    if chains.saturatedTrees > 0 {
      lines.append(
        "\(NumberFormat.count(chains.saturatedTrees, "tree")) cut off: take a longer --option "
          + "warm-up, or a greater --option depth.")
    }
    if let least = chains.leastEnergyFraction, least < ConvergenceFinding.leastEnergyFraction {
      lines.append(
        "An energy fraction of \(NumberFormat.fixed(least, digits: 2)), below \(ConvergenceFinding.leastEnergyFraction): tails of the "
          + "posterior may be missing.")
    }
    return lines
  }
}
