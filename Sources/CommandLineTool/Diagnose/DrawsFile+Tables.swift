//  DrawsFile+Tables.swift — draws in CSV files, with the names that Stan, CmdStan and R's posterior give their columns.
//
//  A column is a parameter, or an element of one: Stan's `L_Omega.2.1`, which counts from 1, is L_Omega[1,0], as elements are named everywhere
//  here. `log_lik.1`, `log_lik.2` … or `log_lik[1]` … are the log likelihoods of observations. A column `chain` tells chains apart; `draw`
//  and `iteration` are passed over. Lines that begin with # are left out where the file begins with one.

import Credence
import Foundation

extension DrawsFile {
  /// What the array of the log likelihood of each observation is called.
  static let logLikelihoodNames: Set<String> = ["log_likelihood", "log_lik"]

  /// What columns are called that number chains, and those that say nothing of the density.
  private static let chainNames = ["chain", ".chain", "chain__"]
  private static let countNames: Set<String> = [
    "draw", ".draw", "draw__", "iteration", ".iteration", "iter__", "stepsize__", "n_leapfrog__",
  ]
  /// What Stan calls the records of trajectories.
  private static let foreignRecords = [
    "energy__": "energy", "divergent__": "diverging", "treedepth__": "tree_depth", "accept_stat__": "acceptance",
  ]

  /// Lines that begin with # are left out where the file begins with one.
  private static func table(at path: String) throws(DatasetError) -> Table {
    let mark = UInt8(ascii: "#")
    guard let data = FileManager.default.contents(atPath: path), data.first == mark else {
      return try Table(contentsOf: path)
    }
    let lines = data.split(separator: UInt8(ascii: "\n")).filter { $0.first != mark }
    return try Table(csv: Array(lines.joined(separator: [UInt8(ascii: "\n")])), name: path)
  }

  /// The columns of a file, [chains, draws] each; log likelihoods of observations together.
  static func columns(of path: String) throws(DatasetError) -> [NamedArray] {
    let table = try table(at: path)
    let labels = chainNames.lazy.compactMap { table[$0] }.first
    var chains: [String: [Int]] = [:]
    for row in 0..<table.rowCount { chains[labels?.label(row: row) ?? "", default: []].append(row) }
    let rows = chains.sorted { $0.key < $1.key }.map(\.value)
    guard let count = rows.first?.count, rows.allSatisfy({ $0.count == count }) else {
      throw DatasetError(
        file: path, problem: "the chains have different lengths", advice: "give as many draws of each chain")
    }
    let names = Set(table.columns.map(\.name))
    var arrays: [NamedArray] = []
    var terms: [DenseArray<Double>] = []
    for column in table.columns where !chainNames.contains(column.name) && !countNames.contains(column.name) {
      guard let numbers = column.numbers else {
        throw DatasetError(
          file: path, column: column.name, problem: "not all draws are numbers", advice: "correct or remove the column")
      }
      let draws = DenseArray(rows: rows.map { $0.map { numbers[$0] } })
      let name = elementName(column.name, beside: names)
      if let end = name.firstIndex(of: "["), logLikelihoodNames.contains(String(name[..<end])) {
        terms.append(draws)
      } else {
        arrays.append((foreignRecords[column.name] ?? name, draws))
      }
    }
    if !terms.isEmpty { arrays.append(("log_likelihood", stacked(terms))) }
    return arrays
  }

  /// Stan's `L.2.1` → `L[1,0]`, where there is an `L.1.1`; other names as they are.
  private static func elementName(_ name: String, beside names: Set<String>) -> String {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    let indices = Array(parts.reversed().prefix { !$0.isEmpty && $0.allSatisfy(\.isASCIIDigit) }.reversed())
    let array = parts.dropLast(indices.count).joined(separator: ".")
    let first = ([array] + indices.map { _ in "1" }).joined(separator: ".")
    // Beside a column `L`, `L.1` is what some programs call a second one of that name.
    guard !indices.isEmpty, !array.isEmpty, names.contains(first), !names.contains(array) else { return name }
    return "\(array)[\(indices.map { "\((Int($0) ?? 0) - 1)" }.joined(separator: ","))]"
  }

  /// Shape [C, N] each → [C, N, count].
  private static func stacked(_ terms: [DenseArray<Double>]) -> DenseArray<Double> {
    let shape = terms[0].shape
    return DenseArray(
      (0..<terms[0].count).flatMap { place in terms.map { $0.elements[place] } },
      shape: [shape[0], shape[1], terms.count])
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
