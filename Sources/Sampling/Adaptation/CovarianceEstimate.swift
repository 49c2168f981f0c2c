//  CovarianceEstimate.swift — variances or covariances of the draws of a window, shrunk.
//
//  Equations  (1) m ← m + (x − m)/n,   S ← S + (x − m_before)(x − m_after)ᵀ                [Welford 1962]
//             (2) C = n/(n + 5) S/(n − 1) + 5/(n + 5) 10⁻³ I                        [Stan Development Team 2024]

struct CovarianceEstimate: Codable, Hashable, Sendable {
  private let shape: MetricShape
  private(set) var count = 0
  private var mean: [Double]
  /// S: its diagonal, or row-major [D, D].
  private var squares: [Double]

  init(shape: MetricShape, dimension: Int) {
    self.shape = shape
    mean = [Double](repeating: 0, count: dimension)
    squares = [Double](repeating: 0, count: shape == .dense ? dimension * dimension : dimension)
  }

  mutating func add(_ x: [Double]) {
    count += 1
    let dimension = mean.count
    var before = x
    for i in 0..<dimension {
      before[i] -= mean[i]
      mean[i] += before[i] / Double(count)
    }
    if shape == .dense {
      for i in 0..<dimension {
        for j in 0..<dimension { squares[i * dimension + j] += before[i] * (x[j] - mean[j]) }
      }
    } else {
      for i in 0..<dimension { squares[i] += before[i] * (x[i] - mean[i]) }
    }
  }

  mutating func reset() { self = CovarianceEstimate(shape: shape, dimension: mean.count) }

  /// Equation (2); `nil` for a unit metric, for fewer than two draws, and where numbers have overflown.
  var metric: Metric? {
    guard shape != .unit, count > 1 else { return nil }
    let n = Double(count)
    let weight = n / (n + 5) / (n - 1)
    let floor = 1e-3 * 5 / (n + 5)
    if shape == .diagonal {
      let variances = squares.map { weight * $0 + floor }
      return variances.allSatisfy(\.isFinite) ? Metric(variances: variances) : nil
    }
    let dimension = mean.count
    var covariance = squares.map { weight * $0 }
    for i in 0..<dimension {
      covariance[i * dimension + i] += floor
      // Rounding leaves S symmetric only nearly.
      for j in 0..<i {
        let symmetric = 0.5 * (covariance[i * dimension + j] + covariance[j * dimension + i])
        covariance[i * dimension + j] = symmetric
        covariance[j * dimension + i] = symmetric
      }
    }
    return Metric(covariance: covariance, dimension: dimension)
  }

  /// (nₑ S/(n − 1) + D C)/(nₑ + D), for a dense metric C, or for the diagonal of S/(n − 1) without one; `nil` where that is not positive definite.
  ///
  /// Precondition: dense.
  func metric(mixedWith metric: Metric?, effectiveDraws: Double) -> Metric? {
    precondition(shape == .dense, "a \(shape) estimate mixed with a dense metric")
    guard count > 1 else { return nil }
    let dimension = mean.count
    let size = Double(dimension)
    let (own, other) = (effectiveDraws / (effectiveDraws + size), size / (effectiveDraws + size))
    let scale = 1 / Double(count - 1)
    var covariance = squares
    for i in 0..<dimension {
      for j in 0...i {
        let (a, b) = (i * dimension + j, j * dimension + i)
        // Rounding leaves S symmetric only nearly.
        let found = 0.5 * scale * (squares[a] + squares[b])
        let known = metric.map { $0.covariance[a] } ?? (i == j ? found : 0)
        covariance[a] = own * found + other * known
        covariance[b] = covariance[a]
      }
    }
    return Metric(covariance: covariance, dimension: dimension)
  }
}
