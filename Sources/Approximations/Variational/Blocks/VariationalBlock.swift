//  VariationalBlock.swift — a part of θ with a distribution whose draws are a traced function of its parameters and noise.
//
//  Notation   n  elements of the part     λ  parameters of its distribution q, [count]     ε  standard normal noise
//
//  Blocks are independent of each other: a family over θ is a list of blocks, one behind the other, and log q is the sum of theirs.
//
//  Adam moves each number by about the learning rate, whatever its meaning. Where k numbers together make the deviation of an
//  element of θ, a step of all would move that deviation by √k rates, and by as much again however small it is: more noise than
//  the last steps of a schedule can forget. Such numbers are trained as shares x of the deviation σ that the block has without
//  them, σ x / √k: a step moves the deviation by about the rate, relative to itself, as it moves that of a mean field.

package import Arrays
import Foundation
import Optimization
package import Programs

/// Standard normal noise of a shape. Each call of a draw is other noise.
package typealias BlockNoise = (Shape) -> Tensor

/// One draw of a part of θ.
package struct BlockDraw {
  /// θ. Shape [n].
  package let values: Tensor
  /// log q(θ), or `nil` for a point. Shape []. Unit: nats.
  package let logDensity: Tensor?
  /// −E_q log q with all constants, where it is in closed form. Shape [].
  package var entropy: Tensor?
  /// E_q θ and the marginal variances, where they are in closed form: what the divergence from a normal prior needs. Shapes [n].
  package var moments: (mean: Tensor, variance: Tensor)?

  package init(
    values: Tensor, logDensity: Tensor?, entropy: Tensor? = nil, moments: (mean: Tensor, variance: Tensor)? = nil
  ) {
    self.values = values
    self.logDensity = logDensity
    self.entropy = entropy
    self.moments = moments
  }
}

/// A distribution over n elements of θ.
package protocol VariationalBlock: Sendable {
  /// n.
  var size: Int { get }
  /// The length of λ.
  var count: Int { get }
  /// What a fit holds at its most, in vectors as long as those of λ's numbers that are neither means nor spreads.
  var vectors: Double { get }
  /// λ of a distribution around `means`, about as wide as `deviations`.
  func start(means: [Double], deviations: [Double], using random: inout Philox) -> [Double]
  /// A draw. `lambda` has shape [count].
  func draw(_ lambda: Tensor, noise: BlockNoise) -> BlockDraw
  /// λ from the numbers that an optimiser moves. Shape [count], kept.
  func lambda(ofTrained vector: Tensor) -> Tensor
  /// The inverse of it.
  func trained(_ lambda: [Double]) -> [Double]
}

extension VariationalBlock {
  package var vectors: Double { 8 }
  package func lambda(ofTrained vector: Tensor) -> Tensor { vector }
  package func trained(_ lambda: [Double]) -> [Double] { lambda }
}

/// A block with λ = (μ, ρ, B), whose matrix B is trained as shares of softplus(ρ), row by row.
package protocol SharesBlock: VariationalBlock {
  /// Of B, which has n rows.
  var columns: Int { get }
  /// Why a fit takes more memory than the limit, in bytes; `nil` where it does not.
  func memoryProblem(limit: Int) -> String?
}

extension SharesBlock {
  /// Of a fit, 42 vectors of size n with it. Unit: bytes. In doubles, since a count may be beyond whole numbers.
  var memory: Double { 4 * Double(size) * (42 + vectors * Double(columns)) }

  package var count: Int { size * (columns + 2) }

  package func lambda(ofTrained vector: Tensor) -> Tensor {
    var parts = BlockParameters(vector)
    let (mean, spread, shares) = (parts.take([size]), parts.take([size]), parts.take([size, columns]))
    return concatenate([mean, spread, NormalBlock.parts(shares, of: spread)], axis: 0)
  }

  package func trained(_ lambda: [Double]) -> [Double] {
    lambda[..<(2 * size)] + NormalBlock.shares(lambda[(2 * size)...], of: lambda[size..<2 * size], columns: columns)
  }
}

/// Takes λ apart, piece by piece.
struct BlockParameters {
  private let lambda: Tensor
  private var place = 0

  init(_ lambda: Tensor) { self.lambda = lambda }

  mutating func take(_ shape: Shape) -> Tensor {
    defer { place += shape.count }
    return lambda.slice(axis: 0, place..<place + shape.count).reshaped(shape)
  }
}

/// Constants and products that blocks share.
enum NormalBlock {
  /// ½ log 2π.
  static let halfLogTwoPi = 0.5 * logOfTwoPi
  private static let logOfTwoPi = 1.837_877_066_409_345_5

  /// −½ Σ ε² − ½ n log 2π.
  static func logDensity(of noise: Tensor) -> Tensor {
    noise.squared.sum() * -0.5 - Double(noise.shape.count) * halfLogTwoPi
  }

  /// ½ n (1 + log 2π).
  static func entropyConstant(_ count: Int) -> Double { Double(count) * (0.5 + halfLogTwoPi) }

  /// ρ of σ for each.
  static func spreads(_ deviations: [Double]) -> [Double] { deviations.map { inverseSoftplus($0) } }

  /// σ x / √k, row by row: what shares x of the deviations softplus(ρ) are. Shapes [n, k], [n] → [n k].
  static func parts(_ shares: Tensor, of spread: Tensor) -> Tensor {
    let (rows, columns) = (shares.shape[0], shares.shape[1])
    let unit = softplus(spread) * (1 / Double(columns).squareRoot())
    return (shares * unit.reshaped([rows, 1])).reshaped([rows * columns])
  }

  /// The inverse: x of a matrix with `columns` columns and of ρ.
  static func shares(_ matrix: ArraySlice<Double>, of spread: ArraySlice<Double>, columns: Int) -> [Double] {
    matrix.enumerated().map { place, value in
      let rho = spread[spread.startIndex + place / columns]
      return value * Double(columns).squareRoot() / (max(rho, 0) + log1p(Foundation.exp(-abs(rho))))
    }
  }

  /// L from a square matrix: what lies below its diagonal, and softplus of `diagonal` on it. Shapes [n, n], [n] → [n, n].
  static func lowerFactor(_ matrix: Tensor, diagonal: Tensor) -> Tensor {
    let shape = matrix.shape
    let (rows, columns) = (Tensor.iota(shape: shape, axis: 0), Tensor.iota(shape: shape, axis: 1))
    let onDiagonal = softplus(diagonal).reshaped([shape[0], 1]).broadcast(to: shape)
    return select(
      rows .> columns, matrix, select(rows .== columns, onDiagonal, .constant(0, shape: shape)))
  }
}
