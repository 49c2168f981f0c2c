//  Metric.swift — the kinetic energy of Hamiltonian samplers.
//
//  Notation   p  momentum, [D]     C = M⁻¹  an estimate of the covariance of the target, [D, D]     C = L Lᵀ
//
//  Equations  (1) K(p) = 1/2 pᵀ C p,   velocity v = C p,   p ~ N(0, C⁻¹)
//             (2) diagonal: p = z/√c;  dense: Lᵀ p = z, for then Cov p = L⁻ᵀ L⁻¹ = C⁻¹
//
//  Cost       a velocity: D numbers for a unit or diagonal metric, D² for a dense one; a new dense metric D³/3.

import Arrays
import CKernels

/// The shape of a metric, and of what is learned of it while warming up.
public enum MetricShape: String, Codable, Hashable, Sendable, CaseIterable {
  /// C = I, nothing learned.
  case unit
  /// C is the variances.
  case diagonal
  /// C is the covariance. For strongly correlated parameters, up to some hundreds.
  case dense
}

/// C, in the form that its shape needs.
public struct Metric: Codable, Hashable, Sendable {
  public let shape: MetricShape
  /// The diagonal of C. Shape [D].
  public let variances: [Double]
  private let deviations: [Double]
  /// C, row-major [D, D]; empty unless dense.
  let covariance: [Double]
  /// L, row-major [D, D]; empty unless dense.
  private let factor: [Double]

  /// C = I.
  public init(shape: MetricShape, dimension: Int) {
    self.shape = shape
    variances = [Double](repeating: 1, count: dimension)
    deviations = variances
    let identity = (0..<dimension * dimension).lazy.map { $0 % (dimension + 1) == 0 ? 1.0 : 0 }
    covariance = shape == .dense ? Array(identity) : []
    factor = covariance
  }

  /// C is diagonal. Precondition: all variances are positive.
  public init(variances: [Double]) {
    precondition(variances.allSatisfy { $0 > 0 }, "the variances of a metric are positive")
    shape = .diagonal
    self.variances = variances
    deviations = variances.map { $0.squareRoot() }
    covariance = []
    factor = []
  }

  /// C is dense, row-major [D, D]; `nil` where it is not positive definite.
  public init?(covariance: [Double], dimension: Int) {
    guard let factor = choleskyFactor(covariance, dimension) else { return nil }
    shape = .dense
    self.covariance = covariance
    self.factor = factor
    variances = (0..<dimension).map { covariance[$0 * dimension + $0] }
    deviations = variances.map { $0.squareRoot() }
  }

  /// D.
  public var dimension: Int { variances.count }

  /// v = C p.
  func velocity(_ p: UnsafePointer<Double>, _ v: UnsafeMutablePointer<Double>) {
    let count = dimension
    switch shape {
    case .unit: v.update(from: p, count: count)
    case .diagonal:
      variances.withUnsafeBufferPointer { c in for i in 0..<count { v[i] = c[i] * p[i] } }
    case .dense:
      covariance.withUnsafeBufferPointer { c in
        guard let row = c.baseAddress else { return }
        for i in 0..<count { v[i] = dot(row + i * count, p, count: count) }
      }
    }
  }

  /// p′ ← p + h g, x′ ← x + ε v with v = C p′: the first two parts of a leapfrog step, in one pass but for a dense metric.
  func drift(
    from start: PhasePoint, to end: PhasePoint, half: Double, whole: Double, velocity v: UnsafeMutablePointer<Double>
  ) {
    let count = dimension
    switch shape {
    case .unit:
      credence_double_table().pointee.drift(
        start.position, start.momentum, start.gradient, nil, half, whole, end.position, end.momentum, count)
    case .diagonal:
      variances.withUnsafeBufferPointer { c in
        credence_double_table().pointee.drift(
          start.position, start.momentum, start.gradient, c.baseAddress, half, whole, end.position, end.momentum, count)
      }
    case .dense:
      if start.position != end.position { end.position.update(from: start.position, count: count) }
      if start.momentum != end.momentum { end.momentum.update(from: start.momentum, count: count) }
      credence_double_table().pointee.scaled_add(start.gradient, half, end.momentum, count)
      velocity(end.momentum, v)
      credence_double_table().pointee.scaled_add(v, whole, end.position, count)
    }
  }

