//  LinearisedNetwork+Prediction.swift — from outputs with a normal distribution to predictions.
//
//  The equations are those of `LaplacePrediction`.

package import Arrays
import Foundation
import Probability

extension LinearisedOutputs {
  /// N and O.
  private var count: Int { means.shape[0] }
  private var width: Int { means.shape[1] }

  /// v. Shape [N, O].
  package var variances: DenseArray<Double> {
    DenseArray(
      (0..<count * width).map { place in
        let (n, k) = (place / width, place % width)
        return covariances.elements[(n * width + k) * width + k]
      }, shape: means.shape)
  }

  /// Equation (2). Shape [N, O]: the outputs by which softmax or sigmoid gives the probabilities.
  package var probitOutputs: DenseArray<Double> {
    DenseArray(
      zip(means.elements, variances.elements).map { $0 / (1 + Double.pi / 8 * max($1, 0)).squareRoot() },
      shape: means.shape)
  }

  /// α of equation (3). Shape [N, C].
  ///
  /// A class whose output hardly varies, given the sum, would have an infinite α and with it certainty, whatever μ says. But a
  /// Dirichlet distribution has Σ_kk = (1 − 2/K)/α_k + Σ_l 1/α_l / K² ≥ tr Σ / (K² − K), so that none has such variances. Then
  /// nothing is conditioned on, and α has the mode of f less its mean over classes, and the trace of its covariance:
  /// α = A softmax(μ) with tr Σ = (1 − 1/K) Σ 1/α.
  package var bridgeConcentrations: DenseArray<Double> {
    var all: [Double] = []
    for n in 0..<count {
      var mean = Array(means.elements[n * width..<(n + 1) * width])
      let own = covariances.elements[n * width * width..<(n + 1) * width * width]
      let sums = (0..<width).map { k in (0..<width).reduce(0.0) { $0 + own[own.startIndex + k * width + $1] } }
      let total = sums.reduce(0, +)
      var variances = (0..<width).map { own[own.startIndex + $0 * width + $0] }
      let centred = (mean, trace: variances.reduce(0, +) - total / Double(width))
      // Where the sum of the outputs has no variance there is nothing to condition on: what they have in common is no matter.
      let varies = total > 1e-10 * variances.reduce(0, +)
      let excess = mean.reduce(0, +)
      for k in 0..<width {
        let share = varies ? sums[k] / total : 1 / Double(width)
        mean[k] -= share * excess
        variances[k] = max(variances[k] - (varies ? share * sums[k] : 0), 0)
      }
      all += Self.concentrations(mean, variances) ?? Self.concentrations(centred.0, trace: centred.trace)
    }
    return DenseArray(all, shape: means.shape)
  }

  /// α of one μ and diag Σ; `nil` where no Dirichlet distribution has these variances.
  private static func concentrations(_ mean: [Double], _ variances: [Double]) -> [Double]? {
    let width = Double(mean.count)
    let least = max(variances.reduce(0, +) / (width * max(width - 1, 1)), leastVariance)
    // With two classes both variances are the bound, but for rounding.
    guard variances.allSatisfy({ $0 > 0.999 * least }) else { return nil }
    let inverses = mean.reduce(0) { $0 + Foundation.exp(-$1) }
    return zip(mean, variances).map {
      (1 - 2 / width + Foundation.exp($0) * inverses / (width * width)) / $1
    }
  }

  /// α in proportion to softmax(μ), with tr Σ.
  private static func concentrations(_ mean: [Double], trace: Double) -> [Double] {
    let inverses = mean.reduce(0) { $0 + Foundation.exp(-$1) }
    return mean.map { Foundation.exp($0) * inverses * (1 - 1 / Double(mean.count)) / max(trace, leastVariance) }
  }

  /// Below it nothing varies. Keeps α finite.
  private static let leastVariance = 1e-12

  /// Equation (4): draws of the outputs. Shape [S, N, O]. The noise of a draw is the same for all inputs, so that a prediction does not
  /// depend on what else is predicted.
  package func draws(_ count: Int, seed: UInt64) -> DenseArray<Double> {
    let (examples, width) = (self.count, width)
    let noise: DenseArray<Double> = {
      var generator = Philox(seed: seed, stream: 0)
      return generator.normal(shape: [count, width])
    }()
    var drawn = [Double](repeating: 0, count: count * examples * width)
    for n in 0..<examples {
      let factor = Self.semidefiniteFactor(
        Array(covariances.elements[n * width * width..<(n + 1) * width * width]), width)
      for draw in 0..<count {
        let base = (draw * examples + n) * width
        for row in 0..<width {
          var value = means.elements[n * width + row]
          for column in 0...row { value += factor[row * width + column] * noise.elements[draw * width + column] }
          drawn[base + row] = value
        }
      }
    }
    return DenseArray(drawn, shape: [count, examples, width])
  }

  /// L with L Lᵀ = Σ. A direction without variance gets a column of zeros: Σ is only semidefinite.
  private static func semidefiniteFactor(_ matrix: [Double], _ n: Int) -> [Double] {
    var factor = [Double](repeating: 0, count: n * n)
    let least = 1e-12 * (0..<n).reduce(0) { max($0, matrix[$1 * n + $1]) }
    for column in 0..<n {
      let pivot = (0..<column).reduce(matrix[column * n + column]) {
        $0 - factor[column * n + $1] * factor[column * n + $1]
      }
      guard pivot > least else { continue }
      let root = pivot.squareRoot()
      factor[column * n + column] = root
      for row in column + 1..<max(n, column + 1) {
        let rest = (0..<column).reduce(matrix[row * n + column]) { $0 - factor[row * n + $1] * factor[column * n + $1] }
        factor[row * n + column] = rest / root
      }
    }
    return factor
  }
}
