//  ShapeRules.swift — the shape of each operation's result; where operands do not fit, a trap that names both shapes.

import Arrays

enum ShapeRule {
  static func shape(of primitive: Primitive, operands: [Shape], requested: Shape?) -> Shape {
    switch primitive {
    case .input, .constant, .random: return request(requested, primitive)
    case .array(let values):
      let shape = request(requested, primitive)
      precondition(values.count == shape.count, "a constant of shape \(shape) from \(values.count) numbers")
      return shape
    case .iota(let axis):
      let shape = request(requested, primitive)
      check(axis, of: shape, in: "iota")
      return shape
    case .unary, .stopGradient: return operands[0]
    case .binary, .select:
      for other in operands.dropFirst() { same(operands[0], other, in: "\(primitive)") }
      return operands[0]
    case .reshape:
      let shape = request(requested, primitive)
      precondition(shape.count == operands[0].count, "reshape of \(operands[0]) to \(shape): the counts differ")
      return shape
    case .broadcast:
      let shape = request(requested, primitive)
      precondition(operands[0].broadcast(with: shape) == shape, "\(operands[0]) does not broadcast to \(shape)")
      return shape
    case .transpose(let order):
      precondition(
        order.sorted() == Array(0..<operands[0].rank),
        "transpose of \(operands[0]) by \(order), which is no permutation")
      return Shape(order.map { operands[0][$0] })
    case .slice(let starts, let strides):
      let shape = request(requested, primitive)
      checkSlice(starts, strides, part: shape, whole: operands[0])
      return shape
    case .scatterSlice(let starts, let strides):
      let shape = request(requested, primitive)
      checkSlice(starts, strides, part: operands[0], whole: shape)
      return shape
    case .concatenate(let axis): return concatenation(operands, axis)
    case .gatherRows:
      precondition(
        operands[0].rank >= 1 && operands[1].rank == 1,
        "gather of rows of \(operands[0]) at indices of shape \(operands[1])")
      return Shape([operands[1][0]] + operands[0].extents.dropFirst())
    case .scatterAddRows:
      let shape = request(requested, primitive)
      precondition(
        operands[0].rank == 1 && operands[1].rank >= 1 && operands[0][0] == operands[1][0]
          && shape.extents.dropFirst() == operands[1].extents.dropFirst(),
        "scatter-add of rows \(operands[1]) at indices \(operands[0]) into \(shape)")
      return shape
    case .reduce(_, let axes):
      precondition(
        axes == Array(Set(axes)).sorted() && axes.allSatisfy { $0 >= 0 && $0 < operands[0].rank },
        "reduction of \(operands[0]) over axes \(axes), which must be different, ascending and within the rank")
      return Shape(operands[0].extents.enumerated().filter { !axes.contains($0.offset) }.map(\.element))
    case .logSumExp:
      precondition(operands[0].rank >= 1, "logsumexp of a scalar")
      return Shape(Array(operands[0].extents.dropLast()))
    case .softmax:
      precondition(operands[0].rank >= 1, "softmax of a scalar")
      return operands[0]
    case .softmaxCrossEntropy:
      precondition(
        operands[0].rank == 2 && operands[1] == [operands[0][0]],
        "cross-entropy of logits \(operands[0]) with labels \(operands[1]): it needs [N, C] and [N]")
      return operands[1]
    case .matmul(let left, let right): return product(operands[0], left, operands[1], right)
    case .linear:
      let (x, weight, bias) = (operands[0], operands[1], operands[2])
      precondition(
        x.rank == 2 && weight.rank == 2 && x[1] == weight[1] && bias == [weight[0]],
        "linear of x \(x) with weight \(weight) and bias \(bias): it needs [N, I], [O, I] and [O]")
      return [x[0], weight[0]]
    case .convolution(let window):
      return convolution(operands[0], operands[1], window)
    case .convolutionInputGradient(let window):
      let shape = request(requested, primitive)
      same(convolution(shape, operands[0], window), operands[1], in: "convolution's input gradient")
      return shape
    case .convolutionWeightGradient(let window):
      let shape = request(requested, primitive)
      same(convolution(operands[0], shape, window), operands[1], in: "convolution's weight gradient")
      return shape
    case .maxPool(let window): return pooled(operands[0], window)
    case .maxPoolScatter(let window):
      same(pooled(operands[0], window), operands[1], in: "maximum pooling's gradient")
      return operands[0]
    case .maxPoolGather(let window):
      same(operands[0], operands[1], in: "maximum pooling's gather")
      return pooled(operands[0], window)
    case .cholesky, .lowerTriangle:
      precondition(
        operands[0].rank == 2 && operands[0][0] == operands[0][1], "\(primitive) of \(operands[0]): not square")
      return operands[0]
    case .triangularSolve:
      precondition(
        operands[0].rank == 2 && operands[0][0] == operands[0][1] && operands[1].rank == 2
          && operands[1][0] == operands[0][0],
        "triangular solve of \(operands[0]) with right-hand side \(operands[1])")
      return operands[1]
    }
  }

