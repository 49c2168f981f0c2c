//  StartFault.swift — why a chain cannot begin at a point.

import Arrays
import Probability

/// What is not finite at a point: the log density, its gradient, or both.
public struct StartFault: Hashable, Sendable {
  /// The log density there.
  public enum Value: Hashable, Sendable {
    case finite
    /// −∞: the density is 0.
    case zero
    /// Not a number, or +∞.
    case notANumber
  }

  public let value: Value
  /// The coordinates, from 0, in which the gradient is not finite.
  public let coordinates: [Int]
  /// D.
  public let dimension: Int

  /// `nil` where a chain can begin.
  init?(_ point: ChainPoint) {
    if point.isFinite { return nil }
    value = point.logDensity.isFinite ? .finite : point.logDensity == -.infinity ? .zero : .notANumber
    coordinates = point.gradient.indices.filter { !point.gradient[$0].isFinite }
    dimension = point.gradient.count
  }

  /// "the log density is not a number, and its gradient not finite at tau".
  func words(in space: ParameterSpace?) -> String {
    let shown = coordinates.prefix(5).map { space?.name(ofCoordinate: $0) ?? "x[\($0)]" }
    let more = coordinates.count > 5 ? " and \(coordinates.count - 5) more" : ""
    let places =
      dimension > 1 && coordinates.count == dimension ? "all coordinates" : shown.joined(separator: ", ") + more
    switch value {
    case .finite: return "the log density is finite, but its gradient is not, at \(places)"
    case .zero:
      return "the log density is −∞" + (coordinates.isEmpty ? "" : ", and its gradient not finite at \(places)")
    case .notANumber:
      return "the log density is not a number or +∞"
        + (coordinates.isEmpty ? "" : ", and its gradient not finite at \(places)")
    }
  }
}

extension ParameterSpace {
  /// What a coordinate is called: the element of a parameter, or the parameter where its support mixes elements.
  ///
  /// Precondition: 0 ≤ coordinate < D.
  func name(ofCoordinate coordinate: Int) -> String {
    for parameter in parameters where coordinates(of: parameter.name).contains(coordinate) {
      let shape = parameter.support.unconstrainedShape(of: parameter.shape)
      guard shape == parameter.shape, shape.rank > 0 else { return parameter.name }
      var (rest, index) = (coordinate - coordinates(of: parameter.name).lowerBound, [String]())
      for extent in shape.extents.reversed() {
        index.insert("\(rest % extent)", at: 0)
        rest /= extent
      }
      return "\(parameter.name)[\(index.joined(separator: ","))]"
    }
    preconditionFailure("coordinate \(coordinate) of a space of \(dimension)")
  }
}
