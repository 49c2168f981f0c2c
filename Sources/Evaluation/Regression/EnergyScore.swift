//  EnergyScore.swift — the CRPS of vectors: 1/M Σᵢ ‖xᵢ − y‖ − 1/(2M²) Σᵢⱼ ‖xᵢ − xⱼ‖.  [Gneiting & Raftery 2007]
//
//  Cost       M²/2 distances.

public import Arrays

/// The energy score of a prediction of a vector by samples.
public enum EnergyScore {
  /// Samples [M, D] against a target [D]; in the unit of the target, less is better.
  ///
  /// Precondition: samples of the target's length, at least one.
  public static func score(samples: DenseArray<Double>, target: [Double]) -> Double {
    precondition(
      samples.rank == 2 && samples.shape[0] > 0 && samples.shape[1] == target.count,
      "samples of a vector of \(target.count) numbers are [M, \(target.count)], not \(samples.shape)")
    let rows = (0..<samples.shape[0]).map { samples.rows($0..<$0 + 1).elements }
    let count = Double(rows.count)
    var amongSamples = 0.0
    for (i, row) in rows.enumerated() {
      for other in rows[..<i] { amongSamples += distance(row, other) }
    }
    return rows.reduce(0) { $0 + distance($1, target) } / count - amongSamples / (count * count)
  }

  private static func distance(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }
}
