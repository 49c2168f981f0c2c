//  MaskedWeight.swift — weights that multiply what a mask has been through.
//
//  Where nothing stands between a mask m and a dense layer, W (m ∘ x) = (W diag m) x: the mask is part of the weight. (1)
//
//  Otherwise a mask belongs to the first weight that reads what it has masked, as `MaskWalk` finds it. A convolution has one weight
//  for all positions of a channel, so a learned mask before it is one number a channel: see there.

import Arrays
package import Probability
package import Programs

/// A weight whose inputs pass through random masks.
package struct MaskedWeight: Sendable {
  package struct Mask: Sendable {
    /// "3.relu": the layer that draws the mask.
    package let place: String
    package let rate: DropoutRate
    /// Where a learned rate has its logit.
    package let logit: ParameterSlice?
    /// K, the numbers of the mask of one example.
    package var count: Int
    /// Whether (1) holds.
    var isLinear = true
  }

  package let weight: ParameterSlice
  package let masks: [Mask]
}

extension Network {
  /// All masks, those within blocks too, from the inputs on.
  package var masks: [MaskedWeight.Mask] { MaskWalk(of: self).masks }

  /// The weights that read masked values, in order. A mask before a block with a projection has two of them.
  package var maskedWeights: [MaskedWeight] { MaskWalk(of: self).found }

  /// Why the first learned rate that has no weight of its own has none; `nil` where all have one.
  package var problemWithLearnedRates: String? { MaskWalk(of: self).problem }

  /// The masks of one draw of a function, for the columns of the weights that they belong to, by (1); `nil` when a part of
  /// the randomness belongs to no weight.
  ///
  /// - Parameter parameters: θ. Shape [P].
  /// - Returns: Weights of shape [O, I] with masks of shape [I].
  package func columnMasks(_ parameters: Tensor) -> [(weight: ParameterSlice, mask: Tensor)]? {
    var context = LayerContext(
      mode: .samplingFunction, layout: layout, parameters: parameters, stateLayout: stateLayout,
      state: .constant(0, shape: [stateCount]), firstSite: Network.firstRandomSite,
      channelMasks: channelMasks)
    var masks: [String: Tensor] = [:]
    for (index, layer) in layers.enumerated() {
      guard let masking = layer as? any MaskingLayer else { continue }
      _ = context.scoped(to: sequence.place(index)) { context in
        let mask = masking.maskRate.mask(for: Shape([1] + shapes[index + 1].extents), in: &context)
        masks[sequence.place(index)] = mask
        return mask ?? .constant(1)
      }
    }
    let weights = maskedWeights
    let folded = weights.flatMap(\.masks).filter(\.isLinear).compactMap { masks[$0.place] }
    let sites = folded.flatMap { mask in
      topologicalOrder(of: [mask]).compactMap { tensor -> UInt32? in
        if case .random(_, let site) = tensor.node.primitive { return site }
        return nil
      }
    }
    guard Set(sites) == randomSites(mode: .samplingFunction) else { return nil }
    return weights.map { weight in
      let columns: Shape = [weight.weight.shape[1]]
      let product = weight.masks.compactMap { masks[$0.place]?.reshaped(columns) }
      return (weight.weight, product.dropFirst().reduce(product[0], *))
    }
  }
}
