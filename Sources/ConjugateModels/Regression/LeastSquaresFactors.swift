//  LeastSquaresFactors.swift — all that a linear model needs of its data, in P² numbers.
//
//  Notation   Φ  design, [N, P]     y  targets, [N]     Φ = U diag(s) Vᵀ, r = rank of the thin form ≤ P
//             z = Uᵀy, [r]     ρ = |y − U z|², what no weights can explain
//
//  Equation   (1) |y − Φw|² = ρ + |z − diag(s) Vᵀw|²  for every w
//
//  New rows Φ′, y′ are taken in by decomposing [diag(s) Vᵀ; Φ′] anew, with the targets [z; y′]: by (1) the old rows act on w
//  through diag(s) Vᵀ and z alone. ΦᵀΦ is never formed, so that the condition number is not squared. Rows go in by blocks, and
//  memory stays at (P + block) P doubles whatever N is.

import Arrays

struct LeastSquaresFactors: Sendable {
  /// N.
  private(set) var rowCount = 0
  /// s, descending. Shape [r].
  private(set) var singularValues: [Double] = []
  /// Vᵀ. Shape [r, P].
  private(set) var directions: DenseArray<Double>
  /// z. Shape [r].
  private(set) var targets: [Double] = []
  /// ρ.
  private(set) var residual = 0.0

  /// No rows yet, of P features.
  init(features: Int) { directions = DenseArray([], shape: [0, features]) }

  /// P.
  var featureCount: Int { directions.shape[1] }

  private static let block = 2048

  /// Takes rows in. Shapes [N′, P] and [N′].
  mutating func append(_ design: DenseArray<Double>, _ values: [Double]) {
    precondition(
      design.shape == [values.count, featureCount],
      "a design of shape \(design.shape) for \(values.count) targets and \(featureCount) features")
    for start in stride(from: 0, to: values.count, by: Self.block) {
      let range = start..<min(start + Self.block, values.count)
      appendBlock(design.rows(range), Array(values[range]))
    }
  }

  private mutating func appendBlock(_ design: DenseArray<Double>, _ values: [Double]) {
    let width = featureCount
    var stacked = [Double]()
    for (index, value) in singularValues.enumerated() {
      stacked += directions.elements[index * width..<(index + 1) * width].map { $0 * value }
    }
    stacked += design.elements
    let right = targets + values
    let factors = SingularValueDecomposition(DenseArray(stacked, shape: [right.count, width]))
    let rank = factors.values.count
    let left = factors.left.elements
    var projected = [Double](repeating: 0, count: rank)
    for row in right.indices {
      for column in 0..<rank { projected[column] += left[row * rank + column] * right[row] }
    }
    for row in right.indices {
      var rest = right[row]
      for column in 0..<rank { rest -= left[row * rank + column] * projected[column] }
      residual += rest * rest
    }
    singularValues = factors.values
    directions = factors.rightTransposed
    targets = projected
    rowCount += values.count
  }

  /// Vᵀφ. Shape [P] → [r].
  func coordinates(_ features: ArraySlice<Double>) -> [Double] {
    let width = featureCount
    return singularValues.indices.map { row in
      zip(directions.elements[row * width..<(row + 1) * width], features).reduce(0) { $0 + $1.0 * $1.1 }
    }
  }
}
