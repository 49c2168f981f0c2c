//  Gradient.swift — reverse-mode differentiation: a graph in, a graph out.
//
//  The gradient is itself made of primitives, so it can be differentiated again: a Hessian-vector product is the gradient
//  of ⟨gradient, v⟩. Cost: a small constant times that of the function.

import Arrays

/// The derivatives of a scalar with respect to tensors that it was computed from.
///
/// - Parameters:
///   - value: Shape [].
///   - variables: Any tensors. A variable on which `value` does not depend has the gradient zero.
/// - Returns: A tensor with the shape of each variable.
public func gradient(of value: Tensor, withRespectTo variables: [Tensor]) -> [Tensor] {
  precondition(value.shape == .scalar, "the gradient of a tensor of shape \(value.shape): it needs a scalar")
  return pullback(of: [value], cotangents: [.constant(1)], to: variables)
}

/// The gradient with respect to one tensor.
public func gradient(of value: Tensor, withRespectTo variable: Tensor) -> Tensor {
  gradient(of: value, withRespectTo: [variable])[0]
}

/// Σ ⟨cotangent, d output⟩ as a linear form in each variable: the vector-Jacobian product.
///
/// - Parameter cotangents: One for each output, with its shape.
public func pullback(of outputs: [Tensor], cotangents: [Tensor], to variables: [Tensor]) -> [Tensor] {
  let order = topologicalOrder(of: outputs)
  var active = Set(variables.map(\.identity))
  for tensor in order where tensor.node.operands.contains(where: { active.contains($0.identity) }) {
    active.insert(tensor.identity)
  }
  var pending: [ObjectIdentifier: Cotangent] = [:]
  for (output, cotangent) in zip(outputs, cotangents) {
    precondition(
      output.shape == cotangent.shape, "a cotangent of shape \(cotangent.shape) for an output of \(output.shape)")
    pending[output.identity, default: Cotangent(shape: output.shape)].add(cotangent)
  }
  let wanted = Set(variables.map(\.identity))
  var found: [ObjectIdentifier: Tensor] = [:]
  for tensor in order.reversed() where active.contains(tensor.identity) {
    guard let cotangent = pending.removeValue(forKey: tensor.identity)?.total else { continue }
    if wanted.contains(tensor.identity) { found[tensor.identity] = cotangent }
    for (operand, contribution) in zip(tensor.node.operands, GradientRule.contributions(to: tensor, cotangent, active))
    {
      if let contribution, active.contains(operand.identity) {
        pending[operand.identity, default: Cotangent(shape: operand.shape)].add(contribution)
      }
    }
  }
  return variables.map { found[$0.identity] ?? .constant(0, shape: $0.shape) }
}

/// Every tensor that `outputs` are computed from, operands first. Iterative: a graph may be deep.
package func topologicalOrder(of outputs: [Tensor]) -> [Tensor] {
  var order: [Tensor] = []
  var seen = Set<ObjectIdentifier>()
  var stack = outputs.reversed().map { (tensor: $0, ready: false) }
  while let (tensor, ready) = stack.popLast() {
    if ready {
      order.append(tensor)
    } else if seen.insert(tensor.identity).inserted {
      stack.append((tensor, true))
      for operand in tensor.node.operands.reversed() where !seen.contains(operand.identity) {
        stack.append((operand, false))
      }
    }
  }
  return order
}

/// What has been collected of a cotangent. Pieces that belong to disjoint ranges of the first axis are kept apart and joined
/// at the end, so that the gradient of a parameter vector, or of the rows of a matrix, is written once instead of summed from padded
/// copies.
private struct Cotangent {
  let shape: Shape
  private var sum: Tensor?
  private var pieces: [(start: Int, tensor: Tensor)] = []

  init(shape: Shape) { self.shape = shape }

  mutating func add(_ tensor: Tensor) {
    if case .scatterSlice(let starts, let strides) = tensor.node.primitive, strides.allSatisfy({ $0 == 1 }),
      let piece = tensor.node.operands.first, shape.rank > 0,
      piece.shape.extents.dropFirst() == shape.extents.dropFirst()
    {
      pieces.append((starts[0], piece))
    } else {
      sum = sum.map { $0 + tensor } ?? tensor
    }
  }

  var total: Tensor? {
    guard !pieces.isEmpty else { return sum }
    var merged: [(start: Int, tensor: Tensor)] = []
    var overlapping: [Tensor] = sum.map { [$0] } ?? []
    for piece in pieces.sorted(by: { ($0.start, $0.tensor.shape[0]) < ($1.start, $1.tensor.shape[0]) }) {
      if let last = merged.last, piece.start < last.start + last.tensor.shape[0] {
        if last.start == piece.start && last.tensor.shape == piece.tensor.shape {
          merged[merged.count - 1].tensor = last.tensor + piece.tensor
        } else {
          overlapping.append(placed(piece.tensor, at: piece.start))
        }
      } else {
        merged.append(piece)
      }
    }
    var parts: [Tensor] = []
    var position = 0
    for (start, tensor) in merged where tensor.shape.count > 0 {
      if start > position { parts.append(zeros(start - position)) }
      parts.append(tensor)
      position = start + tensor.shape[0]
    }
    if position < shape[0] { parts.append(zeros(shape[0] - position)) }
    return overlapping.reduce(concatenate(parts, axis: 0), +)
  }

  /// So many rows of nothing.
  private func zeros(_ rows: Int) -> Tensor { .constant(0, shape: Shape([rows] + shape.extents.dropFirst())) }

  /// A piece with zeros around it.
  private func placed(_ piece: Tensor, at start: Int) -> Tensor {
    let rest = [Int](repeating: 0, count: shape.rank - 1)
    return piece.padded(before: [start] + rest, after: [shape[0] - start - piece.shape[0]] + rest)
  }
}
