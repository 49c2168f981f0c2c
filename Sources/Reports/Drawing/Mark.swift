//  Mark.swift — what is drawn inside of a figure's axes.

/// A place in the units of the data.
public struct Point: Hashable, Sendable {
  public let x: Double
  public let y: Double

  public init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }
}

/// An upright rectangle from `lower` to `upper` over the interval from `start` to `end`.
public struct Bar: Hashable, Sendable {
  public let start: Double
  public let end: Double
  public let lower: Double
  public let upper: Double

  public init(from start: Double, to end: Double, lower: Double = 0, upper: Double) {
    self.start = start
    self.end = end
    self.lower = lower
    self.upper = upper
  }
}

/// Things of one kind and colour. A place with a number that is not finite is left out, and breaks a line or a band.
public struct Mark: Hashable, Sendable {
  public enum Geometry: Hashable, Sendable {
    case line([Point], isDashed: Bool = false)
    /// The area between two curves, given as upright segments in ascending order of x.
    case band([Segment])
    case scatter([Point], radius: Double = 3)
    case bars([Bar])
  }

  /// The part of a band at one x.
  public struct Segment: Hashable, Sendable {
    public let x: Double
    public let lower: Double
    public let upper: Double

    public init(x: Double, lower: Double, upper: Double) {
      self.x = x
      self.lower = lower
      self.upper = upper
    }
  }

  public let geometry: Geometry
  public let colour: Colour
  /// From 0, invisible, to 1.
  public let opacity: Double
  /// The text in the legend; without one the mark has no place there.
  public let label: String?

  public init(_ geometry: Geometry, colour: Colour, opacity: Double = 1, label: String? = nil) {
    self.geometry = geometry
    self.colour = colour
    self.opacity = opacity
    self.label = label
  }

  /// The same mark elsewhere.
  func mapped(_ x: (Double) -> Double, _ y: (Double) -> Double) -> Mark {
    func point(_ point: Point) -> Point { Point(x: x(point.x), y: y(point.y)) }
    let geometry: Geometry =
      switch geometry {
      case .line(let points, let isDashed): .line(points.map(point), isDashed: isDashed)
      case .scatter(let points, let radius): .scatter(points.map(point), radius: radius)
      case .band(let segments):
        .band(segments.map { Segment(x: x($0.x), lower: y($0.lower), upper: y($0.upper)) })
      case .bars(let bars):
        .bars(bars.map { Bar(from: x($0.start), to: x($0.end), lower: y($0.lower), upper: y($0.upper)) })
      }
    return Mark(geometry, colour: colour, opacity: opacity, label: label)
  }

  /// Where there is data, without what is not finite: corners that the axes have to take in.
  var extent: [Point] {
    let corners: [Point] =
      switch geometry {
      case .line(let points, _), .scatter(let points, _): points
      case .band(let segments):
        segments.flatMap { [Point(x: $0.x, y: $0.lower), Point(x: $0.x, y: $0.upper)] }
      case .bars(let bars):
        bars.flatMap { [Point(x: $0.start, y: $0.lower), Point(x: $0.end, y: $0.upper)] }
      }
    return corners.filter { $0.x.isFinite && $0.y.isFinite }
  }
}
