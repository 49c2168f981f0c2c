//  DrawFile.swift — the draws of one chain on disk: a safetensors file that is written row by row, and mapped to be read.
//
//  The header comes first, for all rows; then the rows "draws" [S, P] and "states" [S, Q], each at its place as soon as it
//  is made. While the file is being written it has the ending `.partial`: what has the whole name is whole. A run that
//  goes on checks the rows that its checkpoint counts by their hash, and writes the others again.

import Arrays
import Datasets
import Foundation
import Training

/// A file with S rows of P parameters and S rows of Q statistics.
final class DrawFile: @unchecked Sendable {
  // The descriptor is written through by one thread, that of the chain; the mapping is only read. That is the proof of the
  // `@unchecked Sendable`.
  let path: String
  let rows: Int
  let parameterCount: Int
  let stateCount: Int
  private let descriptor: Int32
  private let headerBytes: Int
  private var mapping: UnsafeMutableRawPointer?

  /// Opens or makes the partial file. `keeps` says that rows that are there stay.
  init(path: String, rows: Int, parameterCount: Int, stateCount: Int, keeps: Bool) throws(TrainingError) {
    self.path = path
    self.rows = rows
    self.parameterCount = parameterCount
    self.stateCount = stateCount
    let header = Self.header(rows: rows, parameterCount: parameterCount, stateCount: stateCount)
    headerBytes = header.count
    if keeps && FileManager.default.fileExists(atPath: path) { try? Self.move(path, to: path + ".partial") }
    descriptor = open(path + ".partial", keeps ? O_RDWR | O_CREAT : O_RDWR | O_CREAT | O_TRUNC, 0o644)
    guard descriptor >= 0, ftruncate(descriptor, off_t(byteCount)) == 0 else { throw failure("cannot be made") }
    try put(header)
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if let mapping { munmap(mapping, byteCount) }
  }

  private var byteCount: Int { headerBytes + 4 * rows * (parameterCount + stateCount) }

  /// Where row r begins. Unit: bytes.
  private func place(_ row: Int) -> (draw: Int, state: Int) {
    (headerBytes + 4 * row * parameterCount, headerBytes + 4 * (rows * parameterCount + row * stateCount))
  }

  func write(_ row: Int, _ draw: UnsafeBufferPointer<Float>, _ state: UnsafeBufferPointer<Float>) throws(TrainingError)
  {
    let place = place(row)
    try put(UnsafeRawBufferPointer(draw), at: place.draw)
    try put(UnsafeRawBufferPointer(state), at: place.state)
  }

  /// A hash of the first `count` rows.
  func checksum(_ count: Int) throws(TrainingError) -> Int {
    var sum: UInt64 = 0xcbf2_9ce4_8422_2325
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4 * max(parameterCount, stateCount), alignment: 8)
    defer { buffer.deallocate() }
    for row in 0..<count {
      let place = place(row)
      for (start, size) in [(place.draw, 4 * parameterCount), (place.state, 4 * stateCount)] where size > 0 {
        guard pread(descriptor, buffer.baseAddress, size, off_t(start)) == size else { throw failure("cannot be read") }
        for word in buffer[..<size].bindMemory(to: UInt32.self) {
          sum = (sum ^ UInt64(word)) &* 0x100_0000_01b3
          sum ^= sum >> 32
        }
      }
    }
    return Int(sum >> 1)
  }

  /// Flushes the file, gives it its name, and maps it.
  func finish() throws(TrainingError) {
    guard fsync(descriptor) == 0 else { throw failure("cannot be flushed") }
    do {
      try Self.move(path + ".partial", to: path)
    } catch {
      throw failure("cannot be renamed")
    }
    let memory = mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let memory, memory != MAP_FAILED else { throw failure("cannot be mapped into memory") }
    mapping = memory
  }

  /// Copies a row of a finished file.
  func copy(
    _ row: Int, to parameters: UnsafeMutableBufferPointer<Float>, state: UnsafeMutableBufferPointer<Float>
  ) {
    guard let mapping else { preconditionFailure("\(path) is not finished") }
    let place = place(row)
    UnsafeMutableRawBufferPointer(parameters).copyMemory(
      from: UnsafeRawBufferPointer(start: mapping + place.draw, count: 4 * parameterCount))
    guard stateCount > 0 else { return }
    UnsafeMutableRawBufferPointer(state).copyMemory(
      from: UnsafeRawBufferPointer(start: mapping + place.state, count: 4 * stateCount))
  }

  private func put(_ header: [UInt8]) throws(TrainingError) {
    let result = header.withUnsafeBytes { bytes in
      Result { () throws(TrainingError) in try put(bytes, at: 0) }
    }
    try result.get()
  }

  private func put(_ bytes: UnsafeRawBufferPointer, at start: Int) throws(TrainingError) {
    var done = 0
    while done < bytes.count, let base = bytes.baseAddress {
      let count = pwrite(descriptor, base + done, bytes.count - done, off_t(start + done))
      if count > 0 {
        done += count
      } else if errno != EINTR {
        throw failure("cannot be written")
      }
    }
  }

  private func failure(_ problem: String) -> TrainingError {
    .checkpoint("\(path): the file of draws \(problem): \(String(cString: strerror(errno)))")
  }

  private static func move(_ path: String, to other: String) throws {
    guard rename(path, other) == 0 else { throw CocoaError(.fileWriteUnknown) }
  }

  /// Length and JSON, padded such that rows begin at a multiple of eight bytes.
  private static func header(rows: Int, parameterCount: Int, stateCount: Int) -> [UInt8] {
    let (draws, states) = (4 * rows * parameterCount, 4 * rows * stateCount)
    var text = "{\"draws\":{\"dtype\":\"F32\",\"shape\":[\(rows),\(parameterCount)],\"data_offsets\":[0,\(draws)]},"
    text += "\"states\":{\"dtype\":\"F32\",\"shape\":[\(rows),\(stateCount)],"
    text += "\"data_offsets\":[\(draws),\(draws + states)]}}"
    while text.utf8.count % 8 != 0 { text += " " }
    return withUnsafeBytes(of: UInt64(text.utf8.count).littleEndian) { [UInt8]($0) } + Array(text.utf8)
  }
}
