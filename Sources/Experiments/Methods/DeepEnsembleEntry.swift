//  DeepEnsembleEntry.swift — `ensemble`: several networks from different starting points.

import Approximations

extension MethodEntry {
  static let deepEnsemble = MethodEntry(
    name: DeepEnsemble.name,
    summary: "several networks from different starting points; their disagreement is ignorance",
    options: [
      .integer("members", in: 1...10_000, default: Defaults.members, "networks"),
      .flag("bagging", default: LibraryDefaults.deepEnsemble.bagging, "give each network a resample of the rows"),
      .number(
        "adversarial", in: 0...1, default: 0,
        "each row is also seen a step towards higher loss, this share of an input's range long; 0 does without"),
    ], rehearsal: ["members": .integer(1)]
  ) { options, setting in
    let (members, share) = (options.integer("members"), options.number("adversarial"))
    return MethodPlan(
      DeepEnsemble(
        members: members, bagging: options.flag("bagging"),
        adversarial: share > 0 ? AdversarialTraining(share: share) : nil, training: setting.training), setting,
      networks: members, cheaper: "fewer units or fewer members")
  }
}
