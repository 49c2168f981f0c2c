//  Inflater.swift — zlib's inflate as a value that owns its stream.

internal import CZlib

/// The state of one deflate stream on its way back to bytes.
final class Inflater {
  enum Format: Int32 {
    /// Deflate without a wrapper, as in a zip file.
    case raw = -15
    /// Deflate with a gzip header and a checksum, which zlib verifies.
    case gzip = 31
  }

  /// What one step did: bytes taken, bytes given, and whether the stream is at its end.
  struct Progress {
    let consumed: Int
    let produced: Int
    let isAtEnd: Bool
  }

  private var stream = z_stream()

  init(_ format: Format) {
    let status = credence_inflate_init(&stream, format.rawValue)
    precondition(status == Z_OK, "zlib could not be started, status \(status)")
  }

  deinit { inflateEnd(&stream) }

  /// Makes ready for a new stream of the same format.
  func reset() { inflateReset(&stream) }

  /// Inflates as much of `input` as fits into `output`. `nil`: the stream is damaged.
  func inflate(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Progress? {
    let available = min(input.count, Int(UInt32.max))
    let room = min(output.count, Int(UInt32.max))
    // zlib reads through `next_in` and never writes, though its type says that it may.
    stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
    stream.avail_in = UInt32(available)
    stream.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.avail_out = UInt32(room)
    let status = CZlib.inflate(&stream, Z_NO_FLUSH)
    guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else { return nil }
    return Progress(
      consumed: available - Int(stream.avail_in), produced: room - Int(stream.avail_out),
      isAtEnd: status == Z_STREAM_END)
  }
}

/// The checksum CRC-32 of the bytes, as zip files hold it.
func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
  bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count)) }
}

/// Inflates a raw deflate stream that must give exactly `size` bytes. `nil`: it is damaged or gives another number.
/// Memory grows with the bytes that really come, up to `size`.
func inflatedBytes(of compressed: ArraySlice<UInt8>, size: Int) -> [UInt8]? {
  let inflater = Inflater(.raw)
  var result: [UInt8] = []
  var piece = [UInt8](repeating: 0, count: 1 << 16)
  var position = compressed.startIndex
  while true {
    let progress = compressed[position...].withUnsafeBytes { input in
      piece.withUnsafeMutableBytes { inflater.inflate(input, into: $0) }
    }
    guard let progress else { return nil }
    position += progress.consumed
    guard result.count + progress.produced <= size else { return nil }
    result += piece[..<progress.produced]
    if progress.isAtEnd { return position == compressed.endIndex && result.count == size ? result : nil }
    if progress.consumed == 0 && progress.produced == 0 { return nil }
  }
}
