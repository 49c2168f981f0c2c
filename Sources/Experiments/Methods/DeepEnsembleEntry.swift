//  DeepEnsembleEntry.swift — `ensemble`: several networks from different starting points.

import Approximations

extension MethodEntry {
  static let deepEnsemble = MethodEntry(
    name: DeepEnsemble.name,
    summary: "several networks from different starting points; their disagreement is ignorance",
    options: [
      .integer("members", in: 1...10_000, default: Defaults.members, "networks"),
      .flag("bagging", default: false, "give each network a resample of the rows"),
    ], rehearsal: ["members": .integer(1)]
  ) { options, setting in
    let members = options.integer("members")
    return MethodPlan(
      DeepEnsemble(members: members, bagging: options.flag("bagging"), training: setting.training), setting,
      networks: members, cheaper: "fewer units or fewer members")
  }
}
