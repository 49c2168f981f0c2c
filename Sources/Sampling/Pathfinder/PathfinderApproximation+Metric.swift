//  PathfinderApproximation+Metric.swift — a dense metric for the chains that begin at a draw of the approximation.
//
//  Notation   m  the mean of the approximation, [D]     H  its covariance, [D, D], a diagonal and a low rank
//             g = ∇ log p
//
//  Equations  (1) A = −∂g/∂x at m, by central differences of 10⁻³ √Hⱼⱼ along each coordinate, made symmetric
//             (2) C = A⁻¹, or H where A is not positive definite
//
//  The path to the mode has seen as many directions as it has steps in memory; (1) sees all. Exact where p is normal.
//  Cost       2 D gradients and 2 D³/3 flops.

import Foundation

extension PathfinderApproximation {
  /// Equation (2); `nil` where rounding leaves neither positive definite.
  package func metric(of density: DensityFunction) -> Metric? {
    let dimension = mean.count
    let columns = (0..<dimension).map { axis in
      covariance.times((0..<dimension).map { $0 == axis ? 1 : 0 })
    }
    var curvature = [Double](repeating: 0, count: dimension * dimension)
    for axis in 0..<dimension {
      let width = 1e-3 * columns[axis][axis].squareRoot()
      func gradient(_ change: Double) -> [Double] {
        var x = mean
        x[axis] += change
        return ChainPoint(x, density).gradient
      }
      let (before, after) = (gradient(-width), gradient(width))
      for i in 0..<dimension {  // (1)
        let slope = 0.5 * (before[i] - after[i]) / (2 * width)
        curvature[axis * dimension + i] += slope
        curvature[i * dimension + axis] += slope
      }
    }
    if let inverse = inverseOfPositive(curvature, dimension),
      let metric = Metric(covariance: inverse, dimension: dimension)
    {
      return metric
    }
    return Metric(covariance: Array(columns.joined()), dimension: dimension)
  }
}

/// A⁻¹, row-major; `nil` where A is not positive definite. Shapes [n, n].
private func inverseOfPositive(_ a: [Double], _ n: Int) -> [Double]? {
  guard let l = choleskyFactor(a, n) else { return nil }
  // Row i of K = L⁻¹, lower triangular.
  var k = [Double](repeating: 0, count: n * n)
  for i in 0..<n {
    for j in 0...i {
      var sum = i == j ? 1.0 : 0
      for m in j..<max(i, j) { sum -= l[i * n + m] * k[m * n + j] }
      k[i * n + j] = sum / l[i * n + i]
    }
  }
  var inverse = k
  for i in 0..<n {
    for j in 0...i {
      var sum = 0.0
      for m in i..<n { sum += k[m * n + i] * k[m * n + j] }
      inverse[i * n + j] = sum
      inverse[j * n + i] = sum
    }
  }
  return inverse
}
