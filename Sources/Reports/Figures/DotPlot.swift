//  DotPlot.swift — numbers of named things, a row for each: what many methods came to, beside a value to hold them against.

/// Dots in named rows.
public struct DotPlot: Hashable, Sendable {
  /// One number for each name; a number that is not finite is left out.
  public struct Series: Hashable, Sendable {
    public let name: String
    public let values: [Double]

    public init(name: String, values: [Double]) {
      self.name = name
      self.values = values
    }
  }

  /// A value to hold the others against, drawn as a dashed line.
  public struct Reference: Hashable, Sendable {
    public let name: String
    public let value: Double

    public init(name: String, value: Double) {
      self.name = name
      self.value = value
    }
  }

  /// From top to bottom.
  public let names: [String]
  public let series: [Series]
  public let reference: Reference?

  /// Precondition: each series has a value for each name.
  public init(names: [String], series: [Series], reference: Reference? = nil) {
    for series in series {
      precondition(
        series.values.count == names.count, "\(series.values.count) values of \(series.name) for \(names.count) names")
    }
    self.names = names
    self.series = series
    self.reference = reference
  }

  public func figure(title: String, subtitle: String? = nil, quantity: Axis) -> Figure {
    let rows = names.indices.map { Double(names.count - 1 - $0) }
    var marks = series.enumerated().map { index, series in
      Mark(
        .scatter(zip(series.values, rows).map { Point(x: $0, y: $1) }, radius: 5), colour: .series(index),
        opacity: 0.85, label: series.name)
    }
    if let reference {
      let ends = [-1, Double(names.count)].map { Point(x: reference.value, y: $0) }
      marks.insert(Mark(.line(ends, isDashed: true), colour: .black, label: reference.name), at: 0)
    }
    return Figure(
      title: title, subtitle: subtitle, horizontal: quantity, vertical: .names(names.reversed()), marks: marks,
      height: 150 + 22 * Double(names.count))
  }
}
