//  Layout.swift — where the parts of a figure lie, in pixels from its upper left corner.

/// The places of a figure's parts.
struct Layout {
  /// Free space along the edges of the figure.
  static let edge = 12.0
  static let titleHeight = Figure.Style.titleSize + 7

  let legend: Legend
  let legendTop: Double
  let left: Double
  let right: Double
  let top: Double
  let bottom: Double
  let horizontalTicks: Ticks
  let verticalTicks: Ticks
  private let horizontalRange: ClosedRange<Double>
  private let verticalRange: ClosedRange<Double>

  init(_ figure: Figure) {
    let extent = figure.placedMarks.flatMap(\.extent)
    horizontalRange = figure.horizontal.range(for: extent.map(\.x))
    verticalRange = figure.vertical.range(for: extent.map(\.y))

    bottom = figure.height - Self.edge - Figure.Style.labelSize - 10 - Figure.Style.tickSize - 8
    legendTop = Self.edge + Self.titleHeight + (figure.subtitle == nil ? 4 : Figure.Style.subtitleSize + 11)
    // The numbers of the vertical axis need its height, which needs the rows of the legend, which need the width: the ticks
    // are chosen for the figure's full height first.
    verticalTicks = figure.vertical.ticks(verticalRange, about: Int((bottom - legendTop) / 55))
    let numbers = verticalTicks.labels.map { TextMetrics.width($0, size: Figure.Style.tickSize) }.max() ?? 0
    left = Self.edge + Figure.Style.labelSize + 12 + numbers + 8
    horizontalTicks = figure.horizontal.ticks(horizontalRange, about: Int((figure.width - left) / 85))
    let lastNumber = horizontalTicks.labels.last.map { TextMetrics.width($0, size: Figure.Style.tickSize) } ?? 0
    right = figure.width - Self.edge - max(0.5 * lastNumber, 4)
    legend = Legend(figure.marks, width: right - left)
    top = legendTop + legend.height + (legend.rows.isEmpty ? 4 : 10)
  }

  /// From positions along the axes to pixels from the upper left corner of the axes.
  func place(_ point: Point) -> Point {
    let x = (point.x - horizontalRange.lowerBound) / (horizontalRange.upperBound - horizontalRange.lowerBound)
    let y = (point.y - verticalRange.lowerBound) / (verticalRange.upperBound - verticalRange.lowerBound)
    return Point(x: x * (right - left), y: (1 - y) * (bottom - top))
  }
}
