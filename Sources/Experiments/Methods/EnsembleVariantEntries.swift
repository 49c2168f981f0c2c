//  EnsembleVariantEntries.swift — `anchored`, `bootstrap`, `batchensemble`, `stein`: ensembles whose members are kept apart otherwise.

import Approximations
import Training

extension MethodEntry {
  static let anchoredEnsemble = MethodEntry(
    name: AnchoredEnsemble.name, summary: "networks whose priors are centred on draws from the prior",
    options: [members(LibraryDefaults.anchoredEnsemble.members)],
    rehearsal: alone
  ) { options, setting in
    MethodPlan(
      AnchoredEnsemble(members: options.integer("members"), training: setting.training), setting,
      networks: options.integer("members"), cheaper: "fewer members")
  }

  static let bayesianBootstrap = MethodEntry(
    name: BayesianBootstrap.name, summary: "networks that see the rows with random weights",
    options: [members(LibraryDefaults.bayesianBootstrap.members)],
    rehearsal: alone
  ) { options, setting in
    MethodPlan(
      BayesianBootstrap(members: options.integer("members"), training: setting.training), setting,
      networks: options.integer("members"), cheaper: "fewer members")
  }

  static let batchEnsemble = MethodEntry(
    name: BatchEnsemble.name, summary: "members that share weights but for a factor for each input and output",
    options: [members(LibraryDefaults.batchEnsemble.members)], epochsAfterPilot: { best, _ in 2 * max(best, 10) }
  ) { (options, setting) throws(TrainingError) in
    try BatchEnsemble.check(setting.model)
    return MethodPlan(
      BatchEnsemble(members: options.integer("members"), training: setting.training), setting,
      networks: options.integer("members"), cheaper: "fewer members")
  }

  static let steinEnsemble = MethodEntry(
    name: SteinEnsemble.name, summary: "networks that follow the posterior and push each other apart",
    options: [
      .integer("members", in: 2...1000, default: LibraryDefaults.steinEnsemble.members, "networks"),
      .choice(
        "space", of: ["functions", "weights"], default: LibraryDefaults.steinEnsemble.space.rawValue,
        "what they are kept apart in"),
    ], rehearsal: ["members": .integer(2)], epochsAfterPilot: { best, _ in 2 * max(best, 10) }
  ) { (options, setting) throws(TrainingError) in
    try SteinEnsemble.check(setting.model)
    return MethodPlan(
      SteinEnsemble(
        members: options.integer("members"), space: options.choice("space"), training: setting.training), setting,
      networks: options.integer("members"), cheaper: "fewer members")
  }

  private static func members(_ standard: Int) -> MethodOption {
    .integer("members", in: 1...10_000, default: standard, "networks")
  }
  private static let alone: [String: OptionValue] = ["members": .integer(1)]
}
