//  PredictiveCriteria.swift — how well a model predicts each observation, where the file of draws holds log likelihoods.

import Credence

/// PSIS-LOO and WAIC of one model.
struct PredictiveCriteria: Encodable {
  struct Estimate: Encodable {
    /// The expected log predictive density. Unit: nats, summed over the observations.
    let elpd: Double
    let standardError: Double
    let effectiveParameters: Double
  }

  let observations: Int
  let leaveOneOut: Estimate
  let widelyApplicable: Estimate
  let greatestParetoShape: Double
  /// Observations, from 0, whose term of leave-one-out cannot be trusted.
  let unreliableObservations: [Int]
  /// Observations, from 0, whose term of WAIC cannot be trusted.
  let unreliablePenalties: [Int]

  init(_ loo: LeaveOneOut, _ waic: WidelyApplicableInformationCriterion) {
    observations = loo.pointwise.count
    leaveOneOut = Estimate(
      elpd: loo.total, standardError: loo.standardError, effectiveParameters: loo.effectiveParameters)
    widelyApplicable = Estimate(
      elpd: waic.total, standardError: waic.standardError, effectiveParameters: waic.effectiveParameters)
    greatestParetoShape = loo.paretoShapes.max() ?? .nan
    unreliableObservations = loo.unreliableObservations
    unreliablePenalties = waic.unreliableObservations
  }

  var text: String { table.text + notes }
  var markdown: String { table.markdown + "\n" + notes }

  private var table: TextTable {
    var table = TextTable(
      columns: [TextTable.Column("", .left)] + ["elpd", "standard error", "parameters"].map { TextTable.Column($0) })
    for (name, estimate) in [("PSIS-LOO", leaveOneOut), ("WAIC", widelyApplicable)] {
      table.append([
        name, NumberFormat.fixed(estimate.elpd, digits: 2),
        estimate.standardError.isNaN ? "–" : NumberFormat.fixed(estimate.standardError, digits: 2),
        NumberFormat.fixed(estimate.effectiveParameters, digits: 1),
      ])
    }
    return table
  }

  private var notes: String {
    "\(NumberFormat.count(observations, "observation")); greatest Pareto k \(NumberFormat.number(greatestParetoShape)).\n"
      + leaveOneOutWarning + penaltyWarning
  }

  private var leaveOneOutWarning: String {
    if unreliableObservations.isEmpty { return "" }
    let verb = unreliableObservations.count == 1 ? "changes" : "change"
    return
      "\(NumberFormat.count(unreliableObservations.count, "observation")) \(verb) the posterior too much to be left "
      + "out by weights: \(Self.list(unreliableObservations)).\n"
      + "  → Refit without each of these, or take the estimates as too good.\n"
  }

  private var penaltyWarning: String {
    if unreliablePenalties.isEmpty { return "" }
    return "The log likelihood of \(NumberFormat.count(unreliablePenalties.count, "observation")) varies by more than "
      + "\(WidelyApplicableInformationCriterion.greatestReliablePenalty) among the draws, which WAIC does not allow for: "
      + "\(Self.list(unreliablePenalties)).\n  → Go by PSIS-LOO.\n"
  }

  /// The first of some observations, as elements of an array are named, from 0.
  private static func list(_ observations: [Int]) -> String {
    observations.prefix(5).map { "log_likelihood[\($0)]" }.joined(separator: ", ")
      + (observations.count > 5 ? ", …" : "")
  }
}

/// One model against another on the same observations.
struct PredictiveDifference: Encodable {
  /// Positive where the first predicts better. Unit: nats.
  let difference: Double
  let standardError: Double
  let observations: Int
  /// How many terms of leave-one-out cannot be trusted, of the first model and of the second.
  let unreliableCounts: [Int]
  /// Whether the difference and its error can be taken at their word: every term can be trusted, and observations are not too few.
  let isReliable: Bool

  init(_ first: LeaveOneOut, _ second: LeaveOneOut) {
    let comparison = PredictiveComparison(first, second)
    difference = comparison.difference
    standardError = comparison.standardError
    observations = first.pointwise.count
    unreliableCounts = [first.unreliableObservations.count, second.unreliableObservations.count]
    isReliable = unreliableCounts == [0, 0] && observations >= PredictiveComparison.fewestObservations
  }

  /// - Parameters:
  ///   - file: The file of the first model.
  ///   - other: That of the second.
  func text(_ file: String, other: String) -> String {
    let error = standardError.isNaN ? "" : " ± \(NumberFormat.fixed(standardError, digits: 2))"
    let size = "\(NumberFormat.fixed(abs(difference), digits: 2))\(error) nats"
    var text = "By PSIS-LOO it predicts \(difference >= 0 ? "better" : "worse") than \(other) by \(size): \(verdict).\n"
    let bad = zip([file, other], unreliableCounts).filter { $0.1 > 0 }
    if !bad.isEmpty {
      text +=
        "This cannot be relied on: Pareto k is too great at "
        + bad.map { "\(NumberFormat.count($0.1, "observation")) of \($0.0)" }.joined(separator: " and at ")
        + ".\n  → Refit without each of these, and compare what is then predicted of them.\n"
    }
    let fewest = PredictiveComparison.fewestObservations
    if observations < fewest {
      text += "With fewer than \(fewest) observations the standard error itself is too small.\n"
    }
    return text
  }

  private var verdict: String {
    if standardError.isNaN { return "of one observation nothing more can be said" }
    if abs(difference) < 4 { return "less than 4 nats say nothing" }
    return abs(difference) < 2 * standardError ? "within two standard errors" : "more than two standard errors"
  }
}
