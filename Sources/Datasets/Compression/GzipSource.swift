//  GzipSource.swift — the bytes inside a gzip file, in a stream.

/// The inflated bytes of a gzip source; several members in a row count as one. Source: RFC 1952.
final class GzipSource: ByteSource {
  var name: String { compressed.name }

  private let compressed: any ByteSource
  private let inflater = Inflater(.gzip)
  private var input = [UInt8](repeating: 0, count: 1 << 16)
  private var unread = 0..<0
  private var isBetweenMembers = true
  private var hasMember = false

  init(_ compressed: any ByteSource) throws(DatasetError) {
    self.compressed = compressed
    try compressed.rewind()
  }

  func rewind() throws(DatasetError) {
    try compressed.rewind()
    inflater.reset()
    unread = 0..<0
    isBetweenMembers = true
    hasMember = false
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int {
    while !buffer.isEmpty {
      if unread.isEmpty { try fill() }
      if unread.isEmpty {
        guard isBetweenMembers && hasMember else { throw damaged("the compressed data ends early") }
        return 0
      }
      let progress = input[unread].withUnsafeBytes { inflater.inflate($0, into: buffer) }
      guard let progress else {
        throw damaged(
          isBetweenMembers && hasMember ? "bytes follow the compressed data" : "the compressed data is damaged")
      }
      unread = (unread.lowerBound + progress.consumed)..<unread.upperBound
      isBetweenMembers = progress.isAtEnd
      if progress.isAtEnd {
        hasMember = true
        inflater.reset()
      } else if progress.consumed == 0 && progress.produced == 0 {
        throw damaged("the compressed data is damaged")
      }
      if progress.produced > 0 { return progress.produced }
    }
    return 0
  }

  private func fill() throws(DatasetError) {
    let count = try input.withUnsafeMutableBufferPointer { (buffer) throws(DatasetError) -> Int in
      try compressed.read(into: UnsafeMutableRawBufferPointer(buffer))
    }
    unread = 0..<count
  }

  private func damaged(_ problem: String) -> DatasetError {
    DatasetError(file: name, problem: problem, advice: "fetch or compress the file again")
  }
}
