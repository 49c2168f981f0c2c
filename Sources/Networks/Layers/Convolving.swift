//  Convolving.swift — what convolutions along one and along two axes share: shapes and declarations.

import Arrays
import Probability

enum Convolving {
  static func outputShape(
    _ input: Shape, channels: Int, groups: Int, _ window: SlidingWindow
  ) throws(LayerError) -> Shape {
    try LayerError.check(channels, "number of channels")
    try LayerError.check(groups, "number of groups")
    try LayerError.check(input[0], "number of input channels")
    guard input[0] % groups == 0 && channels % groups == 0 else {
      throw LayerError("cannot divide \(input[0]) input and \(channels) output channels into \(groups) groups")
    }
    return Shape([channels] + (try window.outputExtents(of: input.extents.dropFirst())))
  }

  static func parameters(
    _ input: Shape, channels: Int, groups: Int, _ window: SlidingWindow, bias: Bool, initialiser: Initialiser
  ) -> [ParameterDeclaration] {
    let area = window.size.reduce(1, *)
    let (fanIn, fanOut) = (input[0] / groups * area, channels / groups * area)
    let weight = ParameterDeclaration(
      "weight", shape: Shape([channels, input[0] / groups] + window.size), role: .weight, fanIn: fanIn,
      fanOut: fanOut, initialiser: initialiser)
    let offset = ParameterDeclaration(
      "bias", shape: [channels], role: .bias, fanIn: fanIn, fanOut: fanOut, initialiser: .zeros)
    return bias ? [weight, offset] : [weight]
  }
}
