//  Legend.swift — what each mark means, in rows above the axes, where no data can be covered.

struct Legend {
  static let rowHeight = 20.0
  static let fontSize = 12.5
  private static let keyWidth = 22.0
  private static let gapAfterKey = 7.0
  private static let gapAfterEntry = 20.0

  /// The marks that have a label, cut into rows that fit.
  let rows: [[Mark]]

  /// The entries side by side, in as many rows as the width needs.
  init(_ marks: [Mark], width: Double) {
    var rows: [[Mark]] = []
    var used = 0.0
    for mark in marks where mark.label != nil {
      let entry = Self.width(of: mark)
      if rows.isEmpty || used + entry > width {
        rows.append([])
        used = 0
      }
      rows[rows.count - 1].append(mark)
      used += entry
    }
    self.rows = rows
  }

  var height: Double { Double(rows.count) * Self.rowHeight }

  func elements(x: Double, y: Double) -> [Markup] {
    rows.enumerated().flatMap { index, row in
      let centre = y + (Double(index) + 0.5) * Self.rowHeight
      var left = x
      return row.flatMap { mark in
        defer { left += Self.width(of: mark) }
        return [
          mark.key(x: left, centre: centre, width: Self.keyWidth),
          Markup(
            "text",
            [
              "x": left + Self.keyWidth + Self.gapAfterKey, "y": centre + 0.35 * Self.fontSize,
              "font-size": Self.fontSize, "fill": Figure.Style.text,
            ], text: mark.label ?? ""),
        ]
      }
    }
  }

  private static func width(of mark: Mark) -> Double {
    keyWidth + gapAfterKey + TextMetrics.width(mark.label ?? "", size: fontSize) + gapAfterEntry
  }
}
