//  GradientRules.swift — the table of derivatives: for each primitive, what a cotangent of the result gives its operands.
//
//  Notation   y = f(x…) the recorded tensor,  g the cotangent of y,  and for each operand x:  gᵀ ∂y/∂x.
//
//  Rules of linear operations are their adjoints, and the adjoints are primitives again, so the table is closed.

import Arrays

enum GradientRule {
  private static let halfLogTwoPi = 0x1.d67f1c864beb5p-1

  /// One entry for each operand; `nil` where no derivative passes. Operands outside of `active` may be left out.
  static func contributions(to y: Tensor, _ g: Tensor, _ active: Set<ObjectIdentifier>) -> [Tensor?] {
    let x = y.node.operands
    func wanted(_ i: Int) -> Bool { active.contains(x[i].identity) }
    func when(_ i: Int, _ contribution: @autoclosure () -> Tensor) -> Tensor? { wanted(i) ? contribution() : nil }
    switch y.node.primitive {
    case .input, .constant, .array, .iota, .random: return []
    case .stopGradient: return [nil]
    case .unary(let function): return [unary(function, x[0], y, g)]
    case .binary(let function): return binary(function, x[0], x[1], y, g, wanted)
    case .select: return [nil, when(1, select(x[0], g, g.filled(0))), when(2, select(x[0], g.filled(0), g))]

    case .reshape: return [g.reshaped(x[0].shape)]
    case .broadcast: return [summed(g, to: x[0].shape)]
    case .transpose(let order):
      return [g.transposed(order.indices.map { axis in order.firstIndex(of: axis) ?? axis })]
    case .slice(let starts, let strides):
      return [Tensor(.scatterSlice(starts: starts, strides: strides), [g], shape: x[0].shape)]
    case .scatterSlice(let starts, let strides):
      return [Tensor(.slice(starts: starts, strides: strides), [g], shape: x[0].shape)]
    case .concatenate(let axis):
      var start = 0
      return x.map { part in
        defer { start += part.shape[axis] }
        return g.slice(axis: axis, start..<start + part.shape[axis])
      }
    case .gatherRows: return [when(0, g.scatterAddRows(at: x[1], rows: x[0].shape[0])), nil]
    case .scatterAddRows: return [nil, when(1, g.gatherRows(at: x[0]))]

    case .reduce(.sum, let axes): return [restored(g, axes, x[0].shape).broadcast(to: x[0].shape)]
    case .reduce(.maximum, let axes):
      let hits = x[0] .== restored(y, axes, x[0].shape)
      let share = restored(g, axes, x[0].shape) / hits.sum(axes: axes, keepingAxes: true)
      return [hits * share]
    case .logSumExp:
      return [x[0].softmax() * restored(g, [x[0].shape.rank - 1], x[0].shape)]
    case .softmax:
      return [y * (g - (g * y).sum(axes: [-1], keepingAxes: true))]
    case .softmaxCrossEntropy:
      let column: Shape = [g.shape[0], 1]
      return [when(0, (x[0].softmax() - oneHot(x[1], classes: x[0].shape[1])) * g.reshaped(column)), nil]

    case .matmul(let left, let right): return product(x[0], left, x[1], right, g, wanted)
    case .linear:
      return [
        when(0, matmul(g, x[1])), when(1, matmul(g, x[0], transposeLeft: true)), when(2, g.sum(axes: [0])),
      ]
    case .convolution(let window):
      return [
        when(0, Tensor(.convolutionInputGradient(window), [x[1], g], shape: x[0].shape)),
        when(1, Tensor(.convolutionWeightGradient(window), [x[0], g], shape: x[1].shape)),
      ]
    case .convolutionInputGradient(let window):
      return [
        when(0, Tensor(.convolutionWeightGradient(window), [g, x[1]], shape: x[0].shape)),
        when(1, Tensor(.convolution(window), [g, x[0]])),
      ]
    case .convolutionWeightGradient(let window):
      return [
        when(0, Tensor(.convolutionInputGradient(window), [g, x[1]], shape: x[0].shape)),
        when(1, Tensor(.convolution(window), [x[0], g])),
      ]
    case .maxPool(let window): return [Tensor(.maxPoolScatter(window), [x[0], g])]
    case .maxPoolScatter(let window): return [nil, when(1, Tensor(.maxPoolGather(window), [x[0], g]))]
    case .maxPoolGather(let window): return [nil, when(1, Tensor(.maxPoolScatter(window), [x[0], g]))]

    case .cholesky: return [cholesky(y, g)]
    case .triangularSolve(let transposed): return triangularSolve(x[0], y, g, transposed, wanted)
    case .lowerTriangle: return [g.lowerTriangle]
    }
  }

