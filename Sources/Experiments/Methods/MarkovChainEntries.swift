//  MarkovChainEntries.swift — `nuts`, `hmc`: Hamiltonian chains on all rows, the reference for every approximation.
//
//  An epoch of these methods is a transition of each chain. Where somebody, or a budget, asks for other epochs than the warm-up
//  and the draws take, both are changed in proportion.
//
//  Notation   P  parameters     C  chains
//
//  A dense metric takes up to 6 · 8 P² bytes a chain: the metric and its factor, those that are to follow, what is learnt and
//  what is to be learnt next.

import Approximations
import Networks
import Sampling
import Training

extension MethodEntry {
  static let noUTurnChains = chains(
    "nuts", "Hamiltonian chains on all rows that end where they turn back: slow, and exact in the limit",
    [.integer("depth", in: 1...15, default: 10, "the greatest depth of a trajectory's tree")]
  ) { .noUTurn(greatestDepth: $0.integer("depth")) }

  static let hamiltonianChains = chains(
    "hmc", "Hamiltonian chains on all rows, with trajectories of random length",
    [.integer("steps", in: 1...10_000, default: 50, "the mean number of steps of a trajectory")]
  ) { .hamiltonian(meanSteps: $0.integer("steps")) }

  private static func chains(
    _ name: String, _ summary: String, _ own: [MethodOption],
    _ dynamics: @escaping @Sendable (MethodOptions) -> MarkovChains.Dynamics
  ) -> MethodEntry {
    MethodEntry(
      name: name, summary: summary,
      options: own + [
        .integer("chains", in: 1...1000, default: LibraryDefaults.markovChains.chains, "chains, side by side"),
        .integer(
          "warm-up", in: 0...1_000_000, default: LibraryDefaults.markovChains.warmUp,
          "transitions that tune a chain and are not kept"),
        .integer(
          "draws", in: 1...1_000_000, default: LibraryDefaults.markovChains.draws, "draws that each chain keeps"),
        .integer(
          "thinning", in: 1...10_000, default: LibraryDefaults.markovChains.thinning,
          "one draw of so many transitions is kept"),
        .integer(
          "effective", in: 0...1_000_000, default: 0,
          "end where predictions at training rows have so many effective draws and an R-hat of 1.01; 0: at all draws"),
        .number(
          "seconds", in: 0...1e7, default: 0,
          "end after so many seconds, with the draws that every chain has by then; 0: at all draws"),
        .number(
          "acceptance", in: 0.1...0.999, default: LibraryDefaults.markovChains.acceptance,
          "the share of proposals that the step is tuned to; more where there are divergences"),
        .choice(
          "metric", default: LibraryDefaults.markovChains.metric,
          "what the warm-up learns of the scales: all is dense"),
        .choice(
          "precision", default: LibraryDefaults.markovChains.precision,
          "32 or 64 bits for the density; 32 are faster"),
      ],
      defaults: { defaults, options in
        defaults.stopsEarly = false
        defaults.epochs = options.integer("warm-up") + options.integer("draws") * options.integer("thinning")
        defaults.batchSize = max(1, defaults.rows)
      }, mover: { _ in ParameterMover("none: transitions of chains", usesLearningRate: false) }
    ) { options, setting in
      let (warmUp, draws, thinning) = (
        options.integer("warm-up"), options.integer("draws"), options.integer("thinning")
      )
      let share = Double(setting.training.epochs) / Double(warmUp + draws * thinning)
      let kept = max(1, Int(share * Double(draws)))
      let (chains, count) = (options.integer("chains"), Double(setting.model.parameterCount))
      let metric: MetricShape = options.choice("metric")
      let metrics = metric == .dense ? 6 * 8 * count * count * Double(chains) : 0
      return MethodPlan(
        MarkovChains(
          dynamics(options), chains: chains, warmUp: Int(share * Double(warmUp)), draws: kept, thinning: thinning,
          acceptance: options.number("acceptance"), metric: metric, precision: options.choice("precision"),
          ending: MarkovChains.Ending(
            effectiveDraws: options.integer("effective") > 0 ? options.integer("effective") : nil,
            seconds: options.number("seconds") > 0 ? options.number("seconds") : nil)), setting,
        memory: 24 * count * Double(chains) * Double(kept + 200) + metrics,
        memoryUse: "\(kept) draws of each of \(chains) chains of \(setting.model.parameterCount) parameters"
          + (metrics > 0 ? " and \(chains) dense metrics" : ""),
        cheaper: metrics > 0 ? "the metric diagonal" : "fewer draws",
        resolved: share == 1 ? [:] : ["draws": "\(kept)", "warm-up": "\(Int(share * Double(warmUp)))"])
    }
  }
}
