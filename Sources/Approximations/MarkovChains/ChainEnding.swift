//  ChainEnding.swift — when Markov chains on a network have enough draws.
//
//  Notation   n  draws of each chain at which the question is asked: 50, 100, … 250, then a fifth more each time
//
//  The question is about predictions, as weights have symmetries. It is asked of the first n draws of each chain, whatever chains have
//  more: where a run ends is the same for a run that was stopped and went on, and for any number of threads.

import Arrays
import Evaluation

extension MarkovChains {
  /// When there is enough, before all draws are made.
  public struct Ending: Hashable, Sendable, Codable {
    /// Where predictions at training rows have so many effective draws in bulk and tails, and an R-hat of at most 1.01; `nil` asks for none.
    public var effectiveDraws: Int?
    /// After so many seconds of a run, with the draws that every chain has by then: how many these are depends on the machine, what
    /// they are does not. `nil` is without end.
    public var seconds: Double?

    /// Precondition: both are positive where they are given.
    public init(effectiveDraws: Int? = nil, seconds: Double? = nil) {
      precondition(
        (effectiveDraws ?? 1) > 0 && (seconds ?? 1) > 0,
        "an end at \(effectiveDraws ?? 0) effective draws, or after \(seconds ?? 0) seconds")
      self.effectiveDraws = effectiveDraws
      self.seconds = seconds
    }

    /// The number of draws at which the question is asked next; `nil` where it is not asked.
    func next(after draws: Int) -> Int? {
      effectiveDraws == nil ? nil : draws + max(50, draws / 5)
    }

    /// Predictions at so many rows tell enough.
    private static let greatestRowCount = 200

    /// Whether the draws are enough. Inputs of the training rows, shape [N, …]: at most 200 of them are looked at, evenly spread.
    func isReached(by posterior: MarkovChainsPosterior, at inputs: DenseArray<Float>, threads: Int) -> Bool {
      guard let effectiveDraws else { return false }
      let count = inputs.shape[0]
      let shown = min(count, Self.greatestRowCount)
      let rows = inputs.rows(at: (0..<shown).map { $0 * count / shown })
      let found = posterior.convergence(at: rows, threads: threads)
      return found.leastEffectiveDraws >= Double(effectiveDraws)
        && (posterior.chainCount == 1 || found.greatestRHat <= ConvergenceFinding.greatestRHat)
    }
  }
}
