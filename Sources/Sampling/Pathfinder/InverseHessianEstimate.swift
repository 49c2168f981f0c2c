//  InverseHessianEstimate.swift — a covariance of diagonal plus low rank from the path of an optimiser.
//
//  Notation   of −log p:  sₖ, zₖ the last J changes of position and gradient, [D]; S, Z [D, J] with them as columns
//             α [D] a diagonal estimate of the inverse Hessian      B = α^(−1/2) [αZ, S], [D, 2J]
//
//  Equations  (1) 1/α′ = a/(bα) + z²/b − a s²/(b c α²),   a = zᵀαz, b = zᵀs, c = sᵀα⁻¹s          [Zhang et al. 2022]
//             (2) H = √α (I + B Γ Bᵀ) √α,   Γ = [[0, −R⁻¹], [−R⁻ᵀ, R⁻ᵀ(E + ZᵀαZ)R⁻¹]],
//                 R the upper triangle of SᵀZ, E its diagonal                               [Byrd, Nocedal and Schnabel 1994]
//             (3) B = Q T, Q with orthonormal columns;  I + T Γ Tᵀ = L Lᵀ:
//                 √H = √α (I + Q (L − I) Qᵀ),   log|H| = Σ log α + 2 Σ log Lᵢᵢ
//
//  Cost       memory 2 J D;  8 J² D flops.

import Foundation

/// H, in the form (3).
struct InverseHessianEstimate {
  /// √α. Shape [D].
  private let deviations: [Double]
  /// The columns of Q, without those that vanish. Shape [r][D].
  private let directions: [[Double]]
  /// L, row-major [r, r].
  private let factor: [Double]
  /// log|H|.
  let logDeterminant: Double

  /// α after one more change, equation (1); as it was where the change shows no curvature, or too much.
  static func diagonal(_ alpha: [Double], _ s: [Double], _ z: [Double]) -> [Double] {
    var (a, b, c) = (0.0, 0.0, 0.0)
    for i in alpha.indices {
      a += z[i] * alpha[i] * z[i]
      b += z[i] * s[i]
      c += s[i] / alpha[i] * s[i]
    }
    guard isCurved(b, z) else { return alpha }
    let new = alpha.indices.map { i in
      1 / (a / (b * alpha[i]) + z[i] * z[i] / b - a * s[i] * s[i] / (b * c * alpha[i] * alpha[i]))
    }
    return new.allSatisfy { $0 > 0 && $0.isFinite } ? new : alpha
  }

  /// Whether a change with sᵀz of this size belongs to a function that is convex there.
  static func isCurved(_ product: Double, _ z: [Double]) -> Bool {
    product > 1e-12 * z.reduce(0) { $0 + $1 * $1 }
  }

  /// - Parameters:
  ///   - alpha: Shape [D], positive.
  ///   - pairs: (s, z), the oldest first, each with sᵀz > 0.
  ///
  /// `nil` where rounding leaves (3) without a factor.
  init?(alpha: [Double], pairs: [(s: [Double], z: [Double])]) {
    let root = alpha.map { $0.squareRoot() }
    let columns =
      pairs.map { pair in pair.z.indices.map { root[$0] * pair.z[$0] } }
      + pairs.map { pair in pair.s.indices.map { pair.s[$0] / root[$0] } }
    let (directions, triangle) = Self.orthonormal(columns)
    let rank = directions.count
    // I + T Γ Tᵀ.
    let gamma = Self.middle(pairs, alpha)
    let width = columns.count
    var inner = [Double](repeating: 0, count: rank * rank)
    for i in 0..<rank {
      for j in 0..<rank {
        var sum = i == j ? 1.0 : 0
        for a in 0..<width { for b in 0..<width { sum += triangle[i][a] * gamma[a][b] * triangle[j][b] } }
        inner[i * rank + j] = sum
      }
    }
    guard let factor = choleskyFactor(inner, rank) else { return nil }
    deviations = root
    self.directions = directions
    self.factor = factor
    let inside = (0..<rank).reduce(0.0) { $0 + log(factor[$1 * rank + $1]) }
    logDeterminant = alpha.reduce(0) { $0 + log($1) } + 2 * inside
    guard logDeterminant.isFinite else { return nil }
  }

