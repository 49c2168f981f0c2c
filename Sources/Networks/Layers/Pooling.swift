//  Pooling.swift — what the kinds of pooling share: windows, shapes, and sequences as images of height one.

import Arrays
import Programs

/// The windows of a pooling. A list of one number holds for every axis; otherwise it has an entry for each.
struct PoolingWindow: Hashable, Sendable, Codable {
  let size: [Int]
  let stride: [Int]
  let padding: [Int]

  /// For an input with `axes` axes after the channels.
  func sliding(axes: Int) -> SlidingWindow {
    func along(_ list: [Int]) -> [Int] { list.count == 1 ? [Int](repeating: list[0], count: max(axes, 0)) : list }
    return SlidingWindow(size: along(size), stride: along(stride), padding: along(padding), dilation: along([1]))
  }
}

enum Pooling {
  static func outputShape(_ input: Shape, _ window: PoolingWindow) throws(LayerError) -> Shape {
    guard input.rank == 2 || input.rank == 3 else {
      throw LayerError(expected: "[channels, height, width] or [channels, length]", input: input)
    }
    let sliding = window.sliding(axes: input.rank - 1)
    guard sliding.rank == input.rank - 1 else {
      throw LayerError("has a window of \(window.size), which is not for an input of shape \(input)")
    }
    let outputs = try sliding.outputExtents(of: input.extents.dropFirst())
    for (padding, size) in zip(sliding.padding, sliding.size) where padding >= size {
      throw LayerError("needs a padding less than its window of \(size), not \(padding)")
    }
    return Shape([input[0]] + outputs)
  }

  static func apply(
    _ x: Tensor, _ window: PoolingWindow, _ pool: (_ images: Tensor, _ window: SlidingWindow) -> Tensor
  ) -> Tensor {
    let sliding = window.sliding(axes: x.shape.rank - 2)
    guard x.shape.rank == 3 else { return pool(x, sliding) }
    let images = pool(x.reshaped([x.shape[0], x.shape[1], 1, x.shape[2]]), sliding)
    return images.reshaped([x.shape[0], x.shape[1], images.shape[3]])
  }
}
