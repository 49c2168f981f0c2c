//  ConformalClassifier.swift — sets of classes that hold the true one with a promised probability.
//
//  Notation   p  class probabilities of a row, [C]     r(c) the rank of c in descending order of p, from 1; ties by class
//             u  uniform on [0, 1], one a row, for randomised scores; 0 for scores that are not
//
//  Equations  (1) least ambiguous     s(c) = 1 − p꜀                                              [Sadinle et al. 2019]
//             (2) adaptive            s(c) = Σ_{r(j) ≤ r(c)} pⱼ − u p꜀                            [Romano et al. 2020]
//             (3) regularised         s(c) = (2) + λ max(0, r(c) − k)                            [Angelopoulos et al. 2021]
//             (4) the set of a row    {c : s(c) ≤ q̂}, which may be empty
//
//  Randomised scores promise 1 − α exactly; without u the sets are larger.

public import Arrays

/// How well a class fits the probabilities of its row.
public enum ConformalScore: Hashable, Sendable {
  /// Equation (1): the smallest sets on the average.
  case leastAmbiguous
  /// Equation (2): sets that grow with the difficulty of the row.
  case adaptive
  /// Equation (3): as `adaptive`, with long sets made costly.
  case regularised(penalty: Double, freeRanks: Int)

  /// s of every class of one row. Shape [C].
  public func scores(_ probabilities: [Double], uniform: Double = 0) -> [Double] {
    switch self {
    case .leastAmbiguous: return probabilities.map { 1 - $0 }
    case .adaptive: return Self.cumulative(probabilities, uniform: uniform, penalty: 0, freeRanks: 0)
    case .regularised(let penalty, let freeRanks):
      return Self.cumulative(probabilities, uniform: uniform, penalty: penalty, freeRanks: freeRanks)
    }
  }

  private static func cumulative(
    _ probabilities: [Double], uniform: Double, penalty: Double, freeRanks: Int
  ) -> [Double] {
    let order = probabilities.indices.sorted {
      probabilities[$0] == probabilities[$1] ? $0 < $1 : probabilities[$0] > probabilities[$1]
    }
    var scores = [Double](repeating: 0, count: probabilities.count)
    var mass = 0.0
    for (position, label) in order.enumerated() {
      mass += probabilities[label]
      let excess = Double(max(0, position + 1 - freeRanks))
      scores[label] = mass - uniform * probabilities[label] + penalty * excess  // (3)
    }
    return scores
  }
}

/// A threshold fitted to calibration rows.
public struct ConformalClassifier: Hashable, Sendable {
  public let score: ConformalScore
  /// q̂; infinite where there are too few calibration rows for the promise, and every set holds all classes.
  public let threshold: Double

  /// Fits q̂ to probabilities [n, C] with n labels. `uniforms`, one a row, randomise the scores.
  ///
  /// Precondition: n labels from 0 to C − 1, n uniforms if any; miscoverage in (0, 1).
  public init(
    _ score: ConformalScore, probabilities: DenseArray<Double>, labels: [Int], uniforms: [Double]? = nil,
    miscoverage: Double
  ) {
    precondition(
      probabilities.rank == 2 && probabilities.shape[0] == labels.count,
      "probabilities of \(labels.count) labels are [\(labels.count), C], not \(probabilities.shape)")
    self.score = score
    let scores = zip(Self.scores(score, probabilities, uniforms), labels).map { $0[$1] }
    threshold = ConformalQuantile.threshold(scores, miscoverage: miscoverage)
  }

  /// The sets of rows with probabilities [N, C], each in ascending order, equation (4).
  ///
  /// Precondition: N uniforms if any, and if the threshold was fitted with them.
  public func sets(_ probabilities: DenseArray<Double>, uniforms: [Double]? = nil) -> [[Int]] {
    Self.scores(score, probabilities, uniforms).map { scores in scores.indices.filter { scores[$0] <= threshold } }
  }

  private static func scores(
    _ score: ConformalScore, _ probabilities: DenseArray<Double>, _ uniforms: [Double]?
  ) -> [[Double]] {
    precondition(probabilities.rank == 2, "class probabilities are [N, C], not \(probabilities.shape)")
    let count = probabilities.shape[0]
    precondition(
      uniforms == nil || uniforms?.count == count, "\(count) rows need as many uniforms, not \(uniforms?.count ?? 0)")
    return (0..<count).map { row in
      score.scores(probabilities.rows(row..<row + 1).elements, uniform: uniforms?[row] ?? 0)
    }
  }
}
