//  CoverageFigure.swift — the shares of targets that intervals promise to hold, and those that they hold.

/// Coverage at nominal levels, for one or several methods.
public struct CoverageFigure: Hashable, Sendable {
  /// The curve of one method.
  public struct Curve: Hashable, Sendable {
    public let name: String
    /// At x = the nominal level, y = the observed share.
    public let points: [Point]

    public init(name: String, points: [Point]) {
      self.name = name
      self.points = points
    }
  }

  public let curves: [Curve]

  public init(curves: [Curve]) { self.curves = curves }

  public func figure(title: String, subtitle: String? = nil) -> Figure {
    let marks = curves.enumerated().flatMap { index, curve in
      [
        Mark(.line(curve.points), colour: .series(index), label: curve.name),
        Mark(.scatter(curve.points, radius: 3.5), colour: .series(index)),
      ]
    }
    return Figure(
      title: title, subtitle: subtitle, horizontal: Axis("promised: level of the interval", range: 0...1),
      vertical: Axis("held: share of targets inside", range: 0...1),
      marks: [.diagonal(label: "calibrated")] + marks, width: 520, height: 580)
  }
}
