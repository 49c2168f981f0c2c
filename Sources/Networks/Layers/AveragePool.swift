//  AveragePool.swift — the mean of each window, channel by channel; padding counts as zeros.

public import Arrays
public import Programs

/// Shape [C, H, W] → [C, H′, W′], or [C, T] → [C, T′].
public struct AveragePool: SavableLayer, Hashable {
  static let kind = "averagePool"

  /// The extent of the window along each axis.
  public let size: Int
  public let stride: Int
  /// Less than the size, so that each window has an element.
  public let padding: Int

  /// Windows that do not overlap, unless a stride is given.
  public init(_ size: Int, stride: Int? = nil, padding: Int = 0) {
    self.size = size
    self.stride = stride ?? size
    self.padding = padding
  }

  public var name: String { "averagePool" }

  public func outputShape(for input: Shape) throws(LayerError) -> Shape {
    try Pooling.outputShape(input, Pooling.window(size, stride, padding, rank: input.rank - 1))
  }

  public func apply(_ x: Tensor, in context: inout LayerContext) -> Tensor {
    Pooling.apply(x, Pooling.window(size, stride, padding, rank: x.shape.rank - 2)) { images, window in
      averagePool(images, size: window.imageSize, stride: window.imageStride, padding: window.imagePadding)
    }
  }
}
