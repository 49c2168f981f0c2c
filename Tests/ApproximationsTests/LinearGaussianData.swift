//  LinearGaussianData.swift — a linear model whose posterior is known in closed form.
//
//  Notation   X̃ = (x, 1) [30, 2]     σ = 0.5     s = 0.7     θ = (w, b)
//
//  Equations  (1) A = (X̃ᵀX̃ / σ² + I / s²)⁻¹     (2) m = A X̃ᵀ y / σ²

import Arrays
import Networks
import Probability
import Training

enum LinearGaussianData {
  static let noise = 0.5
  static let scale = 0.7

  static let model = BayesianModel(
    Network(inputs: 1) { Dense(1) }, prior: .normal(scale: scale), likelihood: .gaussian(noise: .fixed(noise)))

  static let examples: Examples = {
    var random = Philox(seed: 21)
    let x = (0..<30).map { _ in Float(1.5 * random.uniform()) }
    let y = x.map { 0.8 * $0 - 0.4 + 0.5 * Float(random.normal()) }
    return Examples(inputs: DenseArray(x, shape: [30, 1]), targets: DenseArray(y))
  }()

  /// Equations (1) and (2): the entries of A in the order ww, wb, bb.
  static let posterior: (mean: [Double], covariance: [Double]) = {
    var (ww, wb, bb, wy, by) = (1 / (scale * scale), 0.0, 1 / (scale * scale), 0.0, 0.0)
    for row in 0..<30 {
      let (x, y) = (Double(examples.inputs[row, 0]), Double(examples.targets[row]))
      ww += x * x / (noise * noise)
      wb += x / (noise * noise)
      bb += 1 / (noise * noise)
      wy += x * y / (noise * noise)
      by += y / (noise * noise)
    }
    let determinant = ww * bb - wb * wb
    let a = [bb / determinant, -wb / determinant, ww / determinant]
    return ([a[0] * wy + a[1] * by, a[1] * wy + a[2] * by], a)
  }()

  /// The mean of draws [S, 2] and the entries ww, wb, bb of their covariance.
  static func moments(_ draws: DenseArray<Float>) -> (mean: [Double], covariance: [Double]) {
    let count = draws.shape[0]
    let mean = (0..<2).map { column in (0..<count).reduce(0.0) { $0 + Double(draws[$1, column]) } / Double(count) }
    let covariance = [(0, 0), (0, 1), (1, 1)].map { i, j in
      (0..<count).reduce(0.0) { $0 + (Double(draws[$1, i]) - mean[i]) * (Double(draws[$1, j]) - mean[j]) }
        / Double(count - 1)
    }
    return (mean, covariance)
  }
}
