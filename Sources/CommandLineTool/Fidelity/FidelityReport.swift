//  FidelityReport.swift — the reference and each method beside it, for people and for programs.

import Credence

struct FidelityReport: Report, Encodable {
  struct Reference: Encodable {
    let path: String
    let options: [String: OptionValue]
    /// `nil` where it was read.
    let seconds: Double?
    /// Whether the chains went on from those of an earlier run: seconds are those of this one.
    let wentOn: Bool
    let gradients: Int
    let draws: Int
    let divergences: Int
    let saturatedTrees: Int
    let leastEnergyFraction: Double?
    let inside: PredictionConvergence
    let outside: PredictionConvergence
    let isConverged: Bool
    /// Of the sum of the epistemic deviations.
    let deviationInside: DeviationConvergence
    let deviationOutside: DeviationConvergence
    /// One half of the chains against the other.
    let halves: FidelityScores?

    /// Of bulk and tails, inside and outside.
    var leastEffectiveDraws: Double {
      [inside, outside].map(\.leastEffectiveDraws).reduce(.infinity) { $0.isNaN || $1.isNaN ? .nan : min($0, $1) }
    }
  }

  struct Result: Encodable {
    let method: String
    let options: [String: OptionValue]
    var scores: FidelityScores?
    var seconds: Double?
    var failure: String?
  }

  let data: String
  let rows: Int
  let testRows: Int
  let seed: UInt64
  let reference: Reference
  /// Whether the reference was asked for among the methods.
  let namesReference: Bool
  let results: [Result]

  var text: String { "\(introduction)\n\n\(table.text)\n\(notes)\n" }
  var markdown: String { "\(introduction)\n\n\(table.markdown)\n\(notes)\n" }
  var json: String { get throws { try JSONText.object(self) } }
  /// The halves of the reference, then the methods.
  var csv: String {
    get throws {
      let halves = reference.halves.map { Line(method: Self.halvesName, scores: $0, seconds: reference.seconds) }
      let lines = results.map { Line(method: $0.method, scores: $0.scores, seconds: $0.seconds, failure: $0.failure) }
      return try RecordTable.csv((halves.map { [$0] } ?? []) + lines, first: ["method"])
    }
  }

  private static let halvesName = "(halves of the reference)"

  /// A row, with the scores beside the rest.
  private struct Line: Encodable {
    let method: String
    let scores: FidelityScores?
    let seconds: Double?
    var failure: String?

    private enum CodingKeys: String, CodingKey { case method, seconds, failure }

    func encode(to encoder: any Encoder) throws {
      try scores?.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(method, forKey: .method)
      try container.encode(seconds, forKey: .seconds)
      try container.encode(failure, forKey: .failure)
    }
  }

  var drawsPerChain: Int {
    if case .integer(let draws)? = reference.options["draws"] { draws } else { reference.draws }
  }

  private var drawsToConverge: Int {
    DrawCount.advised(
      drawsPerChain, times: max(reference.inside.factorToConvergence, reference.outside.factorToConvergence))
  }

  /// Why nothing can be said of whether the chains agree.
  private var whyUnknown: String {
    if case .integer(1)? = reference.options["chains"] {
      return "whether one chain is right only another can tell. Give it several with --option nuts.chains=4"
    }
    return "so few draws say nothing of whether its chains agree. They go on with --option nuts.draws=100 or more"
  }

