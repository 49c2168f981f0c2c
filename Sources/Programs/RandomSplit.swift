//  RandomSplit.swift — takes a graph apart: what random numbers reach, and what is the same in every run.
//
//  Passes that differ in their random numbers alone share the rest: a network's layers before its first dropout are then
//  computed once. Cut are values that are computed, do not depend on random numbers, and are read by something that does, or
//  handed out; views and sources cost nothing and are repeated.

package import Arrays

/// Two programs that together compute what one graph describes.
package struct RandomSplit {
  /// From the inputs: the values that are cut.
  package let fixed: Program
  /// From the inputs, then the cut values: the outputs.
  package let random: Program

  /// - Parameters:
  ///   - inputs: The shapes of the graph's inputs.
  ///   - outputs: What the two compute.
  package init(inputs: [Shape], outputs: [Tensor]) {
    var varies: Set<ObjectIdentifier> = []
    var rebuilt: [ObjectIdentifier: Tensor] = [:]
    var cuts: [Tensor] = []
    for tensor in topologicalOrder(of: outputs) {
      let (primitive, operands) = (tensor.node.primitive, tensor.node.operands)
      if case .random = primitive { varies.insert(tensor.identity) }
      if operands.contains(where: { varies.contains($0.identity) }) { varies.insert(tensor.identity) }
    }
    /// The tensor as the second program reads it.
    func read(_ tensor: Tensor) -> Tensor {
      if let known = rebuilt[tensor.identity] { return known }
      let result: Tensor
      if tensor.node.primitive.isSource {
        result = tensor
      } else if varies.contains(tensor.identity) || tensor.node.primitive.isView {
        result = Tensor(tensor.node.primitive, tensor.node.operands.map(read), shape: tensor.shape)
      } else {
        result = .input(inputs.count + cuts.count, shape: tensor.shape)
        cuts.append(tensor)
      }
      rebuilt[tensor.identity] = result
      return result
    }
    // Operands first, so that a deep graph does not make a deep recursion.
    for tensor in topologicalOrder(of: outputs) where varies.contains(tensor.identity) { _ = read(tensor) }
    let results = outputs.map(read)
    fixed = Program(inputShapes: inputs, outputs: cuts)
    random = Program(inputShapes: inputs + cuts.map(\.shape), outputs: results)
  }
}
