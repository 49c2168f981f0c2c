//  Figure.swift — marks within axes, with a title and a legend.

/// A picture of data, written as SVG by `svg`.
public struct Figure: Hashable, Sendable {
  public var title: String
  /// A line of smaller text below the title.
  public var subtitle: String?
  public var horizontal: Axis
  public var vertical: Axis
  /// In the order of drawing: the last lies on top.
  public var marks: [Mark]
  /// In pixels, all included.
  public var width: Double
  /// In pixels, all included.
  public var height: Double

  public init(
    title: String, subtitle: String? = nil, horizontal: Axis, vertical: Axis, marks: [Mark], width: Double = 680,
    height: Double = 440
  ) {
    self.title = title
    self.subtitle = subtitle
    self.horizontal = horizontal
    self.vertical = vertical
    self.marks = marks
    self.width = width
    self.height = height
  }

  enum Style {
    static let font = "Helvetica, Arial, 'DejaVu Sans', sans-serif"
    static let text = "#222222"
    static let quietText = "#555555"
    static let grid = "#E6E6E6"
    static let axis = "#999999"
    static let titleSize = 17.0
    static let subtitleSize = 13.0
    static let labelSize = 13.0
    static let tickSize = 12.0
  }
}
