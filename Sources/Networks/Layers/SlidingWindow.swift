//  SlidingWindow.swift — the window of a convolution or of pooling, checked before the engine sees it.

import Arrays

/// How a window slides over one or two axes. Each list has an entry for each axis.
struct SlidingWindow: Hashable, Sendable, Codable {
  let size: [Int]
  let stride: [Int]
  let padding: [Int]
  let dilation: [Int]

  /// The number of axes.
  var rank: Int { size.count }

  /// "5×5".
  var text: String { size.map(String.init).joined(separator: "×") }

  /// The extents that the window gives: ⌊(e + 2 p − d (k − 1) − 1) / s⌋ + 1 along each axis.
  func outputExtents(of extents: ArraySlice<Int>) throws(LayerError) -> [Int] {
    for list in [stride, padding, dilation] where list.count != size.count {
      throw LayerError("has a window with different numbers of axes")
    }
    var outputs: [Int] = []
    for (axis, extent) in extents.enumerated() {
      try LayerError.check(size[axis], "window")
      try LayerError.check(stride[axis], "stride")
      try LayerError.check(padding[axis], from: 0, "padding")
      try LayerError.check(dilation[axis], "dilation")
      let span = extent + 2 * padding[axis] - dilation[axis] * (size[axis] - 1) - 1
      guard span >= 0 else {
        let image = "extents \(Array(extents)) padded by \(padding)"
        throw LayerError("has a window of \(size) with dilation \(dilation) that does not fit \(image)")
      }
      outputs.append(span / stride[axis] + 1)
    }
    return outputs
  }

  /// As the engine wants it: with a height of one where there is one axis only.
  func images(_ list: [Int], filling: Int) -> [Int] { list.count == 1 ? [filling] + list : list }

  var imageSize: [Int] { images(size, filling: 1) }
  var imageStride: [Int] { images(stride, filling: 1) }
  var imagePadding: [Int] { images(padding, filling: 0) }
  var imageDilation: [Int] { images(dilation, filling: 1) }
}
