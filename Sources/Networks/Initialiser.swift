//  Initialiser.swift — the distributions from which parameters start.
//
//  Notation   i  fan-in     o  fan-out     v  variance of an element
//
//    LeCun    v = 1 / i          keeps the variance of a linear layer's outputs                     [LeCun 1998]
//    He       v = 2 / i          the same after a relu, which halves the second moment              [He 2015]
//    Glorot   v = 2 / (i + o)    a compromise between outputs and gradients                         [Glorot 2010]
//  A uniform distribution of variance v has the bounds ±√(3 v).
//
//    orthogonal   rows, or columns when there are more rows, orthonormal, times a gain              [Saxe 2014]

public import Arrays

/// How the initial values of a parameter are drawn.
public enum Initialiser: Hashable, Sendable, Codable {
  public enum Distribution: String, Hashable, Sendable, Codable { case normal, uniform }

  /// For weights, by the activation that follows: He for the relu family, Glorot for tanh and sigmoid, LeCun for none.
  case automatic
  case zeros
  case constant(Double)
  /// Normal with this standard deviation.
  case normal(Double)
  /// Uniform between ± this bound.
  case uniform(Double)
  case leCun(Distribution)
  case he(Distribution)
  case glorot(Distribution)
  /// A weight of shape [O, …] is taken as a matrix of O rows.
  case orthogonal(gain: Double)

  /// Itself, or for `automatic` what suits the activation.
  func settled(before activation: Activation) -> Initialiser {
    guard self == .automatic else { return self }
    switch activation {
    case .relu, .leakyRelu, .elu, .gelu, .silu, .softplus: return .he(.normal)
    case .tanh, .sigmoid: return .glorot(.normal)
    case .identity: return .leCun(.normal)
    }
  }

  /// The elements of a parameter, in row-major order.
  public func values(
    shape: Shape, fanIn: Int, fanOut: Int, using generator: inout some RandomNumberGenerator
  ) -> [Double] {
    switch self {
    case .zeros: return [Double](repeating: 0, count: shape.count)
    case .constant(let value): return [Double](repeating: value, count: shape.count)
    case .normal(let deviation): return normals(shape.count, deviation, &generator)
    case .uniform(let bound): return uniforms(shape.count, bound, &generator)
    case .automatic: return draw(.normal, variance: 1 / Double(fanIn), shape.count, &generator)
    case .leCun(let distribution): return draw(distribution, variance: 1 / Double(fanIn), shape.count, &generator)
    case .he(let distribution): return draw(distribution, variance: 2 / Double(fanIn), shape.count, &generator)
    case .glorot(let distribution):
      return draw(distribution, variance: 2 / Double(fanIn + fanOut), shape.count, &generator)
    case .orthogonal(let gain):
      let rows = shape.extents.first ?? 1
      guard rows > 0 else { return [] }
      return orthogonalMatrix(rows: rows, columns: shape.count / rows, using: &generator).map { gain * $0 }
    }
  }

  private func draw(
    _ distribution: Distribution, variance: Double, _ count: Int, _ generator: inout some RandomNumberGenerator
  ) -> [Double] {
    switch distribution {
    case .normal: normals(count, variance.squareRoot(), &generator)
    case .uniform: uniforms(count, (3 * variance).squareRoot(), &generator)
    }
  }

  private func normals(_ count: Int, _ deviation: Double, _ generator: inout some RandomNumberGenerator) -> [Double] {
    standardNormals(count, using: &generator).map { deviation * $0 }
  }

  private func uniforms(_ count: Int, _ bound: Double, _ generator: inout some RandomNumberGenerator) -> [Double] {
    (0..<count).map { _ in bound * (2 * openUniform(using: &generator) - 1) }
  }
}