  /// p ← p + h g and v = C p: the last part of a leapfrog step. Returns pᵀ C p.
  func kick(_ point: PhasePoint, half: Double, velocity v: UnsafeMutablePointer<Double>) -> Double {
    let count = dimension
    switch shape {
    case .unit: return credence_double_table().pointee.kick(point.momentum, point.gradient, nil, half, v, count)
    case .diagonal:
      return variances.withUnsafeBufferPointer { c in
        credence_double_table().pointee.kick(point.momentum, point.gradient, c.baseAddress, half, v, count)
      }
    case .dense:
      credence_double_table().pointee.scaled_add(point.gradient, half, point.momentum, count)
      return square(point.momentum, velocity: v)
    }
  }

  /// p ~ N(0, C⁻¹), equation (2). One draw.
  func drawMomentum(_ p: UnsafeMutablePointer<Double>, using generator: inout Philox) {
    let count = dimension
    generator.fillNormal(UnsafeMutableBufferPointer(start: p, count: count))
    switch shape {
    case .unit: break
    case .diagonal: deviations.withUnsafeBufferPointer { s in for i in 0..<count { p[i] /= s[i] } }
    case .dense:
      factor.withUnsafeBufferPointer { l in
        for i in (0..<count).reversed() {
          p[i] /= l[i * count + i]
          for j in 0..<i { p[j] -= l[i * count + j] * p[i] }
        }
      }
    }
  }

  /// x ← √C z: a vector with covariance C from a standard normal one, in place.
  func colour(_ z: UnsafeMutablePointer<Double>) {
    let count = dimension
    switch shape {
    case .unit: break
    case .diagonal: deviations.withUnsafeBufferPointer { s in for i in 0..<count { z[i] *= s[i] } }
    case .dense:
      factor.withUnsafeBufferPointer { l in
        for i in (0..<count).reversed() {
          var sum = 0.0
          for j in 0...i { sum += l[i * count + j] * z[j] }
          z[i] = sum
        }
      }
    }
  }

  /// x ← o + t Lᵢ with column i of L, for a dense metric; coordinates before i are left as they are.
  func advance(_ x: UnsafeMutablePointer<Double>, from o: UnsafePointer<Double>, by t: Double, along i: Int) {
    let count = dimension
    factor.withUnsafeBufferPointer { l in for k in i..<count { x[k] = o[k] + t * l[k * count + i] } }
  }

  /// g ← √Cᵀ g: a gradient in the coordinates in which C is the unit, in place.
  func colourTransposed(_ g: UnsafeMutablePointer<Double>) {
    let count = dimension
    guard shape == .dense else { return colour(g) }
    factor.withUnsafeBufferPointer { l in
      for i in 0..<count {
        var sum = 0.0
        for j in i..<count { sum += l[j * count + i] * g[j] }
        g[i] = sum
      }
    }
  }

  /// pᵀ C p for any p, with memory for a velocity.
  func square(_ p: UnsafePointer<Double>, velocity v: UnsafeMutablePointer<Double>) -> Double {
    velocity(p, v)
    return dot(p, v, count: dimension)
  }
}

/// L, lower triangular and row-major, with L Lᵀ = A; `nil` where A is not positive definite. Shapes [n, n].
func choleskyFactor(_ a: [Double], _ n: Int) -> [Double]? {
  var l = [Double](repeating: 0, count: n * n)
  for i in 0..<n {
    for j in 0...i {
      var sum = a[i * n + j]
      for k in 0..<j { sum -= l[i * n + k] * l[j * n + k] }
      if i == j {
        guard sum > 0, sum.isFinite else { return nil }
        l[i * n + i] = sum.squareRoot()
      } else {
        l[i * n + j] = sum / l[j * n + j]
      }
    }
  }
  return l
}

extension Metric {
  /// log N(x; m, C) without its constant: −1/2 (x − m)ᵀ C⁻¹ (x − m).
  func logDensity(_ x: [Double], mean: [Double]) -> Double {
    var z = zip(x, mean).map { $0 - $1 }
    switch shape {
    case .unit: break
    case .diagonal: for i in z.indices { z[i] /= deviations[i] }
    case .dense:
      let count = dimension
      for i in 0..<count {
        for j in 0..<i { z[i] -= factor[i * count + j] * z[j] }
        z[i] /= factor[i * count + i]
      }
    }
    return -0.5 * z.reduce(0) { $0 + $1 * $1 }
  }
}
