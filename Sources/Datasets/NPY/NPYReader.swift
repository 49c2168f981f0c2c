//  NPYReader.swift — arrays from NPY files, versions 1 to 3.

import Arrays

extension StoredArray {
  /// Reads an NPY file: bools, integers and floats of at most 64 bits, in either byte order, in C or Fortran order.
  ///
  /// Throws: `DatasetError` if the file is not NPY, holds other things than numbers, or has not the size that its header
  /// says.
  public init(contentsOfNPY path: String) throws(DatasetError) {
    try self.init(npy: try bytesOfFile(at: path), name: path)
  }

  /// Reads an NPY file that is in memory; `name` stands for it in errors.
  ///
  /// Throws: as `init(contentsOfNPY:)`.
  public init(npy bytes: [UInt8], name: String = "array.npy") throws(DatasetError) {
    var cursor = ByteCursor(bytes)
    let header = try NPYHeader(from: &cursor, file: name)
    let advice = "save the array again with numpy.save"
    guard let size = header.kind.byteCount(extents: header.extents) else {
      throw DatasetError(
        file: name, problem: "the header claims an array of impossible extents \(header.extents)", advice: advice)
    }
    let present = cursor.remaining
    guard present == size, let data = cursor.take(size) else {
      throw DatasetError(
        file: name, problem: "the header claims \(size) bytes of numbers and the file holds \(present)", advice: advice)
    }
    let width = header.kind.width
    var numbers = header.isBigEndian ? swappingByteOrder(Array(data), width: width) : Array(data)
    if header.isFortranOrder { numbers = Self.rowMajor(numbers, extents: header.extents, width: width) }
    self.init(kind: header.kind, shape: Shape(header.extents), bytes: numbers)
  }

  /// Numbers whose first axis runs fastest, reordered so that the last one does.
  private static func rowMajor(_ bytes: [UInt8], extents: [Int], width: Int) -> [UInt8] {
    guard extents.count > 1 && !bytes.isEmpty else { return bytes }
    var strides = [Int](repeating: width, count: extents.count)
    for axis in 1..<extents.count { strides[axis] = strides[axis - 1] * extents[axis - 1] }
    var index = [Int](repeating: 0, count: extents.count)
    var source = 0
    var reordered: [UInt8] = []
    reordered.reserveCapacity(bytes.count)
    while reordered.count < bytes.count {
      reordered += bytes[source..<source + width]
      var axis = extents.count - 1
      while axis >= 0 {
        index[axis] += 1
        source += strides[axis]
        if index[axis] < extents[axis] { break }
        source -= strides[axis] * extents[axis]
        index[axis] = 0
        axis -= 1
      }
    }
    return reordered
  }
}
