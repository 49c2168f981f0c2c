//  AugmentedConditionals.swift — Gibbs samplers of targets whose conditionals are known with a variable more, or in part.
//
//  Logistic regression: given ωᵢ ~ PG(1, xᵢᵀβ) the coefficients are normal with precision A = Xᵀ diag(ω) X + I/4 and mean
//  A⁻¹ Xᵀ(y − ½) [Polson, Scott and Windle 2013]. Mixture: given its part a point is normal. Banana: b given a is normal, and a given b
//  has the density exp(−(a² − m)²/200), m = 99.5 − 10 b. Network: given the hidden layer the output layer is normal.

import Arrays
import Foundation
import Sampling
import Testing

extension Conditionals {
  static func logistic() throws -> GibbsSampler {
    let data = try TargetReference.named(TargetName.logistic.rawValue).data
    let (rows, labels) = (try #require(data.design), try #require(data.y))
    let linear = (0..<4).map { j in zip(rows, labels).reduce(0) { $0 + $1.0[j] * ($1.1 - 0.5) } }
    return GibbsSampler([
      .conditional { b, generator in
        var precision = [Double](repeating: 0, count: 16)
        for j in 0..<4 { precision[5 * j] = 0.25 }
        for row in rows {
          let omega = PolyaGamma.draw((0..<4).reduce(0) { $0 + row[$1] * b[$1] }, using: &generator)
          for i in 0..<4 { for j in 0..<4 { precision[4 * i + j] += omega * row[i] * row[j] } }
        }
        b = normal(precision, linear, using: &generator)
      }
    ])
  }

  static func mixture() throws -> GibbsSampler {
    let data = try TargetReference.named(TargetName.mixture.rawValue).data
    let weight = try #require(data.weight)
    let means = [try #require(data.mean0), try #require(data.mean1)]
    let covariances = [try #require(data.cov0), try #require(data.cov1)]
    return GibbsSampler([
      .conditional { x, generator in
        let logs = (0..<2).map { part in
          let (mean, c) = (means[part], covariances[part])
          let determinant = c[0][0] * c[1][1] - c[0][1] * c[1][0]
          let (a, b) = (x[0] - mean[0], x[1] - mean[1])
          let square = (c[1][1] * a * a - 2 * c[0][1] * a * b + c[0][0] * b * b) / determinant
          return log(part == 0 ? weight : 1 - weight) - 0.5 * square - 0.5 * log(determinant)
        }
        let part = generator.uniform() < 1 / (1 + exp(logs[1] - logs[0])) ? 0 : 1
        let (mean, c) = (means[part], covariances[part])
        let (first, second) = (generator.normal(), generator.normal())
        let root = c[0][0].squareRoot()
        x[0] = mean[0] + root * first
        x[1] = mean[1] + c[0][1] / root * first + (c[1][1] - c[0][1] * c[0][1] / c[0][0]).squareRoot() * second
      }
    ])
  }

  static let banana = GibbsSampler([
    .conditional { x, generator in x[0] = quartic(99.5 - 10 * x[1], using: &generator) },
    .conditional { x, generator in x[1] = -0.1 * (x[0] * x[0] - 100) + generator.normal() },
  ])

  /// A draw of exp(−(a² − m)²/200), by rejection from a normal distribution that lies above it.
  private static func quartic(_ m: Double, using generator: inout Philox) -> Double {
    let sign = generator.uniform() < 0.5 ? -1.0 : 1
    while true {
      if m > 20 {
        // (a² − m)² = (a − r)² (a + r)² ≥ m (a − r)² for a > 0, with r² = m.
        let a = m.squareRoot() + (100 / m).squareRoot() * generator.normal()
        let rest = (a * a - m) * (a * a - m) - m * (a - m.squareRoot()) * (a - m.squareRoot())
        if a > 0 && generator.uniform() < exp(-rest / 200) { return sign * a }
      } else {
        // (a² − k)² ≥ 0, so that (a² − m)² ≥ 2 (k − m) a² + m² − k².
        let k = max(m, 0) + 10
        let a = (50 / (k - m)).squareRoot() * generator.normal()
        if generator.uniform() < exp(-(a * a - k) * (a * a - k) / 200) { return a }
      }
    }
  }

  static func network() throws -> GibbsSampler {
    let data = try TargetReference.named(TargetName.network.rawValue).data
    let (inputs, y) = (try #require(data.x), try #require(data.y))
    let precisionOfNoise = 1 / pow(try #require(data.noiseSd), 2)
    return GibbsSampler([
      .conditional { w, generator in
        var precision = [Double](repeating: 0, count: 36)
        var linear = [Double](repeating: 0, count: 6)
        for i in 0..<6 { precision[7 * i] = 1 }
        for (x, y) in zip(inputs, y) {
          let features = (0..<5).map { tanh(w[$0] * x + w[5 + $0]) } + [1]
          for i in 0..<6 {
            linear[i] += precisionOfNoise * features[i] * y
            for j in 0..<6 { precision[6 * i + j] += precisionOfNoise * features[i] * features[j] }
          }
        }
        w.replaceSubrange(10..<16, with: normal(precision, linear, using: &generator))
      },
      .metropolis(0..<10),
    ])
  }

  /// A draw of N(A⁻¹ h, A⁻¹): with A = L Lᵀ, Lᵀ x = L⁻¹ h + z. Shapes row-major [n, n] and [n].
  private static func normal(_ a: [Double], _ h: [Double], using generator: inout Philox) -> [Double] {
    let n = h.count
    var l = a
    var x = h
    for i in 0..<n {
      for j in 0...i {
        for k in 0..<j { l[i * n + j] -= l[i * n + k] * l[j * n + k] }
        l[i * n + j] = i == j ? l[i * n + i].squareRoot() : l[i * n + j] / l[j * n + j]
      }
      for k in 0..<i { x[i] -= l[i * n + k] * x[k] }
      x[i] /= l[i * n + i]
    }
    for i in 0..<n { x[i] += generator.normal() }
    for i in (0..<n).reversed() {
      for k in i + 1..<max(n, i + 1) { x[i] -= l[k * n + i] * x[k] }
      x[i] /= l[i * n + i]
    }
    return x
  }
}