  /// √H z, equation (3). Shape [D] → [D].
  func colour(_ z: [Double]) -> [Double] {
    let inner = directions.map { q in zip(q, z).reduce(0) { $0 + $1.0 * $1.1 } }
    return combine(z, inner) { i, j in factor[i * directions.count + j] }
  }

  /// H g = √H √Hᵀ g. Shape [D] → [D].
  func times(_ g: [Double]) -> [Double] {
    let scaled = zip(deviations, g).map { $0 * $1 }
    let inner = directions.map { q in zip(q, scaled).reduce(0) { $0 + $1.0 * $1.1 } }
    let rank = directions.count
    return combine(scaled, inner) { i, j in
      (0..<rank).reduce(0.0) { $0 + factor[i * rank + $1] * factor[j * rank + $1] }
    }
  }

  /// √α (z + Q (M − I) w) for w = Qᵀz.
  private func combine(_ z: [Double], _ w: [Double], _ entry: (Int, Int) -> Double) -> [Double] {
    var result = z
    for i in directions.indices {
      let change = directions.indices.reduce(-w[i]) { $0 + entry(i, $1) * w[$1] }
      for k in result.indices { result[k] += directions[i][k] * change }
    }
    for k in result.indices { result[k] *= deviations[k] }
    return result
  }

  /// Q [r][D] and T [r][columns], by Gram and Schmidt's method, twice; a column within the span of the others adds none to Q.
  private static func orthonormal(_ columns: [[Double]]) -> (q: [[Double]], t: [[Double]]) {
    var q: [[Double]] = []
    var t: [[Double]] = []
    for (index, column) in columns.enumerated() {
      var rest = column
      let size = rest.reduce(0) { $0 + $1 * $1 }.squareRoot()
      for _ in 0..<2 {
        for k in q.indices {
          let along = zip(q[k], rest).reduce(0) { $0 + $1.0 * $1.1 }
          t[k][index] += along
          for i in rest.indices { rest[i] -= along * q[k][i] }
        }
      }
      let norm = rest.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard norm > 1e-10 * size, q.count < column.count else { continue }
      q.append(rest.map { $0 / norm })
      t.append([Double](repeating: 0, count: columns.count))
      t[t.count - 1][index] = norm
    }
    return (q, t)
  }

  /// Γ, equation (2), for B = [√α Z, S/√α].
  private static func middle(_ pairs: [(s: [Double], z: [Double])], _ alpha: [Double]) -> [[Double]] {
    let count = pairs.count
    func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    // R⁻¹, upper triangular, by columns.
    var inverse = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    for j in 0..<count {
      for i in (0...j).reversed() {
        var sum = i == j ? 1.0 : 0
        for k in i + 1..<max(j + 1, i + 1) { sum -= product(pairs[i].s, pairs[k].z) * inverse[k][j] }
        inverse[i][j] = sum / product(pairs[i].s, pairs[i].z)
      }
    }
    var gamma = [[Double]](repeating: [Double](repeating: 0, count: 2 * count), count: 2 * count)
    let weighted = pairs.map { pair in zip(pair.z, alpha).map { $0 * $1 } }
    for i in 0..<count {
      for j in 0..<count {
        gamma[i][count + j] = -inverse[i][j]
        gamma[count + j][i] = -inverse[i][j]
        var sum = 0.0
        for a in 0..<count {
          for b in 0..<count {
            let entry = product(pairs[a].z, weighted[b]) + (a == b ? product(pairs[a].s, pairs[a].z) : 0)
            sum += inverse[a][i] * entry * inverse[b][j]
          }
        }
        gamma[count + i][count + j] = sum
      }
    }
    return gamma
  }
}
