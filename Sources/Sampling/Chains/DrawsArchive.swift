//  DrawsArchive.swift — draws in a file while they are made, so that memory does not grow with the run.
//
//  A safetensors file of 64-bit numbers: `x` [C, N, D], the draws, or each parameter of a space [C, N, …] and `unconstrained` [C, N, D];
//  then the records of draws [C, N] and of chains [C, 1], see `DrawsRecords`. Each chain writes where its draws belong, `DrawsLayout`, in
//  whatever order they come. The header is written last: until then its length, the first eight bytes, is 0, the file is none that a reader takes for draws, and the next eight
//  bytes say for how many draws it is laid out. A run that ends early closes up what it has; one that goes on for longer moves apart.

import Arrays
import Foundation
import Probability

/// The file of a run that is under way.
final class DrawsArchive {
  let layout: DrawsLayout
  let numbers: DrawsNumbers
  private let space: ParameterSpace?

  private var path: String { numbers.path }
  private var chains: Int { layout.chains }

  /// What stands in place of a number of draws while they are moved.
  private static let underWay = UInt64.max

  /// Opens the file of a run, or begins one.
  ///
  /// - Parameter made: The draws that each chain of a run that goes on has made; `nil` where it begins.
  init(_ path: String, _ layout: DrawsLayout, space: ParameterSpace?, resuming made: [Int]?) throws(SamplingError) {
    (self.layout, self.space) = (layout, space)
    let exists = FileManager.default.fileExists(atPath: path)
    if made != nil {
      guard exists else { throw .file(path: path, problem: "the draws of the run that goes on are not there") }
    } else if !exists {
      guard FileManager.default.createFile(atPath: path, contents: nil) else {
        throw .file(path: path, problem: "it cannot be written")
      }
    }
    guard let handle = FileHandle(forUpdatingAtPath: path) else {
      throw .file(path: path, problem: "it cannot be opened for writing")
    }
    numbers = DrawsNumbers(path: path, handle: handle)
    var known = layout.draws
    if let made { known = try drawsLaidOut(made) }
    guard known <= layout.draws else {
      throw .foreignState(
        "the file of these chains is laid out for \(known) draws, and the plan has \(layout.draws); ask for as many at least"
      )
    }
    // Empty until the end: no reader takes it for a file of draws.
    try mark(known < layout.draws ? Self.underWay : UInt64(layout.draws))
    if known < layout.draws {
      try moveApart(from: layout.with(draws: known))
      try mark(UInt64(layout.draws))
    }
    try numbers.perform { handle in try handle.truncate(atOffset: UInt64(layout.end)) }
  }

  deinit { try? numbers.handle.close() }

  /// For how many draws the file of a run that goes on is laid out.
  private func drawsLaidOut(_ made: [Int]) throws(SamplingError) -> Int {
    var words: [UInt64] = []
    var size: UInt64 = 0
    try numbers.perform { handle in
      try handle.seek(toOffset: 0)
      let data = try handle.read(upToCount: 16) ?? Data()
      guard data.count == 16 else { throw SamplingError.file(path: self.path, problem: "it is too short") }
      words = data.withUnsafeBytes { bytes in
        [0, 8].map { UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self)) }
      }
      size = try handle.seekToEnd()
    }
    guard words[0] != 0 || words[1] != Self.underWay else {
      throw .foreignState("\(path): the program ended while draws were moved within this file; begin anew")
    }
    // A file with a header was closed up to the draws that were made.
    guard words[0] == 0 || made.allSatisfy({ $0 == made[0] }) else {
      throw .foreignState(
        "\(path): these chains ended at different draws, and the file has the fewest of them; begin anew")
    }
    guard words[0] == 0 || words[0] == UInt64(layout.headerBytes - 8),
      let draws = words[0] != 0 ? made[0] : Int(exactly: words[1]), draws <= Int.max / 8 / max(1, chains),
      size >= UInt64(layout.with(draws: draws).end)
    else { throw .foreignState("\(path): this is not the file of these chains; name that file, or begin anew") }
    return draws
  }

  /// No header, and for how many draws the file is laid out.
  private func mark(_ draws: UInt64) throws(SamplingError) {
    try numbers.perform { handle in
      try handle.seek(toOffset: 0)
      try handle.write(contentsOf: [0, draws.littleEndian].withUnsafeBytes { Data($0) })
      try handle.synchronize()
    }
  }

  /// Writes draws of one chain, from its draw of a number on.
  ///
  /// - Parameter records: In the order of the layout.
  func write(_ positions: [Double], records: [[Double]], chain: Int, from draw: Int) throws(SamplingError) {
    let count = records.first?.count ?? 0
    guard count > 0 else { return }
    let values = space?.constrained(DenseArray(positions, shape: [count, positions.count / count]))
    let parameters = layout.arrays.prefix(layout.coordinates).map { values?[$0.name]?.elements ?? [] }
    for (index, column) in zip(layout.arrays.indices, parameters + [positions] + records) {
      try numbers.write(column, at: layout.place(index, chain: chain, draw: draw))
    }
  }

  /// Gives the file its header, after draws that were planned and not made are left out of it.
  ///
  /// - Parameter chainRecords: Of each chain, in the order of the layout.
  func finish(draws count: Int, chainRecords: [[Double]]) throws(SamplingError) {
    let final = layout.with(draws: count)
    if count < layout.draws {
      try mark(Self.underWay)
      try closeUp(to: final)
      try mark(UInt64(count))
    }
    let header = final.header
    let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) }
    try numbers.perform { handle in try handle.truncate(atOffset: UInt64(final.end)) }
    try numbers.write(Array(chainRecords.joined()), at: final.end)
    try numbers.perform { handle in
      try handle.seek(toOffset: 8)
      try handle.write(contentsOf: header)
      try handle.synchronize()
      try handle.seek(toOffset: 0)
      try handle.write(contentsOf: length)
      try handle.synchronize()
    }
  }

  /// Moves what each chain has forwards. The targets ascend and never pass their sources.
  private func closeUp(to final: DrawsLayout) throws(SamplingError) {
    for array in layout.arrays.indices {
      for chain in 0..<chains {
        let (source, target) = (layout.place(array, chain: chain, draw: 0), final.place(array, chain: chain, draw: 0))
        let count = final.draws * layout.arrays[array].width
        for start in stride(from: 0, to: count, by: Self.block) {
          try move(min(Self.block, count - start), from: source + 8 * start, to: target + 8 * start)
        }
      }
    }
  }

  /// Moves what each chain has backwards. The targets descend, and none is before its source.
  private func moveApart(from old: DrawsLayout) throws(SamplingError) {
    for array in layout.arrays.indices.reversed() {
      for chain in (0..<chains).reversed() {
        let (source, target) = (old.place(array, chain: chain, draw: 0), layout.place(array, chain: chain, draw: 0))
        var end = old.draws * layout.arrays[array].width
        while end > 0 {
          let count = min(Self.block, end)
          end -= count
          try move(count, from: source + 8 * end, to: target + 8 * end)
        }
      }
    }
  }

  private static let block = DrawsNumbers.block

  private func move(_ count: Int, from source: Int, to target: Int) throws(SamplingError) {
    try numbers.write(try numbers.read(count, at: source), at: target)
  }
}
