//  FidelityReport+Noise.swift — columns in which the reference does not agree with itself.
//
//  R-hat and effective draws are those of means. A deviation far from the data may hang on a few draws, and be known much worse. The
//  difference of two halves falls with the root of the number of draws.

import Credence

extension FidelityReport {
  /// What two halves of a reference may differ by.
  private static let greatestDifference = 0.1

  /// How far the halves are apart, in the columns where that is more than a tenth.
  private var differences: [(column: String, difference: Double)] {
    guard let halves = reference.halves else { return [] }
    let columns = [
      ("same class", halves.agreement.map { 1 - $0 }), ("TV", halves.totalVariation), ("mean error", halves.meanError),
      ("W2", halves.wasserstein), ("inside", abs(halves.epistemicRatioInside - 1)),
      ("outside", abs(halves.epistemicRatioOutside - 1)), ("log score", abs(halves.logScoreDifference)),
    ]
    return columns.compactMap { column, difference in
      // What is not a number is no agreement.
      difference.flatMap { $0 <= Self.greatestDifference ? nil : (column, $0) }
    }
  }

  /// A sentence, where there is need of one.
  var noise: [String] {
    let differences = differences
    guard let greatest = differences.map(\.difference).max() else { return [] }
    let share = greatest / Self.greatestDifference
    let advice =
      share.isFinite
      ? "; it takes about --option nuts.draws=\(DrawCount.advised(drawsPerChain, times: share * share)) for a tenth"
      : ""
    let columns = differences.map(\.column).joined(separator: ", ")
    return [
      "The reference's own halves differ by more than a tenth in \(columns): there, differences between methods of that size mean "
        + "nothing\(advice)."
    ]
  }
}
