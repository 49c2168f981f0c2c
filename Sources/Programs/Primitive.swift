//  Primitive.swift — the closed set of operations that every program is made of.
//
//  A transformation (differentiation, planning) is a table with one rule for each of these. What is missing here is
//  composed of these in `Tensor+….swift`; elementwise chains are fused again by the plan, so composing costs nothing.

import Arrays

/// An elementwise function of one argument.
public enum UnaryFunction: UInt8, Hashable, Sendable, CaseIterable {
  case negate, absolute, sign, square, reciprocal, squareRoot, reciprocalSquareRoot, floor
  case exp, expMinusOne, log, logOnePlus, sine, cosine
  case tanh, sigmoid, softplus, relu
  /// One where the argument is positive, otherwise zero.
  case step
  case erf, logGamma, digamma, trigamma
  /// log Φ, Φ the standard normal distribution function.
  case logNormalCumulative
}

/// An elementwise function of two arguments. Comparisons give one or zero.
public enum BinaryFunction: UInt8, Hashable, Sendable, CaseIterable {
  case add, subtract, multiply, divide, maximum, minimum, power, less, lessOrEqual, equal
}

/// A reduction over axes. The maximum over nothing is −∞, the sum is 0.
public enum Reduction: UInt8, Hashable, Sendable { case sum, maximum }

/// A distribution of independent random numbers.
public enum RandomDistribution: UInt8, Hashable, Sendable {
  /// Uniform on the open interval (0, 1).
  case uniform
  /// Standard normal.
  case normal
  /// Uniform on the 65 536 numbers (k + ½) 2⁻¹⁶: for masks, at half the cost. Less than p with a probability within 2⁻¹⁷
  /// of p.
  case coarseUniform
}

/// How a window slides over images [N, C, H, W]; a one-dimensional convolution has H = 1.
public struct Window: Hashable, Sendable {
  public var size: [Int]
  public var stride: [Int]
  /// Zeros added before and after each axis.
  public var padding: [Int]
  public var dilation: [Int]
  public var groups: Int

  /// Each list has an entry for the height and one for the width.
  public init(
    size: [Int], stride: [Int] = [1, 1], padding: [Int] = [0, 0], dilation: [Int] = [1, 1], groups: Int = 1
  ) {
    precondition(
      [size, stride, padding, dilation].allSatisfy { $0.count == 2 }, "a window has a height and a width in each entry")
    precondition(
      size.allSatisfy { $0 > 0 } && stride.allSatisfy { $0 > 0 } && dilation.allSatisfy { $0 > 0 } && groups > 0
        && padding.allSatisfy { $0 >= 0 },
      "a window has positive sizes, strides, dilations and groups, and padding of at least zero")
    self.size = size
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.groups = groups
  }

  /// The extents that windows over an image of `extents` (height, width) give.
  /// Precondition: the dilated window fits the padded image.
  public func outputExtents(_ extents: [Int]) -> [Int] {
    (0..<2).map { axis in
      let span = extents[axis] + 2 * padding[axis] - dilation[axis] * (size[axis] - 1) - 1
      precondition(
        span >= 0,
        "a window of \(size) with dilation \(dilation) does not fit an image of \(extents) padded by \(padding)")
      return span / stride[axis] + 1
    }
  }
}

/// One operation. Shapes of operands and result: `ShapeRules.swift`. Derivatives: `GradientRules.swift`.
public enum Primitive: Hashable, Sendable {
  // Sources.
  case input(Int)
  case constant(Double)
  case array([Double])
  /// 0, 1, 2, … along `axis`.
  case iota(axis: Int)
  case random(RandomDistribution, site: UInt32)

  // Elementwise; operands have the shape of the result.
  case unary(UnaryFunction)
  case binary(BinaryFunction)
  /// (condition, x, y): x where the condition is not zero, otherwise y.
  case select
  /// The identity, through which no derivative passes.
  case stopGradient

  // Views and movements.
  case reshape
  case broadcast
  case transpose([Int])
  case slice(starts: [Int], strides: [Int])
  /// Puts the operand into zeros: element i of it lands at starts + i · strides.
  case scatterSlice(starts: [Int], strides: [Int])
  case concatenate(axis: Int)
  /// (table [R, …], indices [N]) → [N, …]. Indices are whole numbers carried in the element type.
  case gatherRows
  /// (indices [N], updates [N, …]) → [R, …], rows added up.
  case scatterAddRows

  // Reductions.
  case reduce(Reduction, axes: [Int])
  /// Over the last axis.
  case logSumExp
  case softmax
  /// (logits [N, C], labels [N]) → [N], in nats.
  case softmaxCrossEntropy

  // Products.
  /// (A, B) → A B over the last two axes, either one transposed, leading axes alike.
  case matmul(transposeLeft: Bool, transposeRight: Bool)
  /// (x [N, I], W [O, I], b [O]) → x Wᵀ + b.
  case linear
  /// (x [N, C, H, W], weight [O, C / groups, h, w]) → [N, O, H′, W′].
  case convolution(Window)
  /// The adjoint in x: (weight, cotangent) → shape of x.
  case convolutionInputGradient(Window)
  /// The adjoint in the weight: (x, cotangent) → shape of the weight.
  case convolutionWeightGradient(Window)
  case maxPool(Window)
  /// (x, cotangent) → shape of x: each cotangent goes to the place of its maximum (the first, on a tie).
  case maxPoolScatter(Window)
  /// (x, values like x) → the values at the places of the maxima of x.
  case maxPoolGather(Window)

  // Linear algebra, over the last two axes of rank-2 operands.
  case cholesky
  /// (L, B) → L⁻¹ B or L⁻ᵀ B, L lower triangular.
  case triangularSolve(transposed: Bool)
  /// The lower triangle with the diagonal; the rest zero.
  case lowerTriangle
}

extension Primitive {
  /// Whether the operation acts on each element by itself, so that chains of it can be fused.
  package var isElementwise: Bool {
    switch self {
    case .unary, .binary, .select, .stopGradient: true
    default: false
    }
  }

  /// Whether it has no operands and is computed where it is needed.
  package var isSource: Bool {
    switch self {
    case .constant, .iota, .random, .array, .input: true
    default: false
    }
  }

  /// Whether the result is memory of its operand, seen differently.
  var isView: Bool {
    switch self {
    case .reshape, .broadcast, .transpose, .slice: true
    default: false
    }
  }
}
