//  MinibatchChainNote.swift — what stochastic-gradient chains say of themselves: whether their halves differ by more than chance explains.
//
//  They have few draws and no test of their steps, so that they are not held to an R-hat of 1.01.

import Credence

struct MinibatchChainNote {
  let convergence: PredictionConvergence
  private let draws: DrawsPosterior
  private let chains: Int

  /// `nil` for draws that are not those of chains.
  ///
  /// - Parameter rows: Rows of the data, of which some are looked at. Shape [N, …].
  init?(_ draws: DrawsPosterior, rows: DenseArray<Float>, threads: Int) {
    guard let chains = draws.chainCount,
      let convergence = draws.convergence(at: ChainNote.shown(rows), threads: threads)
    else { return nil }
    (self.draws, self.chains, self.convergence) = (draws, chains, convergence)
  }

  /// What is wrong, or `nil` where these draws show nothing.
  var warning: String? {
    guard convergence.isBeyondChance else { return nil }
    if chains == 1 {
      return "The chain has not settled: the predictions of its halves differ by more than chance (\(figures)). Take "
        + "more --epochs."
    }
    return "The \(chains) chains have not settled, or have settled apart: their predictions differ by more than chance "
      + "(\(figures)). Take more --epochs; if that does not help, they are in different modes, and more chains find "
      + "more of them."
  }

  var text: String {
    if let warning { return warning }
    guard convergence.greatestRHat.isFinite else {
      return "\(NumberFormat.count(draws.drawCount / chains, "draw")) of a chain: too few to say anything. Take "
        + "--option draws=100 or more."
    }
    return "The predictions of the halves of \(chains == 1 ? "the chain" : "\(chains) chains") differ no more than "
      + "chance explains: \(figures). That says nothing of modes where no chain has been, nor of the error of the step."
  }

  private var figures: String {
    let effective = convergence.leastEffectiveDraws
    let size = effective.isFinite ? ", at least \(Int(effective)) effective draws of \(draws.drawCount)" : ""
    return "R-hat at most \(NumberFormat.rHat(convergence.greatestRHat))" + size
  }
}
