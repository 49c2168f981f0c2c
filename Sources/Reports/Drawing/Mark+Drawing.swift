//  Mark+Drawing.swift — a mark as elements of SVG.

extension Mark {
  /// The elements that show the mark. `place` takes data to pixels.
  func elements(_ place: (Point) -> Point) -> [Markup] {
    switch geometry {
    case .line(let points, let isDashed):
      points.split { !$0.isFinite }.map { run in
        Self.stroke(path: Self.path(run.map(place)), colour: colour, opacity: opacity, isDashed: isDashed)
      }
    case .band(let segments):
      segments.split { !($0.x.isFinite && $0.lower.isFinite && $0.upper.isFinite) }.map { run in
        let upper = run.map { place(Point(x: $0.x, y: $0.upper)) }
        let lower = run.reversed().map { place(Point(x: $0.x, y: $0.lower)) }
        return Markup(
          "path", ["d": Self.path(upper + lower) + "Z", "fill": colour.rawValue, "fill-opacity": opacity])
      }
    case .scatter(let points, let radius):
      points.filter(\.isFinite).map { Self.dot(at: place($0), radius: radius, colour: colour, opacity: opacity) }
    case .bars(let bars):
      bars.filter(\.isFinite).map { bar in
        let (a, b) = (place(Point(x: bar.start, y: bar.lower)), place(Point(x: bar.end, y: bar.upper)))
        // A pixel is left free between neighbours.
        return Markup(
          "rect",
          [
            "x": min(a.x, b.x) + 0.5, "y": min(a.y, b.y), "width": max(abs(b.x - a.x) - 1, 0.5),
            "height": abs(b.y - a.y), "fill": colour.rawValue, "fill-opacity": opacity,
          ])
      }
    }
  }

  /// The sign of the mark in the legend, in a box of the given width around a centre line.
  func key(x: Double, centre: Double, width: Double) -> Markup {
    switch geometry {
    case .line(_, let isDashed):
      let ends = [Point(x: x, y: centre), Point(x: x + width, y: centre)]
      return Self.stroke(path: Self.path(ends), colour: colour, opacity: opacity, isDashed: isDashed)
    case .scatter:
      return Self.dot(at: Point(x: x + 0.5 * width, y: centre), radius: 3.5, colour: colour, opacity: opacity)
    case .band, .bars:
      return Markup(
        "rect",
        [
          "x": x, "y": centre - 6, "width": width, "height": 12.0, "fill": colour.rawValue, "fill-opacity": opacity,
        ])
    }
  }

  private static func stroke(path: String, colour: Colour, opacity: Double, isDashed: Bool) -> Markup {
    Markup(
      "path",
      [
        "d": path, "fill": "none", "stroke": colour.rawValue, "stroke-opacity": opacity,
        "stroke-width": isDashed ? 1.5 : 2.0, "stroke-linejoin": "round", "stroke-linecap": isDashed ? "butt" : "round",
        "stroke-dasharray": isDashed ? "6 4" : "none",
      ])
  }

  private static func dot(at centre: Point, radius: Double, colour: Colour, opacity: Double) -> Markup {
    Markup(
      "circle",
      ["cx": centre.x, "cy": centre.y, "r": radius, "fill": colour.rawValue, "fill-opacity": opacity])
  }

  private static func path(_ points: [Point]) -> String {
    points.enumerated().map { "\($0 == 0 ? "M" : "L")\($1.x.attributeText) \($1.y.attributeText)" }.joined()
  }
}

extension Point {
  fileprivate var isFinite: Bool { x.isFinite && y.isFinite }
}

extension Bar {
  fileprivate var isFinite: Bool { start.isFinite && end.isFinite && lower.isFinite && upper.isFinite }
}
