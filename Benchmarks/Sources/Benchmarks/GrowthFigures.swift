//  GrowthFigures.swift — the pictures of a table that `Growth` has written, on logarithmic axes.

import Credence
import Foundation

struct GrowthFigures {
  private struct Row {
    let method: String
    let parameters: Double
    let milliseconds: Double
    let bytes: Double
  }

  private let rows: [Row]
  private let threads: Int

  /// Throws: `DatasetError` when the file is no such table.
  init(contentsOf path: String) throws {
    let table = try Table(contentsOf: path, separator: ",", categorical: ["method"])
    func numbers(_ name: String) throws -> [Double] { try table.column(named: name).numbers ?? [] }
    let (names, sizes) = (try table.column(named: "method"), try numbers("parameters"))
    let (times, bytes) = (try numbers("step_milliseconds"), try numbers("peak_bytes"))
    rows = sizes.indices.map { row in
      Row(
        method: names.label(row: row) ?? "", parameters: sizes[row], milliseconds: times[row], bytes: bytes[row])
    }
    threads = Int(try numbers("threads").first ?? 1)
  }

  /// Writes both figures into a folder.
  func write(to folder: String) throws {
    let size = "parameters"
    try figure(
      title: "Time of a step", subtitle: "minibatches of 128 rows, \(threads) threads",
      Axis("milliseconds", scale: .logarithmic),
      size, \.milliseconds
    ).svg.write(toFile: folder + "/growth-time.svg", atomically: true, encoding: .utf8)
    try figure(
      title: "Greatest memory of the process", subtitle: "the program and the data included",
      Axis("megabytes", scale: .logarithmic), size
    ) { $0.bytes / 1e6 }.svg.write(toFile: folder + "/growth-memory.svg", atomically: true, encoding: .utf8)
  }

  /// A line for each of the table's first twelve methods: the colours come twice, dashed the second time.
  private func figure(
    title: String, subtitle: String, _ vertical: Axis, _ size: String, _ value: (Row) -> Double
  ) -> Figure {
    var methods: [String] = []
    for row in rows where !methods.contains(row.method) { methods.append(row.method) }
    let colours = 6
    let marks = methods.prefix(2 * colours).enumerated().map { index, method in
      Mark(
        .line(
          rows.filter { $0.method == method }.map { Point(x: $0.parameters, y: value($0)) },
          isDashed: index / colours % 2 == 1),
        colour: .series(index), label: method)
    }
    return Figure(
      title: title, subtitle: subtitle, horizontal: Axis(size, scale: .logarithmic), vertical: vertical, marks: marks,
      height: 520)
  }
}
