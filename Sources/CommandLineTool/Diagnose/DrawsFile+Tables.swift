//  DrawsFile+Tables.swift — draws in CSV files, of which `DrawsColumn` knows the names.
//
//  Rows of a chain are put into the order of a column `iteration` or `draw`, where there is one: how much draws are worth depends on
//  their order. A cell may be a number that is not finite, or True or False. Lines that begin with # are none of the table where the
//  file begins with one, and draws of the warm-up of which they tell are left out. So are the evaluations of thinned draws: those between
//  them are not there.

import Credence
import Foundation

extension DrawsFile {
  /// What a file holds.
  struct Contents {
    /// [chains, draws, …] each.
    var arrays: [NamedArray]
    /// What the chains are called in the file; `nil` where they have no names.
    var chainLabels: [String]?
    /// How many draws of the warm-up were left out, over all chains.
    var warmUpCount = 0
  }

  /// What the array of the log likelihood of each observation is called.
  static let logLikelihoodNames: Set<String> = ["log_likelihood", "log_lik"]

  /// The columns of a file, [chains, draws] each; log likelihoods of observations together.
  static func columns(of path: String) throws(DatasetError) -> Contents {
    let (table, warmUpCount, isThinned, greatestDepth) = try table(at: path)
    let columns = Array(zip(table.columns, DrawsColumn.all(table.columnNames)))
    let (labels, rows) = try chains(of: table, first: warmUpCount, columns)
    var drawn: [(DrawsColumn, DenseArray<Double>)] = []
    for (column, meaning) in columns {
      switch meaning {
      case .array("evaluations") where isThinned: continue
      case .array, .logLikelihood: drawn.append((meaning, try draws(column, rows, path)))
      case .chain, .order, .passedOver: continue
      }
    }
    var arrays = arrays(of: drawn)
    if let greatestDepth, let depths = arrays.first(where: { $0.name == "tree_depth" })?.array {
      let saturated = depths.elements.map { $0 >= greatestDepth ? 1.0 : 0 }
      arrays.append(("saturated", DenseArray(saturated, shape: depths.shape)))
    }
    return Contents(arrays: arrays, chainLabels: labels, warmUpCount: warmUpCount)
  }

  /// The table, how many of its first rows are of the warm-up, whether there were transitions between the draws, and the greatest depth of
  /// trees where the file says it.
  private static func table(at path: String) throws(DatasetError) -> (
    Table, warmUpCount: Int, isThinned: Bool, greatestDepth: Double?
  ) {
    guard let data = FileManager.default.contents(atPath: path), data.first == UInt8(ascii: "#") else {
      return (try Table(drawsOf: path), 0, false, nil)
    }
    let comments = StanComments(of: data)
    let table = try Table(drawsIn: comments.text, name: path)
    let count = comments.warmUpCount(lines: table.lines)
    guard count < table.rowCount else {
      throw DatasetError(
        file: path, problem: "all of its \(count) rows are draws of the warm-up",
        advice: "let the run come to its draws, and give its file then")
    }
    return (table, count, comments.thinning > 1, comments.greatestDepth)
  }

  /// The rows of each chain in the order of its draws, from the first that counts.
  private static func chains(
    of table: Table, first: Int, _ columns: [(Column, DrawsColumn)]
  ) throws(DatasetError) -> (labels: [String]?, rows: [[Int]]) {
    let naming = columns.first { $0.1 == .chain }?.0
    var chains: [String: [Int]] = [:]
    for row in first..<table.rowCount {
      guard let label = naming.map({ $0.label(row: row) }) ?? "" else {
        throw DatasetError(
          file: table.name, line: table.lines[row], column: naming?.name, problem: "the row is of no chain",
          advice: "name the chain, or remove the row")
      }
      chains[label, default: []].append(row)
    }
    let labels = ordered(chains.keys)
    var rows = labels.compactMap { chains[$0] }
    guard let count = rows.first?.count, rows.allSatisfy({ $0.count == count }) else {
      throw DatasetError(
        file: table.name, problem: "the chains have different lengths", advice: "give as many draws of each chain")
    }
    // Of several, that which counts within chains comes first.
    let orders = columns.filter { $0.1 == .order }.map(\.0)
    if let order = orders.first(where: { $0.name.contains("iter") }) ?? orders.first {
      for (chain, label) in labels.enumerated() {
        rows[chain] = try sorted(rows[chain], by: order, table, chain: naming == nil ? nil : label)
      }
    }
    return (naming == nil ? nil : labels, rows)
  }

  /// As numbers where all are.
  private static func ordered(_ labels: some Sequence<String>) -> [String] {
    let texts = labels.sorted()
    let numbers = texts.compactMap { Double($0) }
    guard numbers.count == texts.count, numbers.allSatisfy(\.isFinite) else { return texts }
    return zip(texts, numbers).sorted { $0.1 < $1.1 }.map(\.0)
  }

  /// The rows of one chain by the numbers of its draws, which are evenly spaced.
  private static func sorted(
    _ rows: [Int], by column: Column, _ table: Table, chain: String?
  ) throws(DatasetError) -> [Int] {
    func fault(_ row: Int, _ problem: String, _ advice: String) -> DatasetError {
      DatasetError(file: table.name, line: table.lines[row], column: column.name, problem: problem, advice: advice)
    }
    guard let numbers = column.numbers else {
      throw fault(rows[0], "not all draws have a number", "number the draws of each chain, or remove the column")
    }
    if let row = rows.first(where: { !numbers[$0].isFinite }) {
      throw fault(row, "the draw has no number", "number the draws of each chain, or remove the column")
    }
    let sorted = rows.sorted { numbers[$0] < numbers[$1] }
    let place = chain.map { " in chain \($0)" } ?? ""
    let steps = zip(sorted.dropFirst(), sorted).map { (row: $0, size: numbers[$0] - numbers[$1]) }
    if let twice = steps.first(where: { $0.size == 0 }) {
      throw fault(
        twice.row, "the draw \(Column.label(of: numbers[twice.row])) occurs twice\(place)",
        chain == nil ? "tell chains apart by a column chain" : "give each draw once")
    }
    let least = steps.map(\.size).min() ?? 1
    if let gap = steps.first(where: { $0.size > least }) {
      let (after, before) = (numbers[gap.row], numbers[gap.row] - gap.size)
      throw fault(
        gap.row,
        "the draw \(Column.label(of: after)) follows \(Column.label(of: before))\(place), where others are "
          + "\(Column.label(of: least)) apart",
        "give all draws, or evenly thinned ones: what they are worth depends on their order")
    }
    return sorted
  }

  /// A column. Shape [C, N].
  private static func draws(
    _ column: Column, _ rows: [[Int]], _ path: String
  ) throws(DatasetError) -> DenseArray<Double> {
    guard let numbers = column.numbers ?? truths(column) else {
      throw DatasetError(
        file: path, column: column.name, problem: "not all draws are numbers", advice: "correct or remove the column")
    }
    return DenseArray(rows: rows.map { $0.map { numbers[$0] } })
  }

  /// 1 for True and 0 for False; `nil` where there is any other text.
  private static func truths(_ column: Column) -> [Double]? {
    guard case .categories(let codes, let names) = column.cells else { return nil }
    let values = names.map { ["true": 1.0, "false": 0][$0.lowercased()] }
    guard !values.contains(nil) else { return nil }
    return codes.map { code in code < 0 ? .nan : values[Int(code)] ?? .nan }
  }
}
