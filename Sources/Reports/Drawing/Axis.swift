//  Axis.swift — an axis, its scale, and the range that it shows.

import Foundation

/// One of the two axes of a figure.
public struct Axis: Hashable, Sendable {
  /// The quantity and its unit.
  public let label: String
  /// What is shown; `nil` for the range of the data with a margin.
  public let range: ClosedRange<Double>?
  public let scale: Scale

  /// How far apart numbers lie.
  public enum Scale: Hashable, Sendable {
    case linear
    /// Equal quotients are equally far apart. A place whose number is not above 0 is left out.
    case logarithmic
    /// A place for each name: the first at 0, the next at 1.
    case names([String])
  }

  /// An axis of named places, with half a place of room at either end.
  public static func names(_ names: [String]) -> Axis {
    Axis("", range: -0.6...max(Double(names.count) - 0.4, 0.6), scale: .names(names))
  }

  /// Precondition: on a logarithmic scale a range lies above 0.
  public init(_ label: String, range: ClosedRange<Double>? = nil, scale: Scale = .linear) {
    precondition(
      scale != .logarithmic || (range?.lowerBound ?? 1) > 0,
      "a logarithmic axis begins above 0, not at \(range ?? 0...0)")
    self.label = label
    self.range = range
    self.scale = scale
  }

  /// Where a number lies along the axis, before the axis is fitted into the figure. Not finite where it has no place.
  func position(_ number: Double) -> Double {
    switch scale {
    case .linear, .names: number
    case .logarithmic: number > 0 ? log10(number) : .nan
    }
  }

  /// About as many marked positions as asked for.
  func ticks(_ range: ClosedRange<Double>, about count: Int) -> Ticks {
    switch scale {
    case .linear: Ticks(range: range, about: count)
    case .logarithmic: Ticks(exponents: range, about: count)
    case .names(let names): Ticks(names: names)
    }
  }

  /// The positions to show for data at `data`. They always span a positive length.
  func range(for data: [Double]) -> ClosedRange<Double> {
    let bounds =
      range.map { position($0.lowerBound)...position($0.upperBound) } ?? (data.min() ?? 0)...(data.max() ?? 1)
    let length = bounds.upperBound - bounds.lowerBound
    // Data of one value: a margin of a tenth of it, or of one half about 0.
    if length <= 1e-12 * max(abs(bounds.lowerBound), abs(bounds.upperBound)) {
      let margin = bounds.lowerBound == 0 ? 0.5 : 0.1 * abs(bounds.lowerBound)
      return bounds.lowerBound - margin...bounds.upperBound + margin
    }
    let margin = range == nil ? 0.03 * length : 0
    return bounds.lowerBound - margin...bounds.upperBound + margin
  }
}
