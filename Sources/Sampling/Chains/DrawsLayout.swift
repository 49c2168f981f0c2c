//  DrawsLayout.swift — where draws lie in the file of a run: arrays one after the other, in each the chains, in each the draws.
//
//  Notation   C chains, N draws, W numbers a draw over all arrays     H bytes before the first number
//
//  Equation   (1) draw n of chain c in array a begins at H + 8 (C N Σ_{b<a} w_b + (c N + n) w_a)
//
//  H does not depend on N, so that the file of a run that goes on for longer is the same but for the places (1).

import Arrays
import Foundation
import Probability

struct DrawsLayout {
  /// An array [C, N, shape].
  struct Array {
    let name: String
    /// Of one draw; empty for one number.
    let shape: [Int]
    var width: Int { shape.reduce(1, *) }
  }

  let arrays: [Array]
  /// The names of arrays [C, 1] after all others.
  let chainRecords: [String]
  let chains: Int
  /// N.
  let draws: Int

  /// The parameters of a space by name, with the coordinates that chains see as `unconstrained`; only these, as `x`, without a space; after
  /// them what is recorded of each draw and of each chain.
  init<Kernel: MarkovKernel>(
    _ space: ParameterSpace?, dimension: Int, recordsOf kernel: Kernel.Type, chains: Int, draws: Int
  ) {
    let parameters = space?.parameters.map { Array(name: $0.name, shape: $0.shape.extents) } ?? []
    arrays =
      parameters + [Array(name: space == nil ? "x" : "unconstrained", shape: [dimension])]
      + (["log_density"] + kernel.drawRecords.map(\.name)).map { Array(name: $0, shape: []) }
    chainRecords = kernel.chainRecords.map(\.name)
    coordinates = parameters.count
    (self.chains, self.draws) = (chains, draws)
  }

  /// The number of the array that has the coordinates of chains; the parameters are before it, the records after.
  let coordinates: Int

  private init(_ other: DrawsLayout, draws: Int) {
    (arrays, chainRecords, coordinates) = (other.arrays, other.chainRecords, other.coordinates)
    chains = other.chains
    self.draws = draws
  }

  func with(draws: Int) -> DrawsLayout { DrawsLayout(self, draws: draws) }

  /// H: the length of the header, and room for the header, whatever the numbers in it.
  var headerBytes: Int {
    let all = arrays + chainRecords.map { Array(name: $0, shape: [1]) }
    return all.reduce(256) { $0 + $1.name.utf8.count * 6 + 128 + 24 * $1.shape.count } / 8 * 8
  }

  /// Equation (1).
  func place(_ array: Int, chain: Int, draw: Int) -> Int {
    let before = arrays[..<array].reduce(0) { $0 + $1.width }
    let width = array < arrays.count ? arrays[array].width : 0
    return headerBytes + 8 * (chains * draws * before + (chain * draws + draw) * width)
  }

  /// The array of this name.
  ///
  /// Precondition: there is one.
  func number(of name: String) -> Int {
    guard let number = arrays.firstIndex(where: { $0.name == name }) else {
      preconditionFailure("a file of draws without \(name)")
    }
    return number
  }

  /// Where the last array of draws ends, and the records of chains begin.
  var end: Int { place(arrays.count, chain: 0, draw: 0) }

  /// The header of the file, filled up with blanks.
  var header: Data {
    func entry(_ name: String, _ shape: [Int], from start: Int) -> String {
      let end = start + 8 * shape.reduce(1, *)
      // A string is encodable without exception.
      let quoted = (try? JSONEncoder().encode(name)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\(name)\""
      return "\(quoted):{\"dtype\":\"F64\",\"shape\":[\(shape.map(String.init).joined(separator: ","))],"
        + "\"data_offsets\":[\(start),\(end)]}"
    }
    var entries = arrays.indices.map { index in
      entry(
        arrays[index].name, [chains, draws] + arrays[index].shape,
        from: place(index, chain: 0, draw: 0) - headerBytes)
    }
    for (index, name) in chainRecords.enumerated() {
      entries.append(entry(name, [chains, 1], from: end - headerBytes + 8 * chains * index))
    }
    var header = Swift.Array("{\(entries.joined(separator: ","))}".utf8)
    header += [UInt8](repeating: UInt8(ascii: " "), count: headerBytes - 8 - header.count)
    return Data(header)
  }
}
