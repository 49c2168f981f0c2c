//  DrawsEffort.swift — what the chains of a file took: their steps, and how often the log density was evaluated.

import Credence

/// What the file says of each chain; each list is empty where it says nothing.
struct DrawsEffort: Encodable {
  /// The step, on average over the draws.
  let stepSizes: [Double]
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
    let steps = records["step_size"].map { Chains($0).draws } ?? []
    let means = steps.map { steps in
      steps.allSatisfy { $0 == steps[0] } ? steps[0] : steps.reduce(0, +) / Double(steps.count)
    }
    stepSizes = means.allSatisfy(\.isFinite) ? means : []
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
    var text = ""
    if !stepSizes.isEmpty {
      let sizes = stepSizes.map { NumberFormat.number($0) }
      // Those of many chains would hide the rest.
      let isShort = sizes.count <= 8
      let range = "\(NumberFormat.number(stepSizes.min() ?? 0)) to \(NumberFormat.number(stepSizes.max() ?? 0))"
      text += "Step size of each chain: \(isShort ? sizes.joined(separator: ", ") : range).\n"
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
}
