//  ByteSource.swift — bytes in order, in pieces, from the start as often as needed.

/// A sequence of bytes that is read in pieces and can be read again.
protocol ByteSource: AnyObject {
  /// The name for error texts.
  var name: String { get }

  /// Back to the first byte.
  func rewind() throws(DatasetError)

  /// Fills the buffer from its start with the next bytes and returns how many; 0 at the end, and only there.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int
}

/// Bytes that are already in memory.
final class MemorySource: ByteSource {
  let name: String
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8], name: String) {
    self.bytes = bytes
    self.name = name
  }

  func rewind() { position = 0 }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(buffer.count, bytes.count - position)
    buffer.copyBytes(from: bytes[position..<position + count])
    position += count
    return count
  }
}

extension ByteSource {
  /// Reads until the buffer is full or the bytes end, and returns how many there were.
  func readFully(into buffer: UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int {
    var filled = 0
    while filled < buffer.count {
      let count = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
      if count == 0 { break }
      filled += count
    }
    return filled
  }

  /// The next `count` bytes, or fewer if there are no more. Memory grows with the bytes that really come, never by
  /// `count` alone, so that a claimed size costs nothing.
  func readBytes(atMost count: Int) throws(DatasetError) -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: min(count, 1 << 18))
    while bytes.count < count {
      let wanted = min(piece.count, count - bytes.count)
      let arrived = try piece.withUnsafeMutableBufferPointer { (buffer) throws(DatasetError) -> Int in
        try readFully(into: UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<wanted])))
      }
      bytes += piece[..<arrived]
      if arrived < wanted { break }
    }
    return bytes
  }
}