  private var introduction: String {
    let share = reference.wentOn ? "the last of them in" : "in"
    let time =
      reference.seconds.map { ", \(share) \(NumberFormat.duration(seconds: $0))" } ?? ", read from \(reference.path)"
    let isLow = reference.leastEnergyFraction.map { $0 < ConvergenceFinding.leastEnergyFraction } ?? false
    let state =
      reference.isConverged
      ? reference.divergences > 0 || isLow
        ? "Its chains agree in what they predict, which does not make it the posterior:"
        : isKnown
          ? "Its chains agree: it stands for the posterior."
          : "Its chains agree in what they predict; what they do not know well yet is said below the table."
      : reference.inside.greatestRHat.isNaN
        ? "It is NOT there yet: \(whyUnknown)"
        : "It is NOT there yet: that takes an R-hat of 1.01 and 400 effective draws, and figures below are to be taken with "
          + "care. Its chains go on with --option nuts.draws=\(drawsToConverge); if R-hat stays, take a longer "
          + "--option nuts.warm-up"
    let divergences =
      reference.divergences == 0
      ? ""
      : "\nDivergences: parts of the posterior may be missing. Take shorter steps with --option nuts.acceptance=0.95"
    let energies =
      reference.leastEnergyFraction.flatMap { least in
        least < ConvergenceFinding.leastEnergyFraction
          ? "\nAn energy fraction of \(NumberFormat.fixed(least, digits: 2)): tails of the posterior may be missing"
          : nil
      } ?? ""
    return """
      Reference: NUTS, \(reference.draws) draws, \(reference.gradients) gradients\(time)
      R-hat of predictions at most \(NumberFormat.rHat(reference.inside.greatestRHat)), outside the data \
      \(NumberFormat.fixed(reference.outside.greatestRHat, digits: 3)); effective draws at least \
      \(NumberFormat.number(reference.leastEffectiveDraws, digits: 3)); \
      \(NumberFormat.count(reference.divergences, "divergence")), \(NumberFormat.count(reference.saturatedTrees, "tree")) cut off
      \(state)\(divergences)\(energies)
      """
  }

  private var isClassification: Bool {
    ([reference.halves] + results.map(\.scores)).contains { $0?.agreement != nil }
  }

  private var table: TextTable {
    let titles =
      (isClassification ? ["same class", "TV"] : ["mean error", "W2"]) + ["inside", "outside", "log score", "fit"]
    var table = TextTable(columns: [TextTable.Column("method", .left)] + titles.map { TextTable.Column($0) })
    func row(_ name: String, _ scores: FidelityScores, _ seconds: Double?) {
      let first =
        scores.agreement.map(NumberFormat.percent) ?? scores.meanError.map { NumberFormat.fixed($0, digits: 3) }
      let second = scores.totalVariation ?? scores.wasserstein
      table.append([
        name, first ?? "–", second.map { NumberFormat.fixed($0, digits: 3) } ?? "–",
        NumberFormat.fixed(scores.epistemicRatioInside, digits: 2),
        NumberFormat.fixed(scores.epistemicRatioOutside, digits: 2),
        (scores.logScoreDifference < 0 ? "" : "+") + NumberFormat.fixed(scores.logScoreDifference, digits: 3),
        seconds.map { NumberFormat.duration(seconds: $0) } ?? "–",
      ])
    }
    if let halves = reference.halves {
      row(Self.halvesName, halves, reference.wentOn ? nil : reference.seconds)
    }
    for result in results {
      if let scores = result.scores { row(result.method, scores, result.seconds) }
    }
    return table
  }

  private var notes: String {
    let failures = results.compactMap { result in result.failure.map { "\(result.method) has no result: \($0)." } }
    let first =
      isClassification
      ? [
        "same class: rows with the reference's most probable class. TV: total variation of the class probabilities."
      ]
      : [
        "mean error: of the predictive mean, in standard deviations of the reference's prediction. W2: Wasserstein "
          + "distance, likewise."
      ]
    let lines =
      failures + noise + (namesReference ? ["nuts is the reference itself."] : []) + first + [
        "inside, outside: epistemic standard deviation over the reference's, on the rows held out and far from the data.",
        "log score: nats a row, above 0 where the method predicts the rows held out better than the reference.",
        "Fitted to \(rows) rows, compared on \(testRows) others; seed \(seed).",
      ]
    return lines.joined(separator: "\n")
  }
}

extension FidelityReport {
  /// How much each method says that it does not know, beside the reference.
  var figure: Figure {
    let scored = results.compactMap { result in result.scores.map { (result.method, $0) } }
    return DotPlot(
      names: scored.map(\.0),
      series: [
        DotPlot.Series(name: "on rows held out", values: scored.map(\.1.epistemicRatioInside)),
        DotPlot.Series(name: "far from the data", values: scored.map(\.1.epistemicRatioOutside)),
      ], reference: DotPlot.Reference(name: "Markov chains", value: 1)
    ).figure(
      title: "How much ignorance each method admits", subtitle: FigureOption.shortName(data),
      quantity: Axis("epistemic standard deviation over that of the posterior"))
  }
}
