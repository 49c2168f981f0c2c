//  Network+Summary.swift — a network as a table for people.

import Arrays

extension Network {
  /// A line for each layer: its name, the shape of one output, the number of its parameters; and the total.
  public func summary() -> String {
    var rows = [["layer", "output", "parameters"], ["input", "\(inputShape)", ""]]
    for (index, layer) in layers.enumerated() {
      let count = layer.parameters(for: shapes[index]).reduce(0) { $0 + $1.shape.count }
      rows.append(["\(index) \(layer.name)", "\(shapes[index + 1])", "\(count)"])
    }
    rows.append(["total", "", "\(parameterCount)"])
    let widths = (0..<3).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let name = row[0] + spaces(widths[0] - row[0].count)
      let shape = row[1] + spaces(widths[1] - row[1].count)
      let line = "\(name)  \(shape)  \(spaces(widths[2] - row[2].count))\(row[2])"
      return String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }

  private func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }
}
