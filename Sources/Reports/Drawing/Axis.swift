//  Axis.swift — a linear axis and the range that it shows.

/// A linear axis.
public struct Axis: Hashable, Sendable {
  /// The quantity and its unit.
  public let label: String
  /// What is shown; `nil` for the range of the data with a margin.
  public let range: ClosedRange<Double>?

  public init(_ label: String, range: ClosedRange<Double>? = nil) {
    self.label = label
    self.range = range
  }

  /// The range to show for data. It always has a positive length.
  func range(for data: [Double]) -> ClosedRange<Double> {
    let bounds = range ?? (data.min() ?? 0)...(data.max() ?? 1)
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
