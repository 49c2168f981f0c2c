//  VariationalEntry.swift — `variational`: the distribution of a family that is nearest to the posterior.

import Approximations
import Networks
import Training

extension MethodEntry {
  /// What the command line calls the families.
  private enum Family: String, CaseIterable {
    case meanField, fullRank, lowRank, matrixNormal, radial, lastLayer

    func family(_ options: MethodOptions) -> VariationalFamily {
      switch self {
      case .meanField: .meanField(options.choice("estimator"))
      case .fullRank: .fullRank
      case .lowRank: .lowRank(rank: options.integer("rank"))
      case .matrixNormal: .matrixNormal
      case .radial: .radial
      case .lastLayer: .lastLayer(.fullRank)
      }
    }
  }

  static let variational = MethodEntry(
    name: VariationalInference.name, summary: "the nearest distribution of a family, by the evidence lower bound",
    options: [
      .choice("family", default: Family.meanField, "the distributions among which the nearest is found"),
      .choice(
        "estimator", of: ["draw", "localReparameterisation", "flipout"], default: "draw",
        "how the bound of a mean field is estimated"),
      .integer("rank", in: 1...1000, default: 5, "the rank of the family lowRank"),
      .number("spread", in: 1e-6...10, default: 0.1, "the first standard deviations, as a share of the usual start"),
      .number("annealing", in: 0...1, default: 0, "share of the steps in which the divergence's weight rises to one"),
      .integer("draws", in: 1...10_000, default: 30, "draws that a prediction averages over"),
    ], defaults: { training, _ in training.stopsEarly = false }
  ) { options, setting in
    let (count, draws, share) = (
      setting.model.parameterCount, options.integer("draws"), options.number("annealing")
    )
    let family: Family = options.choice("family")
    let vectors =
      switch family {
      case .fullRank: Double(count)
      case .lowRank: Double(4 * options.integer("rank"))
      default: 0.0
      }
    return MethodPlan(
      VariationalInference(
        family: family.family(options), initialSpread: options.number("spread"),
        annealing: share > 0 ? .linear(share: share) : .none, predictionDraws: draws, training: setting.training),
      setting, memory: 4 * Double(count) * (12 + 2 * Double(draws) + 4 * vectors),
      memoryUse: "a distribution over \(count) parameters and \(draws) draws",
      cheaper: "the family meanField or fewer draws"
    )
  }
}
