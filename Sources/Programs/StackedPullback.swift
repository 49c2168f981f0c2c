//  StackedPullback.swift — the pullbacks of several cotangents through one graph, in one pass.
//
//  Notation   K  cotangents     y = f(x…) a tensor of the graph     g  K cotangents of y, [K, …]
//
//  Everything in a pullback is linear in g. Where a rule multiplies g by something of the shape of y, the K cotangents are multiplied
//  alike, by broadcasting; where it is a product with rows of g, their rows are K times as many. So a weight is read
//  and packed once instead of K times. Every other rule is applied to one cotangent after the other.

import Arrays

/// For each variable, its K cotangents, for K cotangents of one output.
///
/// - Parameter cotangents: Shape [K, …], with the shape of the output after the first axis.
/// - Returns: Shape [K, …] for each variable.
package func stackedPullback(of output: Tensor, cotangents: Tensor, to variables: [Tensor]) -> [Tensor] {
  let count = cotangents.shape[0]
  precondition(
    cotangents.shape == output.shape.stacked(count),
    "cotangents of shape \(cotangents.shape) for an output of \(output.shape)")
  let order = topologicalOrder(of: [output])
  let wanted = Set(variables.map(\.identity))
  var active = wanted
  for tensor in order where tensor.node.operands.contains(where: { active.contains($0.identity) }) {
    active.insert(tensor.identity)
  }
  var pending = [output.identity: cotangents]
  var found: [ObjectIdentifier: Tensor] = [:]
  for tensor in order.reversed() where active.contains(tensor.identity) {
    guard let cotangent = pending.removeValue(forKey: tensor.identity) else { continue }
    if wanted.contains(tensor.identity) { found[tensor.identity] = cotangent }
    let operands = tensor.node.operands
    guard operands.contains(where: { active.contains($0.identity) }) else { continue }
    for (operand, contribution) in zip(operands, StackedRule.contributions(to: tensor, cotangent, active)) {
      guard let contribution, active.contains(operand.identity) else { continue }
      pending[operand.identity] = pending[operand.identity].map { $0 + contribution } ?? contribution
    }
  }
  return variables.map { found[$0.identity] ?? .constant(0, shape: $0.shape.stacked(count)) }
}

private enum StackedRule {
  /// One entry for each operand, as `GradientRule` has them, with an axis of K before the others.
  static func contributions(to y: Tensor, _ g: Tensor, _ active: Set<ObjectIdentifier>) -> [Tensor?] {
    let x = y.node.operands
    let count = g.shape[0]
    func isFixed(_ operand: Int) -> Bool { !active.contains(x[operand].identity) }
    switch y.node.primitive {
    case .unary, .binary:
      return GradientRule.contributions(to: y, g, active)
    case .reshape:
      return [g.reshaped(x[0].shape.stacked(count))]
    case .linear where isFixed(1) && isFixed(2):
      return [matmul(g.joined, x[1]).reshaped(x[0].shape.stacked(count)), nil, nil]
    case .matmul(transposeLeft: false, let right) where isFixed(1) && y.shape.rank == 2:
      return [matmul(g.joined, x[1], transposeRight: !right).reshaped(x[0].shape.stacked(count)), nil]
    case .convolution(let window) where isFixed(1):
      let images = Shape([count * x[0].shape[0]] + x[0].shape.extents.dropFirst())
      let gradient = Tensor(.convolutionInputGradient(window), [x[1], g.joined], shape: images)
      return [gradient.reshaped(x[0].shape.stacked(count)), nil]
    default:
      let single = (0..<count).map { k in
        GradientRule.contributions(to: y, g.slice(axis: 0, k..<k + 1).reshaped(y.shape), active)
      }
      return x.indices.map { operand in
        let parts = single.compactMap { $0[operand]?.reshaped(x[operand].shape.stacked(1)) }
        return parts.isEmpty ? nil : concatenate(parts, axis: 0)
      }
    }
  }
}

extension Shape {
  fileprivate func stacked(_ count: Int) -> Shape { Shape([count] + extents) }
}

extension Tensor {
  /// [K, N, …] as [K N, …].
  fileprivate var joined: Tensor { reshaped(Shape([shape[0] * shape[1]] + shape.extents.dropFirst(2))) }
}
