//  Pooling.swift — what the kinds of pooling share: windows, shapes, and sequences as images of height one.

import Arrays
import Programs

enum Pooling {
  /// The same numbers along each of the axes after the channels.
  static func window(_ size: Int, _ stride: Int, _ padding: Int, rank: Int) -> SlidingWindow {
    func along(_ number: Int) -> [Int] { [Int](repeating: number, count: max(rank, 0)) }
    return SlidingWindow(size: along(size), stride: along(stride), padding: along(padding), dilation: along(1))
  }

  static func outputShape(_ input: Shape, _ window: SlidingWindow) throws(LayerError) -> Shape {
    guard input.rank == 2 || input.rank == 3 else {
      throw LayerError(expected: "[channels, height, width] or [channels, length]", input: input)
    }
    let outputs = try window.outputExtents(of: input.extents.dropFirst())
    guard window.padding[0] < window.size[0] else {
      throw LayerError("needs a padding less than its window of \(window.size[0]), not \(window.padding[0])")
    }
    return Shape([input[0]] + outputs)
  }

  static func apply(
    _ x: Tensor, _ window: SlidingWindow, _ pool: (_ images: Tensor, _ window: SlidingWindow) -> Tensor
  ) -> Tensor {
    guard x.shape.rank == 3 else { return pool(x, window) }
    let images = pool(x.reshaped([x.shape[0], x.shape[1], 1, x.shape[2]]), window)
    return images.reshaped([x.shape[0], x.shape[1], images.shape[3]])
  }
}
