//  DrawsRecords.swift — what a file of draws holds beside the draws, by name.
//
//  Of each draw, [C, N]: `log_density`; of the last transition before it `acceptance`, `step_size` where there are steps, `tree_depth`,
//  `evaluations` and, where there are momenta, `energy`; of all since the draw before `diverging`, `saturated` and `not_a_number`.
//  Of each chain, [C, 1], whatever the thinning: `warm_up_evaluations`, `sampling_evaluations`, `warm_up_not_a_number` and, where there are
//  momenta, `energy_fraction`.

import Evaluation

/// A number that is written down of each transition, or of each chain.
struct DrawsRecord<Source> {
  let name: String
  /// Whether the kernel has it.
  var isKnown = true
  let value: (Source) -> Double
}

extension MarkovKernel {
  /// The arrays [C, N] that are written of transitions.
  static var drawRecords: [DrawsRecord<Transition>] { allDrawRecords.filter(\.isKnown) }

  /// The arrays [C, 1] that are written of chains.
  static var chainRecords: [DrawsRecord<ChainState<Self>>] { allChainRecords.filter(\.isKnown) }

  /// Names that every file keeps for what chains record, and for gradients.
  static var recordNames: Set<String> {
    Set(allDrawRecords.map(\.name) + allChainRecords.map(\.name) + ["log_density", "gradient"])
  }

  private static var allDrawRecords: [DrawsRecord<Transition>] {
    [
      DrawsRecord(name: "acceptance") { $0.acceptance },
      DrawsRecord(name: "step_size", isKnown: hasStepSize) { $0.stepSize },
      DrawsRecord(name: "diverging") { $0.isDivergent ? 1 : 0 },
      DrawsRecord(name: "tree_depth") { Double($0.treeDepth) },
      DrawsRecord(name: "evaluations") { Double($0.evaluations) },
      DrawsRecord(name: "saturated") { $0.isSaturated ? 1 : 0 },
      DrawsRecord(name: "not_a_number") { Double($0.notANumber) },
      DrawsRecord(name: "energy", isKnown: hasMomentum) { $0.energy },
    ]
  }

  private static var allChainRecords: [DrawsRecord<ChainState<Self>>] {
    [
      DrawsRecord(name: "warm_up_evaluations") { Double($0.warmUpEvaluations) },
      DrawsRecord(name: "sampling_evaluations") { Double($0.evaluations) },
      DrawsRecord(name: "warm_up_not_a_number") { Double($0.warmUpNotANumber) },
      DrawsRecord(name: "energy_fraction", isKnown: hasMomentum) { $0.energies.fraction },
    ]
  }
}
