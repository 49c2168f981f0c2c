//  AveragePool.swift — the mean of each window, channel by channel; padding counts as zeros.

public import Arrays
public import Programs

/// Shape [C, H, W] → [C, H′, W′], or [C, T] → [C, T′].
public struct AveragePool: SavableLayer, Hashable {
  static let kind = "averagePool"

  private let window: PoolingWindow

  /// Windows alike along each axis, that do not overlap unless a stride is given. The padding is less than the size, so that
  /// each window has an element.
  public init(_ size: Int, stride: Int? = nil, padding: Int = 0) {
    window = PoolingWindow(size: [size], stride: [stride ?? size], padding: [padding])
  }

  /// Each list has an entry for each axis.
  public init(_ size: [Int], stride: [Int]? = nil, padding: [Int] = [0]) {
    window = PoolingWindow(size: size, stride: stride ?? size, padding: padding)
  }

  public var name: String { "averagePool" }

  public func outputShape(for input: Shape) throws(LayerError) -> Shape {
    try Pooling.outputShape(input, window)
  }

  public func apply(_ x: Tensor, in context: inout LayerContext) -> Tensor {
    Pooling.apply(x, window) { images, sliding in
      averagePool(images, size: sliding.imageSize, stride: sliding.imageStride, padding: sliding.imagePadding)
    }
  }
}
