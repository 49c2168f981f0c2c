//  Network+Dropout.swift — where a network drops units, and giving dropout to one that has none.

import Arrays
import Programs

extension Network {
  /// Whether two passes in mode `.sampling` differ.
  public var isStochastic: Bool { !randomSites(mode: .sampling).isEmpty }

  /// The same network with dropout after each hidden activation: after each `Activation` of its outermost layers that a
  /// layer with parameters follows. The order of θ and the names of its parts stay; `nil` when there is no such activation.
  ///
  /// Throws: `LayerError` when the rate is out of range.
  public func insertingDropout(_ rate: DropoutRate) throws(LayerError) -> Network? {
    guard let last = layers.indices.last(where: { !layers[$0].parameters(for: shapes[$0]).isEmpty }) else { return nil }
    var isChanged = false
    var changed: [any Layer] = []
    for (index, layer) in layers.enumerated() {
      if index < last, let activation = layer as? Activation {
        changed.append(ActivationWithDropout(activation, rate))
        isChanged = true
      } else {
        changed.append(layer)
      }
    }
    return isChanged ? try Network(inputs: inputShape, layers: changed) : nil
  }

  /// The sites of all random numbers of a pass.
  func randomSites(mode: NetworkMode) -> Set<UInt32> {
    let state = Tensor.constant(0, shape: [stateCount])
    let outputs = apply(
      .constant(0, shape: [parameterCount]), .constant(0, shape: Shape([1] + inputShape.extents)), state: state,
      mode: mode
    ).outputs
    return Set(
      topologicalOrder(of: [outputs]).compactMap { tensor in
        if case .random(_, let site) = tensor.node.primitive { return site }
        return nil
      })
  }
}
