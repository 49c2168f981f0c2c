//  DrawsEffort.swift — what the chains of a file took: their steps, and how often the log density was evaluated.

import Credence

/// What the file says of each chain; each list is empty where it says nothing.
struct DrawsEffort: Encodable {
  /// The step and the acceptance of each chain, on average over its draws.
  let stepSizes, acceptances: [Double]
  /// Of the trajectories to the draws of each chain: doublings on average, and at most.
  let treeDepths: [Double]
  let greatestTreeDepths: [Int]
  /// Draws of each chain whose trajectory diverged.
  let divergences: [Int]
  /// Gradients, or values where the sampler uses no gradient, after the warm-up and in it.
  let evaluations, warmUpEvaluations: [Int]
  /// How often the log density was not a number, or +∞, on the way to the draws, and in the warm-up.
  let notANumber, warmUpNotANumber: [Int]
  /// Evaluations after the warm-up for an effective draw of the quantity that has fewest, in bulk or tails, and its name; `nil` where
  /// either is not known.
  let evaluationsPerEffectiveDraw: Double?
  let slowestQuantity: String?

  /// - Parameters:
  ///   - records: Of draws, by name. Shape [C, N].
  ///   - chainRecords: Of chains, by name. Shape [C].
  init(
    records: [String: DenseArray<Double>], chainRecords: [String: [Double]], summaries: [ConvergenceSummary]
  ) {
    func means(_ name: String) -> [Double] {
      let chains = records[name].map { Chains($0).draws } ?? []
      let means = chains.map { draws in
        draws.allSatisfy { $0 == draws[0] } ? draws[0] : draws.reduce(0, +) / Double(draws.count)
      }
      return means.allSatisfy(\.isFinite) ? means : []
    }
    (stepSizes, acceptances, treeDepths) = (means("step_size"), means("acceptance"), means("tree_depth"))
    greatestTreeDepths = Self.counts(records["tree_depth"].map { Chains($0).draws.map { $0.max() ?? .nan } })
    divergences = Self.counts(records["diverging"].map { Chains($0).draws.map { Double($0.count { $0 != 0 }) } })
    func sums(_ name: String) -> [Int] {
      Self.counts(records[name].map { Chains($0).draws.map { Self.counts($0).isEmpty ? .nan : $0.reduce(0, +) } })
    }
    let inAll = Self.counts(chainRecords["sampling_evaluations"])
    evaluations = inAll.isEmpty ? sums("evaluations") : inAll
    warmUpEvaluations = Self.counts(chainRecords["warm_up_evaluations"])
    notANumber = sums("not_a_number")
    warmUpNotANumber = Self.counts(chainRecords["warm_up_not_a_number"])
    let slowest = evaluations.isEmpty ? nil : Self.slowest(of: summaries)
    let total = evaluations.reduce(0, +)
    (evaluationsPerEffectiveDraw, slowestQuantity) = (slowest.map { Double(total) / $0.effectiveDraws }, slowest?.name)
  }

  /// The quantity that has fewest effective draws, of those that move; `nil` where they are not known of all.
  private static func slowest(of summaries: [ConvergenceSummary]) -> (name: String, effectiveDraws: Double)? {
    let moving = summaries.filter { $0.constantChains.count < $0.chainCount }
    let sizes = moving.map { ($0.bulkEffectiveSampleSize, $0.tailEffectiveSampleSize) }
    guard sizes.allSatisfy({ $0.0.isFinite && $0.1.isFinite && min($0.0, $0.1) > 0 }) else { return nil }
    return zip(moving, sizes).map { (name: $0.name, effectiveDraws: min($1.0, $1.1)) }
      .min { $0.effectiveDraws < $1.effectiveDraws }
  }

  /// The numbers, where all are whole.
  private static func counts(_ numbers: [Double]?) -> [Int] {
    let counts = (numbers ?? []).compactMap { $0 >= 0 && $0 <= 0x1p53 ? Int(exactly: $0) : nil }
    return counts.count == numbers?.count ? counts : []
  }

  /// A line for each fact that is known.
  var text: String {
    var text = Self.line("Step size", stepSizes) + Self.line("Acceptance", acceptances)
    if let greatest = greatestTreeDepths.max(), greatest > 0 {
      text += Self.line("Tree depth", treeDepths, end: "; at most \(greatest)")
    }
    if !evaluations.isEmpty {
      text += "Evaluations of the log density: \(evaluations.reduce(0, +)) after the warm-up"
      if let count = evaluationsPerEffectiveDraw, let name = slowestQuantity {
        text += ", \(NumberFormat.number(count)) for each effective draw of \(name)"
      }
      if !warmUpEvaluations.isEmpty { text += "; \(warmUpEvaluations.reduce(0, +)) in the warm-up" }
      text += ".\n"
    }
    let count = warmUpNotANumber.reduce(0, +)
    if count > 0 {
      text += "In the warm-up the log density was not a number, or +∞, at \(NumberFormat.count(count, "point")).\n"
    }
    return text
  }

  /// A number for each chain, or where they are many, which would hide the rest, how far they reach.
  private static func line(_ name: String, _ values: [Double], end: String = "") -> String {
    guard let least = values.min(), let greatest = values.max() else { return "" }
    let range = "\(NumberFormat.number(least)) to \(NumberFormat.number(greatest))"
    let texts = values.count <= 8 ? values.map { NumberFormat.number($0) }.joined(separator: ", ") : range
    return "\(name) of each chain: \(texts)\(end).\n"
  }
}
