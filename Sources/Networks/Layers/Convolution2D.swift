//  Convolution2D.swift — a convolution of images (cross-correlation: the kernel is not flipped).
//
//  Notation   C  input channels   O  output channels   H, W  height, width   h, w  those of the kernel   g  groups
//             weight [O, C / g, h, w]     bias [O]     fan-in C / g · h · w     fan-out O / g · h · w

public import Arrays
public import Programs

/// Shape [C, H, W] → [O, H′, W′].
public struct Convolution2D: SavableLayer, Hashable {
  static let kind = "convolution2D"

  /// O.
  public let channels: Int
  public let groups: Int
  public let bias: Bool
  public let initialiser: Initialiser
  private let window: SlidingWindow

  /// A square kernel, alike along both axes.
  public init(
    _ channels: Int, size: Int, stride: Int = 1, padding: Int = 0, dilation: Int = 1, groups: Int = 1,
    bias: Bool = true, initialiser: Initialiser = .automatic
  ) {
    self.init(
      channels, size: [size, size], stride: [stride, stride], padding: [padding, padding],
      dilation: [dilation, dilation], groups: groups, bias: bias, initialiser: initialiser)
  }

  /// Each list has an entry for the height and one for the width.
  public init(
    _ channels: Int, size: [Int], stride: [Int] = [1, 1], padding: [Int] = [0, 0], dilation: [Int] = [1, 1],
    groups: Int = 1, bias: Bool = true, initialiser: Initialiser = .automatic
  ) {
    self.channels = channels
    self.groups = groups
    self.bias = bias
    self.initialiser = initialiser
    window = SlidingWindow(size: size, stride: stride, padding: padding, dilation: dilation)
  }

  public var name: String { "convolution" }
  public var gainRole: GainRole { .endsChain }

  public func outputShape(for input: Shape) throws(LayerError) -> Shape {
    guard input.rank == 3, window.rank == 2 else {
      throw LayerError(expected: "[channels, height, width]", input: input)
    }
    return try Convolving.outputShape(input, channels: channels, groups: groups, window)
  }

  public func parameters(for input: Shape) -> [ParameterDeclaration] {
    Convolving.parameters(
      input, channels: channels, groups: groups, window, bias: bias, initialiser: initialiser)
  }

  public func apply(_ x: Tensor, in context: inout LayerContext) -> Tensor {
    context.weightedSum(of: x, bias: bias, sharesWeights: true) { x, weight, bias in
      let y = convolution(
        x, weight: weight, stride: window.stride, padding: window.padding, dilation: window.dilation, groups: groups)
      return bias.map { y + $0.reshaped([channels, 1, 1]) } ?? y
    }
  }
}
