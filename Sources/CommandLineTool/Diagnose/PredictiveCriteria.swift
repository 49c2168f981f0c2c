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

  init(_ loo: LeaveOneOut, _ waic: WidelyApplicableInformationCriterion) {
    observations = loo.pointwise.count
    leaveOneOut = Estimate(
      elpd: loo.total, standardError: loo.standardError, effectiveParameters: loo.effectiveParameters)
    widelyApplicable = Estimate(
      elpd: waic.total, standardError: waic.standardError, effectiveParameters: waic.effectiveParameters)
    greatestParetoShape = loo.paretoShapes.max() ?? .nan
    unreliableObservations = loo.unreliableObservations
  }

  var text: String {
    var table = TextTable(
      columns: [TextTable.Column("", .left)] + ["elpd", "standard error", "parameters"].map { TextTable.Column($0) })
    for (name, estimate) in [("PSIS-LOO", leaveOneOut), ("WAIC", widelyApplicable)] {
      table.append([
        name, NumberFormat.fixed(estimate.elpd, digits: 2), NumberFormat.fixed(estimate.standardError, digits: 2),
        NumberFormat.fixed(estimate.effectiveParameters, digits: 1),
      ])
    }
    let size =
      "\(NumberFormat.count(observations, "observation")); greatest Pareto k \(NumberFormat.number(greatestParetoShape)).\n"
    guard !unreliableObservations.isEmpty else { return table.text + size }
    let shown = unreliableObservations.prefix(5).map { "\($0 + 1)" }.joined(separator: ", ")
    let more = unreliableObservations.count > 5 ? ", …" : ""
    let verb = unreliableObservations.count == 1 ? "changes" : "change"
    return table.text + size
      + "\(NumberFormat.count(unreliableObservations.count, "observation")) \(verb) the posterior too much to be left out by "
      + "weights: number \(shown)\(more).\n  → Refit without each of these, or take the estimates as too good.\n"
  }
}

/// One model against another on the same observations.
struct PredictiveDifference: Encodable {
  /// Positive where the first predicts better. Unit: nats.
  let difference: Double
  let standardError: Double

  init(_ comparison: PredictiveComparison) {
    difference = comparison.difference
    standardError = comparison.standardError
  }

  /// - Parameter other: The file of the second model.
  func text(other: String) -> String {
    let size =
      "\(NumberFormat.fixed(abs(difference), digits: 2)) ± \(NumberFormat.fixed(standardError, digits: 2)) nats"
    let verdict =
      abs(difference) < 4
      ? "less than 4 nats say nothing"
      : abs(difference) < 2 * standardError ? "within two standard errors" : "more than two standard errors"
    return "By PSIS-LOO it predicts \(difference >= 0 ? "better" : "worse") than \(other) by \(size): \(verdict).\n"
  }
}
