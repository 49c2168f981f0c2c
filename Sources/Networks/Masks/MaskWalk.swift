//  MaskWalk.swift — which weight reads what a mask has been through: the layers of a network, followed in order.
//
//  A mask waits for the first weight behind it. Layers without a weight, and those whose parameters only scale and shift (the
//  normalisations), lead it on. A block leads it into both branches: the first weight of the block and that of its projection
//  are both the mask's; a shortcut without a weight is not followed further, since the block's weight has the mask already.
//
//  Where a mask stands behind the last weight of a branch, what follows reads a sum of which one term alone is masked, and the
//  mask is no weight's; nor is it behind the last weight of the network, or before a layer with several weights.
//
//  A weight that is the same for several positions of a channel, as that of a convolution or of a dense layer behind a pool, has learned
//  masks of one number a channel before it [Tompson 2015; Gal 2017]. Were there one for each position, the entropy would count them
//  all, while one weight pays for them, and the rate would rise without end.

import Arrays
import Probability

struct MaskWalk {
  /// All masks that were met.
  private(set) var masks: [MaskedWeight.Mask] = []
  private(set) var found: [MaskedWeight] = []
  /// The places of masks with one number a channel.
  private(set) var channelMasks: Set<String> = []
  /// Why a learned rate has no weight.
  private(set) var problem: String?
  private let layout: ParameterLayout
  /// C of masks of shape [C, …], by their place.
  private var channels: [String: Int] = [:]

  init(of network: Network) {
    layout = network.layout
    let rest = walk(network.sequence, shapes: network.shapes, prefix: "", pending: [])
    refuse(rest, "no weight reads what it masks")
    for index in masks.indices where channelMasks.contains(masks[index].place) {
      masks[index].count = channels[masks[index].place] ?? 1
    }
  }

  /// - Parameters:
  ///   - shapes: Before the first layer, between layers, after the last.
  ///   - prefix: What names of the layers begin with.
  ///   - pending: Masks that wait for a weight.
  /// - Returns: Those that still do.
  private mutating func walk(
    _ sequence: LayerSequence, shapes: [Shape], prefix: String, pending: [MaskedWeight.Mask]
  ) -> [MaskedWeight.Mask] {
    var pending = pending
    for (index, layer) in sequence.layers.enumerated() {
      let place = prefix + sequence.place(index)
      let declared = layer.parameters(for: shapes[index])
      let weights = declared.filter { $0.role == .weight }
      if let masking = layer as? any MaskingLayer {
        if layer is ActivationWithDropout { pending = pending.behindAFunction }
        guard masking.maskRate != .fixed(0) else { continue }
        let mask = MaskedWeight.Mask(
          place: place, rate: masking.maskRate, logit: layout["\(place).\(DropoutRate.logitName)"],
          count: shapes[index + 1].count)
        masks.append(mask)
        pending.append(mask)
        if shapes[index + 1].rank > 1 { channels[place] = shapes[index + 1][0] }
      } else if let block = layer as? Residual {
        pending = walk(block, input: shapes[index], place: place, pending: pending.behindAFunction)
      } else if weights.isEmpty && declared.allSatisfy({ $0.role == .scale || $0.role == .shift }) {
        if !(layer is Flatten) { pending = pending.behindAFunction }
      } else if weights.count == 1, let weight = layout["\(place).\(weights[0].name)"] {
        if !pending.isEmpty {
          shareWithinChannels(pending, before: layer, weight)
          found.append(MaskedWeight(weight: weight, masks: layer is Dense ? pending : pending.behindAFunction))
        }
        pending = []
      } else {
        refuse(pending, "it is followed by \(place), which has not one weight that multiplies its inputs")
        pending = []
      }
    }
    return pending
  }

  /// Notes which learned masks have one number a channel: all but those that a dense layer reads with a weight for each element.
  private mutating func shareWithinChannels(
    _ pending: [MaskedWeight.Mask], before layer: any Layer, _ weight: ParameterSlice
  ) {
    for mask in pending where mask.logit != nil {
      guard channels[mask.place] != nil else { continue }
      if !(layer is Dense && weight.shape[1] == mask.count) { channelMasks.insert(mask.place) }
    }
  }

  /// Into both branches of a block.
  private mutating func walk(
    _ block: Residual, input: Shape, place: String, pending: [MaskedWeight.Mask]
  ) -> [MaskedWeight.Mask] {
    let outer = Set(pending.map(\.place))
    var waiting = outer
    for branch in block.branches(input) {
      let rest = walk(
        branch.sequence, shapes: branch.shapes, prefix: "\(place).\(branch.name).", pending: pending)
      waiting.formIntersection(rest.map(\.place))
      refuse(
        rest.filter { !outer.contains($0.place) },
        "what follows \(place) reads a sum of which it masks one term")
    }
    return pending.filter { waiting.contains($0.place) }
  }

  private mutating func refuse(_ masks: [MaskedWeight.Mask], _ reason: String) {
    guard problem == nil, let mask = masks.first(where: { $0.logit != nil }) else { return }
    problem = "the rate of the masks of \(mask.place) cannot be learned: \(reason)"
  }
}

extension [MaskedWeight.Mask] {
  /// The same, where equation (1) of `MaskedWeight` does not hold.
  fileprivate var behindAFunction: Self {
    map { mask in
      var mask = mask
      mask.isLinear = false
      return mask
    }
  }
}
