//  Convolution1D.swift — a convolution of sequences (cross-correlation: the kernel is not flipped).
//
//  Notation   C  input channels   O  output channels   T  length   k  that of the kernel   g  groups
//             weight [O, C / g, k]     bias [O]     fan-in C / g · k     fan-out O / g · k

public import Arrays
public import Programs

/// Shape [C, T] → [O, T′].
public struct Convolution1D: SavableLayer, Hashable {
  static let kind = "convolution1D"

  /// O.
  public let channels: Int
  public let groups: Int
  public let bias: Bool
  public let initialiser: Initialiser
  private let window: SlidingWindow

  public init(
    _ channels: Int, size: Int, stride: Int = 1, padding: Int = 0, dilation: Int = 1, groups: Int = 1,
    bias: Bool = true, initialiser: Initialiser = .automatic
  ) {
    self.channels = channels
    self.groups = groups
    self.bias = bias
    self.initialiser = initialiser
    window = SlidingWindow(size: [size], stride: [stride], padding: [padding], dilation: [dilation])
  }

  public var name: String { "convolution" }
  public var gainRole: GainRole { .endsChain }

  public func outputShape(for input: Shape) throws(LayerError) -> Shape {
    guard input.rank == 2, window.rank == 1 else { throw LayerError(expected: "[channels, length]", input: input) }
    return try Convolving.outputShape(input, channels: channels, groups: groups, window)
  }

  public func parameters(for input: Shape) -> [ParameterDeclaration] {
    Convolving.parameters(
      input, channels: channels, groups: groups, window, bias: bias, initialiser: initialiser)
  }

  /// As images of height one.
  public func apply(_ x: Tensor, in context: inout LayerContext) -> Tensor {
    context.weightedSum(of: x, bias: bias, sharesWeights: true) { x, weight, bias in
      let images = convolution(
        x.reshaped([x.shape[0], x.shape[1], 1, x.shape[2]]),
        weight: weight.reshaped([channels, weight.shape[1], 1, weight.shape[2]]), stride: window.imageStride,
        padding: window.imagePadding, dilation: window.imageDilation, groups: groups)
      let y = images.reshaped([x.shape[0], channels, images.shape[3]])
      return bias.map { y + $0.reshaped([channels, 1]) } ?? y
    }
  }
}
