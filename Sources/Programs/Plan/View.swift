//  View.swift — strided elements of a buffer: how reshapes, broadcasts, transposes and slices cost nothing.

import Arrays
import CKernels

/// Elements of a buffer, addressed by a stride for each axis.
struct View: Hashable, Sendable {
  var buffer: Int
  var offset: Int
  var extents: [Int]
  var strides: [Int]
  /// Within `RowBlocks`: the elements from one row of the data to the next. The view then shows the rows of one block.
  var rowStep = 0

  init(buffer: Int, offset: Int, extents: [Int], strides: [Int], rowStep: Int = 0) {
    self.buffer = buffer
    self.offset = offset
    self.extents = extents
    self.strides = strides
    self.rowStep = rowStep
  }

  /// Row-major elements.
  init(buffer: Int, offset: Int = 0, shape: Shape) {
    self.init(buffer: buffer, offset: offset, extents: shape.extents, strides: shape.strides)
  }

  var count: Int { extents.reduce(1, *) }

  /// Without axes of extent one, and with adjacent axes merged where they lie as one.
  var collapsed: View {
    var extents: [Int] = []
    var strides: [Int] = []
    for (extent, stride) in zip(self.extents, self.strides) where extent != 1 {
      if let last = strides.last, last == stride * extent {
        extents[extents.count - 1] *= extent
        strides[strides.count - 1] = stride
      } else {
        extents.append(extent)
        strides.append(stride)
      }
    }
    return View(buffer: buffer, offset: offset, extents: extents, strides: strides, rowStep: rowStep)
  }

  var isContiguous: Bool {
    if count <= 1 { return true }
    let view = collapsed
    return view.extents.count <= 1 && view.strides.allSatisfy { $0 == 1 }
  }

  /// Whether every element is the same one.
  var isSpread: Bool { count > 0 && zip(extents, strides).allSatisfy { $0 == 1 || $1 == 0 } }

  func broadcast(to shape: Shape) -> View {
    let lead = shape.rank - extents.count
    let strides = (0..<shape.rank).map { axis in
      axis < lead || (extents[axis - lead] == 1 && shape[axis] != 1) ? 0 : self.strides[axis - lead]
    }
    return View(buffer: buffer, offset: offset, extents: shape.extents, strides: strides)
  }

  func transposed(_ order: [Int]) -> View {
    var view = self
    (view.extents, view.strides) = (order.map { extents[$0] }, order.map { strides[$0] })
    return view
  }

  func sliced(starts: [Int], strides steps: [Int], shape: Shape) -> View {
    let start = zip(starts, strides).reduce(0) { $0 + $1.0 * $1.1 }
    return View(
      buffer: buffer, offset: shape.count == 0 ? offset : offset + start, extents: shape.extents,
      strides: zip(strides, steps).map { $0 * $1 })
  }

  /// The engine's form. Precondition: at most as many merged axes as the engine has.
  var lowered: credence_view {
    let view = collapsed
    precondition(
      view.extents.count <= Int(CREDENCE_MAX_RANK),
      "an array of \(extents) seen with strides \(strides) has more than \(CREDENCE_MAX_RANK) separate axes")
    return raw(view.extents, view.strides)
  }

  /// The engine's form with every axis kept. For the matrices of a product.
  var loweredUnmerged: credence_view { raw(extents, strides) }

  private func raw(_ extents: [Int], _ strides: [Int]) -> credence_view {
    var result = credence_view()
    result.buffer = Int32(buffer)
    result.offset = offset
    result.row_step = rowStep
    result.rank = Int32(extents.count)
    withUnsafeMutableBytes(of: &result.extents) { bytes in
      for (axis, extent) in extents.enumerated() { bytes.storeBytes(of: extent, toByteOffset: axis * 8, as: Int.self) }
    }
    withUnsafeMutableBytes(of: &result.strides) { bytes in
      for (axis, stride) in strides.enumerated() { bytes.storeBytes(of: stride, toByteOffset: axis * 8, as: Int.self) }
    }
    return result
  }
}
