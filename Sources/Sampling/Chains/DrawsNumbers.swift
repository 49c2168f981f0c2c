//  DrawsNumbers.swift — the numbers of a file of draws, by their places, a few at a time.

import Evaluation
import Foundation

/// A file of draws that is open.
struct DrawsNumbers {
  let path: String
  let handle: FileHandle

  /// Numbers that are read or moved at once.
  static let block = 65_536
  /// Numbers that memory holds where all draws of a coordinate are looked at; more only where one coordinate has more.
  private static let memory = 1 << 20

  func perform(_ body: (FileHandle) throws -> Void) throws(SamplingError) {
    do { try body(handle) } catch let error as SamplingError { throw error } catch {
      throw .file(path: path, problem: error.localizedDescription)
    }
  }

  func write(_ numbers: [Double], at place: Int) throws(SamplingError) {
    try perform { handle in
      try handle.seek(toOffset: UInt64(place))
      try handle.write(contentsOf: numbers.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) })
    }
  }

  func read(_ count: Int, at place: Int) throws(SamplingError) -> [Double] {
    var numbers: [Double] = []
    try perform { handle in
      try handle.seek(toOffset: UInt64(place))
      let data = try handle.read(upToCount: 8 * count) ?? Data()
      guard data.count == 8 * count else { throw SamplingError.file(path: path, problem: "it is too short") }
      numbers = data.withUnsafeBytes { bytes in
        (0..<count).map {
          Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self)))
        }
      }
    }
    return numbers
  }

  /// How much a record counts over the first draws of each chain.
  func counts(of record: String, draws count: Int, _ layout: DrawsLayout) throws(SamplingError) -> [Int] {
    let array = layout.number(of: record)
    var counts: [Int] = []
    for chain in 0..<layout.chains {
      var sum = 0.0
      for start in stride(from: 0, to: count, by: Self.block) {
        let place = layout.place(array, chain: chain, draw: start)
        sum = try read(min(Self.block, count - start), at: place).reduce(sum, +)
      }
      guard let whole = Int(exactly: sum) else {
        throw .foreignState("\(path): this is not the file of these chains; name that file, or begin anew")
      }
      counts.append(whole)
    }
    return counts
  }

  /// The chains of each element of an array, one after the other, until they are enough: rows are read once for as many elements as
  /// memory holds.
  ///
  /// - Parameter isEnough: Of an element and its chains.
  func forEachElement(
    _ range: Range<Int>, of array: Int, draws count: Int, _ layout: DrawsLayout, isEnough: (Int, Chains) -> Bool
  ) throws(SamplingError) {
    let group = max(1, Self.memory / max(1, layout.chains * count))
    for start in stride(from: range.lowerBound, to: range.upperBound, by: group) {
      let elements = start..<min(start + group, range.upperBound)
      var columns: [[[Double]]] = []
      for chain in 0..<layout.chains {
        columns.append(try self.columns(elements, of: array, chain: chain, draws: count, layout))
      }
      for element in elements where isEnough(element, Chains(columns.map { $0[element - start] })) { return }
    }
  }

  /// Some elements of an array in the first draws of a chain. Shape [elements][draws].
  private func columns(
    _ elements: Range<Int>, of array: Int, chain: Int, draws count: Int, _ layout: DrawsLayout
  ) throws(SamplingError) -> [[Double]] {
    let width = layout.arrays[array].width
    var columns = elements.map { _ in [Double](repeating: 0, count: count) }
    let rows = max(1, Self.block / width)
    for start in stride(from: 0, to: count, by: rows) {
      let length = min(rows, count - start)
      let numbers = try read(length * width, at: layout.place(array, chain: chain, draw: start))
      for (place, element) in elements.enumerated() {
        for row in 0..<length { columns[place][start + row] = numbers[row * width + element] }
      }
    }
    return columns
  }
}
