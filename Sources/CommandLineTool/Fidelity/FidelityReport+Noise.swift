//  FidelityReport+Noise.swift — what the reference does not know well itself.
//
//  R-hat and effective draws of predictions are those of means. A deviation far from the data may hang on a few draws, and be known much worse:
//  `DeviationConvergence` says how well, from all draws. The difference of two halves is a single draw of their noise; how long chains
//  should be cannot be told from it.

import Credence

extension FidelityReport {
  /// What two halves of a reference may differ by.
  private static let greatestDifference = 0.1

  /// The columns where the halves are apart by more than a tenth.
  private var differingColumns: [String] {
    guard let halves = reference.halves else { return [] }
    let columns = [
      ("same class", halves.agreement.map { 1 - $0 }), ("TV", halves.totalVariation), ("mean error", halves.meanError),
      ("W2", halves.wasserstein), ("inside", abs(halves.epistemicRatioInside - 1)),
      ("outside", abs(halves.epistemicRatioOutside - 1)), ("log score", abs(halves.logScoreDifference)),
    ]
    return columns.compactMap { column, difference in
      // What is not a number is no agreement.
      difference.flatMap { $0 <= Self.greatestDifference ? nil : column }
    }
  }

  /// Whether the reference is known well in all columns.
  var isKnown: Bool {
    differingColumns.isEmpty && [reference.deviationInside, reference.deviationOutside].allSatisfy(\.isConverged)
  }

  /// Sentences, where there is need of them.
  var noise: [String] {
    let columns = differingColumns
    return
      (columns.isEmpty
      ? []
      : [
        "The reference's own halves differ by more than a tenth in \(columns.joined(separator: ", ")): there, differences "
          + "between methods of that size mean nothing."
      ]) + deviations
  }

  /// How well the denominators of the ratios inside and outside are known.
  private var deviations: [String] {
    let (inside, outside) = (reference.deviationInside, reference.deviationOutside)
    if inside.isConverged && outside.isConverged { return [] }
    let errors = [inside.relativeError, outside.relativeError]
    guard let greatest = errors.max(), errors.allSatisfy(\.isFinite) else {
      return ["How well the reference knows its own ignorance cannot be told from so few draws."]
    }
    let share = greatest / DeviationConvergence.greatestError
    let advice =
      share > 1
      ? "a twentieth takes about --option nuts.draws=\(DrawCount.advised(drawsPerChain, times: share * share))"
      : "but chains do not agree in it: R-hat is up to \(NumberFormat.rHat(max(inside.rHat, outside.rHat)))"
    return [
      "The reference's ignorance is known to \(NumberFormat.percent(inside.relativeError)) inside and "
        + "\(NumberFormat.percent(outside.relativeError)) outside, one standard error; \(advice)."
    ]
  }
}
