//  Tensor+Elementwise.swift — arithmetic and functions, element by element, with broadcasting.

public import Arrays

extension Tensor {
  /// The value repeated to `shape` by the usual rule: axes match from the last, extents of one repeat.
  public func broadcast(to shape: Shape) -> Tensor {
    self.shape == shape ? self : Tensor(.broadcast, [self], shape: shape)
  }

  package func unary(_ function: UnaryFunction) -> Tensor { Tensor(.unary(function), [self]) }

  package static func binary(_ function: BinaryFunction, _ x: Tensor, _ y: Tensor) -> Tensor {
    guard let shape = x.shape.broadcast(with: y.shape) else {
      preconditionFailure("\(function) of shapes \(x.shape) and \(y.shape), which do not broadcast")
    }
    return Tensor(.binary(function), [x.broadcast(to: shape), y.broadcast(to: shape)])
  }

  package func filled(_ value: Double) -> Tensor { .constant(value, shape: shape) }
}

extension Tensor {
  public static func + (x: Tensor, y: Tensor) -> Tensor { binary(.add, x, y) }
  public static func - (x: Tensor, y: Tensor) -> Tensor { binary(.subtract, x, y) }
  public static func * (x: Tensor, y: Tensor) -> Tensor { binary(.multiply, x, y) }
  public static func / (x: Tensor, y: Tensor) -> Tensor { binary(.divide, x, y) }
  public static func + (x: Tensor, y: Double) -> Tensor { x + x.filled(y) }
  public static func - (x: Tensor, y: Double) -> Tensor { x - x.filled(y) }
  public static func * (x: Tensor, y: Double) -> Tensor { x * x.filled(y) }
  public static func / (x: Tensor, y: Double) -> Tensor { x / x.filled(y) }
  public static func + (x: Double, y: Tensor) -> Tensor { y.filled(x) + y }
  public static func - (x: Double, y: Tensor) -> Tensor { y.filled(x) - y }
  public static func * (x: Double, y: Tensor) -> Tensor { y.filled(x) * y }
  public static func / (x: Double, y: Tensor) -> Tensor { y.filled(x) / y }
  public static prefix func - (x: Tensor) -> Tensor { x.unary(.negate) }
}

/// Comparisons: one where they hold, otherwise zero. No derivative passes through them.
extension Tensor {
  public static func .< (x: Tensor, y: Tensor) -> Tensor { binary(.less, x, y) }
  public static func .<= (x: Tensor, y: Tensor) -> Tensor { binary(.lessOrEqual, x, y) }
  public static func .> (x: Tensor, y: Tensor) -> Tensor { binary(.less, y, x) }
  public static func .>= (x: Tensor, y: Tensor) -> Tensor { binary(.lessOrEqual, y, x) }
  public static func .== (x: Tensor, y: Tensor) -> Tensor { binary(.equal, x, y) }
  public static func .< (x: Tensor, y: Double) -> Tensor { binary(.less, x, x.filled(y)) }
  public static func .<= (x: Tensor, y: Double) -> Tensor { binary(.lessOrEqual, x, x.filled(y)) }
  public static func .> (x: Tensor, y: Double) -> Tensor { binary(.less, x.filled(y), x) }
  public static func .>= (x: Tensor, y: Double) -> Tensor { binary(.lessOrEqual, x.filled(y), x) }
  public static func .== (x: Tensor, y: Double) -> Tensor { binary(.equal, x, x.filled(y)) }
}

/// The larger of two, element by element. On a tie the derivative is shared equally.
public func maximum(_ x: Tensor, _ y: Tensor) -> Tensor { .binary(.maximum, x, y) }

/// The smaller of two, element by element. On a tie the derivative is shared equally.
public func minimum(_ x: Tensor, _ y: Tensor) -> Tensor { .binary(.minimum, x, y) }

/// x where `condition` is not zero, otherwise y.
public func select(_ condition: Tensor, _ x: Tensor, _ y: Tensor) -> Tensor {
  guard let pair = x.shape.broadcast(with: y.shape), let shape = pair.broadcast(with: condition.shape) else {
    preconditionFailure("select of shapes \(condition.shape), \(x.shape) and \(y.shape), which do not broadcast")
  }
  return Tensor(.select, [condition, x, y].map { $0.broadcast(to: shape) })
}

/// x to the power y. Defined for x > 0, and for x = 0 with y > 0.
public func pow(_ x: Tensor, _ y: Tensor) -> Tensor { .binary(.power, x, y) }

/// x to a constant power.
public func pow(_ x: Tensor, _ y: Double) -> Tensor {
  switch y {
  case 0: x.filled(1)
  case 1: x
  case 2: x.squared
  case -1: x.unary(.reciprocal)
  case 0.5: sqrt(x)
  default: .binary(.power, x, x.filled(y))
  }
}

public func abs(_ x: Tensor) -> Tensor { x.unary(.absolute) }
public func sign(_ x: Tensor) -> Tensor { x.unary(.sign) }
public func floor(_ x: Tensor) -> Tensor { x.unary(.floor) }
public func sqrt(_ x: Tensor) -> Tensor { x.unary(.squareRoot) }
public func rsqrt(_ x: Tensor) -> Tensor { x.unary(.reciprocalSquareRoot) }
public func exp(_ x: Tensor) -> Tensor { x.unary(.exp) }
public func expm1(_ x: Tensor) -> Tensor { x.unary(.expMinusOne) }
public func log(_ x: Tensor) -> Tensor { x.unary(.log) }
public func log1p(_ x: Tensor) -> Tensor { x.unary(.logOnePlus) }
public func sin(_ x: Tensor) -> Tensor { x.unary(.sine) }
public func cos(_ x: Tensor) -> Tensor { x.unary(.cosine) }
public func tanh(_ x: Tensor) -> Tensor { x.unary(.tanh) }
/// 1 / (1 + exp(−x)).
public func sigmoid(_ x: Tensor) -> Tensor { x.unary(.sigmoid) }
/// log(1 + exp(x)), without overflow.
public func softplus(_ x: Tensor) -> Tensor { x.unary(.softplus) }
/// max(x, 0). Its derivative at zero is zero.
public func relu(_ x: Tensor) -> Tensor { x.unary(.relu) }
public func erf(_ x: Tensor) -> Tensor { x.unary(.erf) }
/// log |Γ(x)|. Its derivative is the digamma function.
public func lgamma(_ x: Tensor) -> Tensor { x.unary(.logGamma) }
public func digamma(_ x: Tensor) -> Tensor { x.unary(.digamma) }
/// Φ(x), the standard normal distribution function.
public func normalCumulative(_ x: Tensor) -> Tensor { exp(logNormalCumulative(x)) }
/// log Φ(x), as exact in the lower tail as elsewhere.
public func logNormalCumulative(_ x: Tensor) -> Tensor { x.unary(.logNormalCumulative) }

/// x for x > 0, otherwise slope · x.
public func leakyRelu(_ x: Tensor, slope: Double = 0.01) -> Tensor { select(x .> 0, x, x * slope) }
/// x for x > 0, otherwise α (exp(x) − 1).
public func elu(_ x: Tensor, alpha: Double = 1) -> Tensor { select(x .> 0, x, alpha * expm1(minimum(x, x.filled(0)))) }
/// x Φ(x), Φ the standard normal distribution function.
public func gelu(_ x: Tensor) -> Tensor { x * (0.5 * (1 + erf(x * 0.5.squareRoot()))) }
/// x sigmoid(x).
public func silu(_ x: Tensor) -> Tensor { x * sigmoid(x) }

extension Tensor {
  public var squared: Tensor { unary(.square) }
}
