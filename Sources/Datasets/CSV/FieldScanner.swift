//  FieldScanner.swift — the cells of a CSV stream, one after the other. Source: RFC 4180, read leniently.
//
//  A cell ends at the separator, at a line end (LF, CR LF, CR) or at the end of the file. A cell that opens with a quote
//  runs to the closing one; a doubled quote inside is a quote. Blanks around a cell are dropped.
//
//  The buffer holds part of the file and, behind it, a zero byte, so that a number that touches the end of the part stops
//  there. A cell that the buffer cuts off is read again after a refill.

/// Walks through the cells of a text.
struct FieldScanner: ~Copyable {
  /// What follows a cell.
  enum Ending { case separator, line, file }

  /// A cell: where its text lies in the buffer, until the next call.
  struct Field {
    let start: Int
    let count: Int
    let isQuoted: Bool
    let ending: Ending
  }

  /// No cell is longer. Bounds memory when a quote is never closed.
  static let longestCell = 1 << 24

  let source: any ByteSource
  let separator: UInt8

  /// The first byte that was not yet consumed, in `bytes`.
  var position = 0

  /// The line of `position`, counted from 1.
  var line = 1

  private(set) var end = 0
  private(set) var isAtEndOfFile = false
  private var capacity: Int

  /// The buffer: `capacity` bytes and one more for the zero behind the last.
  private(set) var bytes: UnsafeMutablePointer<UInt8>

  init(_ source: any ByteSource, separator: UInt8, capacity: Int = 1 << 18) throws(DatasetError) {
    self.source = source
    self.separator = separator
    self.capacity = capacity
    bytes = .allocate(capacity: capacity + 1)
    bytes[0] = 0
    try refill()
    if end >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF { position = 3 }
  }

  deinit { bytes.deallocate() }

  /// The text of a field.
  func text(_ field: Field) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: bytes + field.start, count: field.count)
  }

  /// Whether every byte was consumed.
  mutating func isFinished() throws(DatasetError) -> Bool {
    if position == end && !isAtEndOfFile { try refill() }
    return position == end
  }

  /// The next cell; the scanner then stands behind its ending.
  mutating func next() throws(DatasetError) -> Field {
    while true {
      if let field = try attempt() { return field }
      try refill()
    }
  }

  /// Drops what was consumed, moves the rest to the front and fills the buffer from the source.
  mutating func refill() throws(DatasetError) {
    let kept = end - position
    if kept >= capacity {
      guard capacity < Self.longestCell else {
        throw DatasetError(
          file: source.name, line: line, problem: "a cell is longer than \(Self.longestCell >> 20) MiB",
          advice: "check for a quote that is never closed, and that this is a CSV file")
      }
      let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: 2 * capacity + 1)
      larger.update(from: bytes + position, count: kept)
      bytes.deallocate()
      bytes = larger
      capacity *= 2
    } else {
      bytes.update(from: bytes + position, count: kept)
    }
    position = 0
    end = kept
    let free = UnsafeMutableRawBufferPointer(start: bytes + end, count: capacity - end)
    let count = try source.readFully(into: free)
    isAtEndOfFile = count < free.count
    end += count
    bytes[end] = 0
  }

  /// The next cell, or `nil` if the buffer ends before it does.
  private mutating func attempt() throws(DatasetError) -> Field? {
    var start = position
    while start < end && isBlank(bytes[start]) { start += 1 }
    if start == end && !isAtEndOfFile { return nil }
    if bytes[start] == UInt8(ascii: "\"") && start < end { return try attemptQuoted(start) }
    var stop = start
    while stop < end {
      let byte = bytes[stop]
      if byte == separator || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { break }
      stop += 1
    }
    guard let ending = consumeEnding(at: stop, lines: 0) else { return nil }
    while stop > start && isBlank(bytes[stop - 1]) { stop -= 1 }
    return Field(start: start, count: stop - start, isQuoted: false, ending: ending)
  }

  private mutating func attemptQuoted(_ quote: Int) throws(DatasetError) -> Field? {
    var lines = 0
    var doubled = 0
    var stop = quote + 1
    while true {
      while stop < end && bytes[stop] != UInt8(ascii: "\"") {
        let byte = bytes[stop]
        if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") && bytes[stop + 1] != UInt8(ascii: "\n") {
          lines += 1
        }
        stop += 1
      }
      if stop == end {
        if isAtEndOfFile { throw fault("a quote is opened and never closed", "close it") }
        return nil
      }
      if stop + 1 == end && !isAtEndOfFile { return nil }
      guard stop + 1 < end && bytes[stop + 1] == UInt8(ascii: "\"") else { break }
      doubled += 1
      stop += 2
    }
    var after = stop + 1
    while after < end && isBlank(bytes[after]) { after += 1 }
    if after == end && !isAtEndOfFile { return nil }
    let byte = bytes[after]
    if after < end && byte != separator && byte != UInt8(ascii: "\n") && byte != UInt8(ascii: "\r") {
      throw fault("text follows a closing quote", "write a quote inside a quoted cell twice")
    }
    guard let ending = consumeEnding(at: after, lines: lines) else { return nil }
    if doubled > 0 { joinDoubledQuotes(from: quote + 1, to: stop) }
    return Field(start: quote + 1, count: stop - quote - 1 - doubled, isQuoted: true, ending: ending)
  }

  /// Moves the text of a quoted cell together, so that each doubled quote is one.
  private func joinDoubledQuotes(from start: Int, to stop: Int) {
    var target = start
    var index = start
    while index < stop {
      bytes[target] = bytes[index]
      index += bytes[index] == UInt8(ascii: "\"") ? 2 : 1
      target += 1
    }
  }

  /// Moves behind what ends a cell whose last byte is before `stop`, and counts its lines. `nil`: a CR ends the buffer.
  private mutating func consumeEnding(at stop: Int, lines: Int) -> Ending? {
    if stop == end {
      guard isAtEndOfFile else { return nil }
      position = stop
      line += lines
      return .file
    }
    if bytes[stop] == separator {
      position = stop + 1
      line += lines
      return .separator
    }
    if bytes[stop] == UInt8(ascii: "\r") {
      if stop + 1 == end && !isAtEndOfFile { return nil }
      position = bytes[stop + 1] == UInt8(ascii: "\n") ? stop + 2 : stop + 1
    } else {
      position = stop + 1
    }
    line += lines + 1
    return .line
  }

  private func isBlank(_ byte: UInt8) -> Bool {
    (byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")) && byte != separator
  }

  private func fault(_ problem: String, _ advice: String) -> DatasetError {
    DatasetError(file: source.name, line: line, problem: problem, advice: advice)
  }
}
