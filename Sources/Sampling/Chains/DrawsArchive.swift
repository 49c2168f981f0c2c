//  DrawsArchive.swift — draws in a file while they are made, so that memory does not grow with the run.
//
//  A safetensors file of 64-bit numbers: `x` [C, N, D], the draws; `log_density`, `acceptance`, `diverging`,
//  `tree_depth`, `saturated`, `not_a_number`, and `energy` where it has a kinetic part [C, N], with `energy_fraction` [C, 1]. Each chain writes where its draws belong, in
//  whatever order they come. The header is written last: until then the file is none that a reader takes for draws. A run that ends
//  early closes up what it has.

import Foundation

/// The file of a run that is under way.
final class DrawsArchive {
  private let recordNames: [String]
  /// Before the numbers: the length of the header, and the header, filled up with blanks.
  private static let headerBytes = 2048

  let path: String
  private let handle: FileHandle
  let chains, draws, dimension: Int

  /// Opens the file of a run, or begins one. Shape of the draws [chains, draws, dimension].
  init(_ path: String, chains: Int, draws: Int, dimension: Int, hasEnergy: Bool, resumes: Bool) throws(SamplingError) {
    self.path = path
    recordNames =
      ["log_density", "acceptance", "diverging", "tree_depth", "saturated", "not_a_number"]
      + (hasEnergy ? ["energy"] : [])
    (self.chains, self.draws, self.dimension) = (chains, draws, dimension)
    let exists = FileManager.default.fileExists(atPath: path)
    if !resumes || !exists {
      guard !resumes else { throw .file(path: path, problem: "the draws of the run that goes on are not there") }
      guard FileManager.default.createFile(atPath: path, contents: nil) else {
        throw .file(path: path, problem: "it cannot be written")
      }
    }
    guard let handle = FileHandle(forUpdatingAtPath: path) else {
      throw .file(path: path, problem: "it cannot be opened for writing")
    }
    self.handle = handle
    try perform { handle in
      // Empty until the end: no reader takes it for a file of draws.
      try handle.seek(toOffset: 0)
      try handle.write(contentsOf: Data(count: 8))
      try handle.truncate(atOffset: UInt64(self.recordPlace(self.recordNames.count, chain: 0, draw: 0)))
    }
  }

  deinit { try? handle.close() }

  /// Where the number of a draw's first coordinate is.
  private func place(chain: Int, draw: Int) -> Int { Self.headerBytes + 8 * (chain * draws + draw) * dimension }

  /// Where a record of a draw is.
  private func recordPlace(_ record: Int, chain: Int, draw: Int) -> Int {
    place(chain: chains, draw: 0) + 8 * (record * chains * draws + chain * draws + draw)
  }

  /// Writes draws of one chain, from its draw of a number on.
  func write(
    _ positions: [Double], logDensities: [Double], transitions: [Transition], chain: Int, from draw: Int
  ) throws(SamplingError) {
    let records = [
      logDensities, transitions.map(\.acceptance), transitions.map { $0.isDivergent ? 1 : 0 },
      transitions.map { Double($0.treeDepth) }, transitions.map { $0.isSaturated ? 1 : 0 },
      transitions.map { Double($0.notANumber) }, transitions.map(\.energy),
    ]
    try perform { handle in
      try Self.write(positions, at: self.place(chain: chain, draw: draw), handle)
      for (index, numbers) in records.prefix(recordNames.count).enumerated() {
        try Self.write(numbers, at: self.recordPlace(index, chain: chain, draw: draw), handle)
      }
    }
  }

  /// One coordinate of the first draws of a chain.
  func coordinate(_ axis: Int, chain: Int, draws count: Int) throws(SamplingError) -> [Double] {
    var numbers: [Double] = []
    numbers.reserveCapacity(count)
    let block = max(1, 65_536 / dimension)
    for start in stride(from: 0, to: count, by: block) {
      let length = min(block, count - start)
      let rows = try read(length * dimension, at: place(chain: chain, draw: start))
      for row in 0..<length { numbers.append(rows[row * dimension + axis]) }
    }
    return numbers
  }

  /// Gives the file its header, after draws that were planned and not made are left out of it.
  ///
  /// - Parameter energyFractions: Of each chain; empty where there are none.
  func finish(draws count: Int, energyFractions: [Double]) throws(SamplingError) {
    if count < draws { try close(up: count) }
    var entries = ["\"x\":\(Self.entry([chains, count, dimension], from: 0))"]
    for (index, name) in recordNames.enumerated() {
      let offset = 8 * chains * count * (dimension + index)
      entries.append("\"\(name)\":\(Self.entry([chains, count], from: offset))")
    }
    let recordsEnd = 8 * chains * count * (dimension + recordNames.count)
    if !energyFractions.isEmpty {
      entries.append("\"energy_fraction\":\(Self.entry([energyFractions.count, 1], from: recordsEnd))")
    }
    var header = Array("{\(entries.joined(separator: ","))}".utf8)
    header += [UInt8](repeating: UInt8(ascii: " "), count: Self.headerBytes - 8 - header.count)
    let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) }
    try perform { handle in
      try handle.truncate(atOffset: UInt64(Self.headerBytes + recordsEnd))
      try Self.write(energyFractions, at: Self.headerBytes + recordsEnd, handle)
      try handle.seek(toOffset: 8)
      try handle.write(contentsOf: Data(header))
      try handle.synchronize()
      try handle.seek(toOffset: 0)
      try handle.write(contentsOf: length)
      try handle.synchronize()
    }
  }

  /// Moves what each chain has forwards. The targets ascend and never pass their sources.
  private func close(up count: Int) throws(SamplingError) {
    var target = Self.headerBytes
    func move(_ source: Int, _ numbers: Int) throws(SamplingError) {
      for start in stride(from: 0, to: numbers, by: 65_536) {
        let block = try read(min(65_536, numbers - start), at: source + 8 * start)
        try perform { handle in try Self.write(block, at: target, handle) }
        target += 8 * block.count
      }
    }
    for chain in 0..<chains { try move(place(chain: chain, draw: 0), count * dimension) }
    for record in recordNames.indices {
      for chain in 0..<chains { try move(recordPlace(record, chain: chain, draw: 0), count) }
    }
  }

  private static func entry(_ shape: [Int], from start: Int) -> String {
    let end = start + 8 * shape.reduce(1, *)
    return "{\"dtype\":\"F64\",\"shape\":[\(shape.map(String.init).joined(separator: ","))],"
      + "\"data_offsets\":[\(start),\(end)]}"
  }

  private func read(_ count: Int, at place: Int) throws(SamplingError) -> [Double] {
    var numbers: [Double] = []
    try perform { handle in
      try handle.seek(toOffset: UInt64(place))
      let data = try handle.read(upToCount: 8 * count) ?? Data()
      guard data.count == 8 * count else { throw SamplingError.file(path: self.path, problem: "it is too short") }
      numbers = data.withUnsafeBytes { bytes in
        (0..<count).map {
          Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self)))
        }
      }
    }
    return numbers
  }

  private static func write(_ numbers: [Double], at place: Int, _ handle: FileHandle) throws {
    try handle.seek(toOffset: UInt64(place))
    try handle.write(contentsOf: numbers.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) })
  }

  private func perform(_ body: (FileHandle) throws -> Void) throws(SamplingError) {
    do { try body(handle) } catch let error as SamplingError { throw error } catch {
      throw .file(path: path, problem: error.localizedDescription)
    }
  }
}