  private static func unary(_ function: UnaryFunction, _ x: Tensor, _ y: Tensor, _ g: Tensor) -> Tensor? {
    switch function {
    case .negate: -g
    case .absolute: g * sign(x)
    case .sign, .floor, .step: nil
    case .square: g * (2 * x)
    case .reciprocal: -(g * y.squared)
    case .squareRoot: g * (0.5 / y)
    case .reciprocalSquareRoot: g * (-0.5 * (y * y.squared))
    case .exp: g * y
    case .expMinusOne: g * (y + 1)
    case .log: g / x
    case .logOnePlus: g / (1 + x)
    case .sine: g * cos(x)
    case .cosine: -(g * sin(x))
    case .tanh: g * (1 - y.squared)
    case .sigmoid: g * (y * (1 - y))
    case .softplus: g * sigmoid(x)
    case .relu: g * y.unary(.step)
    case .erf: g * ((2 / Double.pi.squareRoot()) * exp(-x.squared))
    case .logGamma: g * digamma(x)
    case .digamma: g * x.unary(.trigamma)
    case .logNormalCumulative: g * exp(-0.5 * x.squared - (y + halfLogTwoPi))
    case .trigamma: preconditionFailure("the derivative of the trigamma function is not provided")
    }
  }

  private static func binary(
    _ function: BinaryFunction, _ a: Tensor, _ b: Tensor, _ y: Tensor, _ g: Tensor, _ wanted: (Int) -> Bool
  ) -> [Tensor?] {
    func pair(_ left: @autoclosure () -> Tensor, _ right: @autoclosure () -> Tensor) -> [Tensor?] {
      [wanted(0) ? left() : nil, wanted(1) ? right() : nil]
    }
    switch function {
    case .add: return pair(g, g)
    case .subtract: return pair(g, -g)
    case .multiply: return pair(g * b, g * a)
    case .divide: return pair(g / b, -(g * y / b))
    case .maximum, .minimum:
      // One where a wins, a half where they tie.
      let wins = function == .maximum ? a .> b : a .< b
      let share = wins + 0.5 * (a .== b)
      return pair(g * share, g * (1 - share))
    case .power:
      return pair(g * (b * pow(a, b - 1)), g * select(a .> 0, y * log(select(a .> 0, a, a.filled(1))), a.filled(0)))
    case .less, .lessOrEqual, .equal: return [nil, nil]
    }
  }

  /// For C = op(A) op(B): the four cases of each side, without a transpose of any result.
  private static func product(
    _ a: Tensor, _ left: Bool, _ b: Tensor, _ right: Bool, _ g: Tensor, _ wanted: (Int) -> Bool
  ) -> [Tensor?] {
    let toA = {
      left
        ? matmul(b, g, transposeLeft: right, transposeRight: true)
        : matmul(g, b, transposeLeft: false, transposeRight: !right)
    }
    let toB = {
      right
        ? matmul(g, a, transposeLeft: true, transposeRight: left)
        : matmul(a, g, transposeLeft: !left, transposeRight: false)
    }
    return [wanted(0) ? toA() : nil, wanted(1) ? toB() : nil]
  }

  /// With A = L Lᵀ and Φ(M) the lower triangle of M with half its diagonal, the cotangent of A, which is symmetric, is
  /// the symmetric part of L⁻ᵀ Φ(Lᵀ G) L⁻¹.  [Murray 2016, Differentiation of the Cholesky decomposition]
  ///
  /// Only the lower triangle of A is read, so the two mirrored entries are added up in it.
  private static func cholesky(_ l: Tensor, _ g: Tensor) -> Tensor {
    let n = l.shape[0]
    let inner = matmul(l, g.lowerTriangle, transposeLeft: true).lowerTriangle
    let eye = identity(n)
    let phi = inner * (1 - 0.5 * eye)
    let left = l.triangularSolve(phi, transposed: true)  // L⁻ᵀ Φ
    let full = l.triangularSolve(left.transposed, transposed: true)  // (L⁻ᵀ Φ L⁻¹)ᵀ
    return ((full + full.transposed) * (1 - 0.5 * eye)).lowerTriangle
  }

  /// Y = L⁻¹ B: B̄ = L⁻ᵀ G and L̄ = −tril(B̄ Yᵀ). With Lᵀ in place of L: B̄ = L⁻¹ G and L̄ = −tril(Y B̄ᵀ).
  private static func triangularSolve(
    _ l: Tensor, _ y: Tensor, _ g: Tensor, _ transposed: Bool, _ wanted: (Int) -> Bool
  ) -> [Tensor?] {
    let right = l.triangularSolve(g, transposed: !transposed)
    guard wanted(0) else { return [nil, right] }
    let outer = transposed ? matmul(y, right, transposeRight: true) : matmul(right, y, transposeRight: true)
    return [-outer.lowerTriangle, wanted(1) ? right : nil]
  }

  private static func identity(_ n: Int) -> Tensor {
    .iota(shape: [n, n], axis: 0) .== .iota(shape: [n, n], axis: 1)
  }

  /// The adjoint of broadcasting from `shape`: sums over the axes that were repeated.
  private static func summed(_ g: Tensor, to shape: Shape) -> Tensor {
    let lead = g.shape.rank - shape.rank
    let axes = (0..<g.shape.rank).filter { axis in axis < lead || (shape[axis - lead] == 1 && g.shape[axis] != 1) }
    return g.sum(axes: axes).reshaped(shape)
  }

  /// A reduced tensor with its axes back at extent one.
  private static func restored(_ reduced: Tensor, _ axes: [Int], _ shape: Shape) -> Tensor {
    reduced.reshaped(Shape(shape.extents.enumerated().map { axes.contains($0.offset) ? 1 : $0.element }))
  }
}
