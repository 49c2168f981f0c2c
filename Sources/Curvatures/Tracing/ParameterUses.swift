//  ParameterUses.swift — finds the uses of every slice of θ in the graph of a network's outputs.
//
//  `linear`, `matmul` and `convolution` are primitives, and what broadcasts a parameter over the examples is one, too: so the graph
//  itself says where parameters enter, and layers need no hooks. A node is on the border when it depends on the examples
//  while one of its operands depends on the parameters alone. At the border each use is read off, or, where it is of
//  another kind, the slices behind it are called uncovered.

import Arrays
package import Probability
package import Programs

/// The uses of all slices, in the order in which the network computes them.
package struct ParameterUses {
  package private(set) var uses: [ParameterUse] = []
  /// Slices that are used in a way that has no pairs of inputs and cotangents.
  package private(set) var uncovered: [ParameterSlice] = []

  private let parameters: Tensor
  private let layout: ParameterLayout
  private let examples: Int

  /// - Parameters:
  ///   - outputs: What the network gives. Shape [N, O].
  ///   - parameters: θ, shape [P], the node from which `outputs` were traced.
  ///   - inputs: The examples, shape [N, …].
  package init(of outputs: Tensor, parameters: Tensor, inputs: Tensor, layout: ParameterLayout) {
    self.parameters = parameters
    self.layout = layout
    examples = inputs.shape[0]
    var onParameters: Set = [parameters.identity]
    var onExamples: Set = [inputs.identity]
    var known = Set<ObjectIdentifier>()
    var missed = Set<String>()
    for tensor in topologicalOrder(of: [outputs]) {
      let operands = tensor.node.operands
      if operands.contains(where: { onParameters.contains($0.identity) }) { onParameters.insert(tensor.identity) }
      guard operands.contains(where: { onExamples.contains($0.identity) }) else { continue }
      onExamples.insert(tensor.identity)
      for (position, operand) in operands.enumerated()
      where onParameters.contains(operand.identity) && !onExamples.contains(operand.identity) {
        if let use = use(in: tensor, at: position) {
          if known.insert(use.node.identity).inserted || !isElementwise(use) { uses.append(use) }
        } else {
          for slice in slices(behind: operand) { missed.insert(slice.name) }
        }
      }
    }
    let found = Set(uses.map(\.slice.name))
    uncovered = layout.slices.filter {
      $0.role != .likelihood && (missed.contains($0.name) || !found.contains($0.name))
    }
  }

  private func isElementwise(_ use: ParameterUse) -> Bool {
    if case .elementwise = use.kind, case .broadcast = use.arrangement { true } else { false }
  }

  /// The use at an operand on the border, or `nil` when it is of another kind.
  private func use(in tensor: Tensor, at position: Int) -> ParameterUse? {
    let operands = tensor.node.operands
    switch (tensor.node.primitive, position) {
    case (.linear, 1), (.matmul(transposeLeft: false, transposeRight: true), 1):
      guard let slice = slice(operands[1]), tensor.shape.rank == 2, tensor.shape[0] % max(examples, 1) == 0 else {
        return nil
      }
      let positions = tensor.shape[0] / max(examples, 1)
      let inputs = operands[0].reshaped([examples, positions, operands[0].shape[1]])
      return ParameterUse(
        slice: slice, kind: .product(inputs: inputs), node: tensor, arrangement: .rows, examples: examples)
    case (.linear, 2):
      guard let slice = slice(operands[2]), tensor.shape[0] % max(examples, 1) == 0 else { return nil }
      return ParameterUse(
        slice: slice, kind: .elementwise(factor: nil), node: tensor, arrangement: .rows, examples: examples)
    case (.convolution(let window), 1):
      guard let slice = slice(operands[1]), window.groups == 1, tensor.shape[0] == examples else { return nil }
      return ParameterUse(
        slice: slice, kind: .product(inputs: patches(of: operands[0], window)), node: tensor, arrangement: .images,
        examples: examples)
    default:
      return broadcastUse(operands[position])
    }
  }

  /// A parameter that is repeated over the examples: a bias, a shift, a scale.
  private func broadcastUse(_ node: Tensor) -> ParameterUse? {
    guard case .broadcast = node.node.primitive, node.shape.rank >= 1, node.shape[0] == examples else { return nil }
    let source = node.node.operands[0]
    let missing = node.shape.rank - source.shape.rank
    let extents = [Int](repeating: 1, count: missing) + source.shape.extents
    guard extents[0] == 1, let (slice, factor) = elementwise(source) else { return nil }
    let axes = 1..<node.shape.rank
    let repeated = axes.filter { extents[$0] == 1 && node.shape[$0] != 1 }
    let kept = axes.filter { !repeated.contains($0) }
    return ParameterUse(
      slice: slice, kind: .elementwise(factor: factor), node: node,
      arrangement: .broadcast(repeated: repeated, kept: kept), examples: examples)
  }

  /// The slice that a tensor is, under any shape.
  private func slice(_ tensor: Tensor) -> ParameterSlice? {
    var offset = 0
    var node = tensor
    while node.identity != parameters.identity {
      switch node.node.primitive {
      case .reshape: break
      case .slice(let starts, let strides) where node.shape.rank == 1 && strides == [1]: offset += starts[0]
      default: return nil
      }
      node = node.node.operands[0]
    }
    return layout.slices.first { $0.offset == offset && $0.shape.count == tensor.shape.count }
  }

  /// The slice that a tensor is a function of, element by element, with the slope of each element. Shape of the slope:
  /// [slice.shape.count]; `nil` is one.
  private func elementwise(_ tensor: Tensor) -> (slice: ParameterSlice, slope: Tensor?)? {
    if let slice = slice(tensor) { return (slice, nil) }
    var node = tensor
    while slice(node) == nil {
      let moves = node.node.operands.filter { dependsOnParameters($0) }
      guard moves.count == 1, moves[0].shape.count == tensor.shape.count else { return nil }
      switch node.node.primitive {
      case .unary, .binary, .reshape, .broadcast: node = moves[0]
      default: return nil
      }
    }
    guard let slice = slice(node) else { return nil }
    let slope = pullback(of: [tensor], cotangents: [.constant(1, shape: tensor.shape)], to: [node])[0]
    return (slice, slope.reshaped([slice.shape.count]))
  }

  private func dependsOnParameters(_ tensor: Tensor) -> Bool {
    topologicalOrder(of: [tensor]).contains { $0.identity == parameters.identity }
  }

  private func slices(behind tensor: Tensor) -> [ParameterSlice] {
    topologicalOrder(of: [tensor]).compactMap { slice($0) }
  }

  /// What the windows see: shape [N, T, C h w], T the number of windows, as the weight [O, C, h, w] lies.
  private func patches(of images: Tensor, _ window: Window) -> Tensor {
    let (count, channels) = (images.shape[0], images.shape[1])
    let extents = window.outputExtents([images.shape[2], images.shape[3]])
    let (top, left) = (window.padding[0], window.padding[1])
    let padded =
      top + left == 0 ? images : images.padded(before: [0, 0, top, left], after: [0, 0, top, left])
    var seen: [Tensor] = []
    for row in 0..<window.size[0] {
      for column in 0..<window.size[1] {
        let (firstRow, firstColumn) = (row * window.dilation[0], column * window.dilation[1])
        let part =
          padded
          .slice(axis: 2, firstRow..<firstRow + (extents[0] - 1) * window.stride[0] + 1, stride: window.stride[0])
          .slice(
            axis: 3, firstColumn..<firstColumn + (extents[1] - 1) * window.stride[1] + 1, stride: window.stride[1])
        seen.append(part.reshaped([count, channels, 1, extents[0] * extents[1]]))
      }
    }
    let area = window.size[0] * window.size[1]
    return concatenate(seen, axis: 2).transposed([0, 3, 1, 2])
      .reshaped([count, extents[0] * extents[1], channels * area])
  }
}