  private static func request(_ shape: Shape?, _ primitive: Primitive) -> Shape {
    guard let shape else { preconditionFailure("\(primitive) needs a shape") }
    return shape
  }

  private static func same(_ one: Shape, _ other: Shape, in what: String) {
    precondition(one == other, "\(what) of shapes \(one) and \(other), which differ")
  }

  private static func check(_ axis: Int, of shape: Shape, in what: String) {
    precondition(axis >= 0 && axis < shape.rank, "\(what): axis \(axis) is outside of shape \(shape)")
  }

  private static func checkSlice(_ starts: [Int], _ strides: [Int], part: Shape, whole: Shape) {
    precondition(
      starts.count == whole.rank && strides.count == whole.rank && part.rank == whole.rank,
      "a slice \(part) of \(whole) with starts \(starts) and strides \(strides): the ranks differ")
    for axis in 0..<whole.rank where part[axis] > 0 {
      let last = starts[axis] + (part[axis] - 1) * strides[axis]
      precondition(
        strides[axis] > 0 && starts[axis] >= 0 && last < whole[axis],
        "a slice \(part) from \(starts) by \(strides) reaches outside of \(whole)")
    }
  }

  private static func concatenation(_ operands: [Shape], _ axis: Int) -> Shape {
    precondition(!operands.isEmpty, "concatenation of nothing")
    check(axis, of: operands[0], in: "concatenation")
    var extents = operands[0].extents
    for other in operands.dropFirst() {
      var expected = extents
      if other.rank == expected.count { expected[axis] = other[axis] }
      same(Shape(expected), other, in: "concatenation along axis \(axis)")
      extents[axis] += other[axis]
    }
    return Shape(extents)
  }

  private static func product(_ a: Shape, _ transposeA: Bool, _ b: Shape, _ transposeB: Bool) -> Shape {
    let problem = "matmul of \(a)\(transposeA ? "ᵀ" : "") and \(b)\(transposeB ? "ᵀ" : "")"
    precondition(a.rank >= 2 && a.rank == b.rank, "\(problem): both need the same rank, at least 2")
    let lead = a.extents.dropLast(2)
    precondition(lead == b.extents.dropLast(2), "\(problem): the leading axes differ")
    let (rows, inner) = transposeA ? (a[a.rank - 1], a[a.rank - 2]) : (a[a.rank - 2], a[a.rank - 1])
    let (innerB, columns) = transposeB ? (b[b.rank - 1], b[b.rank - 2]) : (b[b.rank - 2], b[b.rank - 1])
    precondition(inner == innerB, "\(problem): the inner extents \(inner) and \(innerB) differ")
    return Shape(lead + [rows, columns])
  }

  private static func convolution(_ x: Shape, _ weight: Shape, _ window: Window) -> Shape {
    let problem = "convolution of \(x) with weight \(weight) in \(window.groups) groups"
    precondition(x.rank == 4 && weight.rank == 4, "\(problem): both need rank 4")
    precondition(
      weight[1] * window.groups == x[1] && weight[0] % window.groups == 0, "\(problem): the channels do not fit")
    precondition([weight[2], weight[3]] == window.size, "\(problem): the window is \(window.size)")
    return Shape([x[0], weight[0]] + window.outputExtents([x[2], x[3]]))
  }

  private static func pooled(_ x: Shape, _ window: Window) -> Shape {
    precondition(x.rank == 4, "pooling of \(x), which needs rank 4")
    return Shape([x[0], x[1]] + window.outputExtents([x[2], x[3]]))
  }
}
