//  MaskedWeight.swift — weights that multiply what a mask has been through.
//
//  Where nothing stands between a mask m and a dense layer, W (m ∘ x) = (W diag m) x: the mask is part of the weight. (1)

import Arrays
package import Probability
package import Programs

/// A weight whose inputs pass through random masks.
package struct MaskedWeight: Sendable {
  package struct Mask: Sendable {
    package let rate: DropoutRate
    /// Where a learned rate has its logit.
    package let logit: ParameterSlice?
    /// K, the elements of the mask of one example.
    package let count: Int
    /// The place of the layer.
    let index: Int
    /// Whether (1) holds.
    var isLinear = true
  }

  package let weight: ParameterSlice
  package let masks: [Mask]
}

extension Network {
  /// The weights of the outermost layers that read masked values, in order. Masks within blocks are not among them.
  package var maskedWeights: [MaskedWeight] {
    var pending: [MaskedWeight.Mask] = []
    var found: [MaskedWeight] = []
    for (index, layer) in layers.enumerated() {
      let place = sequence.place(index)
      if let masking = layer as? any MaskingLayer {
        if layer is ActivationWithDropout { for number in pending.indices { pending[number].isLinear = false } }
        if masking.maskRate != .fixed(0) {
          pending.append(
            MaskedWeight.Mask(
              rate: masking.maskRate, logit: layout["\(place).\(DropoutRate.logitName)"],
              count: shapes[index + 1].count, index: index))
        }
      } else if !layer.parameters(for: shapes[index]).isEmpty {
        if !pending.isEmpty, let weight = layout["\(place).weight"] {
          if !(layer is Dense) { for number in pending.indices { pending[number].isLinear = false } }
          found.append(MaskedWeight(weight: weight, masks: pending))
        }
        pending = []
      } else if !(layer is Flatten) {
        for number in pending.indices { pending[number].isLinear = false }
      }
    }
    return found
  }

  /// The masks of one draw of a function, for the columns of the weights that they belong to, by (1); `nil` when a part of
  /// the randomness belongs to no weight.
  ///
  /// - Parameter parameters: θ. Shape [P].
  /// - Returns: Weights of shape [O, I] with masks of shape [I].
  package func columnMasks(_ parameters: Tensor) -> [(weight: ParameterSlice, mask: Tensor)]? {
    var context = LayerContext(
      mode: .samplingFunction, layout: layout, parameters: parameters, stateLayout: stateLayout,
      state: .constant(0, shape: [stateCount]), firstSite: Network.firstRandomSite)
    var masks: [Int: Tensor] = [:]
    for (index, layer) in layers.enumerated() {
      guard let masking = layer as? any MaskingLayer else { continue }
      _ = context.scoped(to: sequence.place(index)) { context in
        let mask = masking.maskRate.mask(for: Shape([1] + shapes[index + 1].extents), in: &context)
        masks[index] = mask
        return mask ?? .constant(1)
      }
    }
    let weights = maskedWeights
    let folded = weights.flatMap(\.masks).filter(\.isLinear).compactMap { masks[$0.index] }
    let sites = folded.flatMap { mask in
      topologicalOrder(of: [mask]).compactMap { tensor -> UInt32? in
        if case .random(_, let site) = tensor.node.primitive { return site }
        return nil
      }
    }
    guard Set(sites) == randomSites(mode: .samplingFunction) else { return nil }
    return weights.map { weight in
      let columns: Shape = [weight.weight.shape[1]]
      let product = weight.masks.compactMap { masks[$0.index]?.reshaped(columns) }
      return (weight.weight, product.dropFirst().reduce(product[0], *))
    }
  }
}
