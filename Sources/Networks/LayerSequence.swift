//  LayerSequence.swift — layers one after the other: shapes, declarations and tracing of the whole from those of each.

import Arrays
import Probability
import Programs

struct LayerSequence: Sendable {
  let layers: [any Layer]

  /// "2.dense": the position, so that names are unique, and the layer's name, so that they can be read.
  func place(_ index: Int) -> String { "\(index).\(layers[index].name)" }

  /// The shape of one example before the first layer, between layers, and after the last.
  func shapes(from input: Shape) throws(LayerError) -> [Shape] {
    var shapes = [input]
    for (index, layer) in layers.enumerated() {
      do {
        let output = try layer.outputShape(for: shapes[index])
        try LayerSequence.checkSize(output, "gives an output of shape")
        shapes.append(output)
        for declared in layer.parameters(for: shapes[index]) {
          try LayerSequence.checkSize(declared.shape, "has a parameter \(declared.name) of shape")
        }
      } catch {
        throw error.within(place(index))
      }
    }
    return shapes
  }

  /// Throws when an array is too large for any machine, so that counts never overflow.
  static func checkSize(_ shape: Shape, _ what: String) throws(LayerError) {
    var count = 1
    for extent in shape.extents {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow && product <= 1 << 40 else { throw LayerError("\(what) \(shape), which is too large") }
      count = product
    }
  }

  /// The parameters of all layers, under placed names. `shapes` as from `shapes(from:)`.
  func parameters(for shapes: [Shape]) -> [ParameterDeclaration] {
    layers.indices.flatMap { index in
      layers[index].parameters(for: shapes[index]).map {
        $0.placed(under: place(index), before: activation(after: index))
      }
    }
  }

  func states(for shapes: [Shape]) -> [StateDeclaration] {
    layers.indices.flatMap { index in
      layers[index].states(for: shapes[index]).map {
        StateDeclaration("\(place(index)).\($0.name)", shape: $0.shape, initial: $0.initial)
      }
    }
  }

  /// The activation that layer `index` feeds; the identity when other weights come first; `nil` at the end.
  private func activation(after index: Int) -> Activation? {
    for layer in layers[(index + 1)...] {
      switch layer.gainRole {
      case .activation(let activation): return activation
      case .endsChain: return .identity
      case .passesOn: continue
      }
    }
    return nil
  }

  func apply(_ x: Tensor, in context: inout LayerContext) -> Tensor {
    layers.indices.reduce(x) { value, index in
      context.scoped(to: place(index)) { layers[index].apply(value, in: &$0) }
    }
  }
}
