//  DeviationConvergence.swift — how well chains know their own ignorance: the sum of the epistemic deviations over rows.
//
//  Notation   xₛₙ  what draw s predicts at row n: a mean, or probabilities     x̄ₙ its mean over draws
//             eₙ   √(mean over s of (xₛₙ − x̄ₙ)²), the mean over classes too where there are some     E = Σₙ eₙ
//
//  Equations  (1) qₛ = Σₙ (xₛₙ − x̄ₙ)² / (2 eₙ), whose mean over draws is E / 2
//             (2) to first order the error of E is that of the mean of q, for dE = Σₙ d(eₙ²) / (2 eₙ)
//
//  R-hat and effective draws of predictions are those of means. A deviation is a mean too, of q, whose few greatest draws may make most of
//  it. All draws say what its error is; the difference of two halves is a single draw of that error.

public import Approximations
import Arrays
import Evaluation

/// The convergence of E, equation (1).
public struct DeviationConvergence: Hashable, Sendable, Encodable {
  /// The Monte Carlo standard error of E over E, equation (2); not a number where there is no ignorance or too few draws.
  public let relativeError: Double
  /// Of q; not a number for one chain.
  public let rHat: Double

  /// What E is known to, at least: a twentieth, so that ratios of two such sums differ by chance by a tenth at most, mostly.
  public static let greatestError = 0.05

  /// Whether chains agree in E and it is known to a twentieth. Not where that is undefined.
  public var isConverged: Bool {
    relativeError <= Self.greatestError && rHat <= ConvergenceFinding.greatestRHat
  }

  /// - Parameters:
  ///   - predictive: Of chains, one after the other, of one target or of classes.
  ///   - chainCount: How many chains.
  ///
  /// Precondition: a multiple of `chainCount` draws.
  public init(of predictive: Predictive, chainCount: Int) {
    let values =
      switch predictive.content {
      case .classes(let probabilities): probabilities
      case .numbers(let forecast):
        switch forecast.components {
        case .normal(let means, _, _): means
        case .studentT(_, let locations, _): locations
        case .poisson(let rates): rates
        }
      }
    let (count, rows) = (values.shape[0], values.shape[1])
    let classes = values.count / max(count * rows, 1)
    precondition(chainCount > 0 && count % chainCount == 0, "\(count) draws of \(chainCount) chains")
    var (sums, total) = ([Double](repeating: 0, count: count), 0.0)
    for row in 0..<rows {
      var squares = [Double](repeating: 0, count: count)
      for place in row * classes..<(row + 1) * classes {
        let draws = (0..<count).map { values.elements[$0 * rows * classes + place] }
        let mean = draws.reduce(0, +) / Double(count)
        for draw in 0..<count { squares[draw] += (draws[draw] - mean) * (draws[draw] - mean) / Double(classes) }
      }
      let deviation = (squares.reduce(0, +) / Double(count)).squareRoot()
      total += deviation
      // Not a number goes on; a row without ignorance has no part.
      if deviation != 0 { for draw in 0..<count { sums[draw] += squares[draw] / (2 * deviation) } }  // (1)
    }
    let length = count / chainCount
    let chains = Chains((0..<chainCount).map { Array(sums[$0 * length..<($0 + 1) * length]) })
    relativeError = total > 0 ? chains.meanError / total : .nan  // (2)
    rHat = chains.rHat
  }
}
