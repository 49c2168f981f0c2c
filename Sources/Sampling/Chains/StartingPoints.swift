//  StartingPoints.swift — where chains begin.

import Arrays
import Foundation

/// Where each chain begins. Chains that begin far apart and end alike are what R-hat is a sign of.
public enum StartingPoints: Hashable, Sendable {
  /// Uniform in the box (−radius, radius)ᴰ; drawn again, up to a hundred times, where density or gradient is not finite.
  case uniform(radius: Double = 2)
  /// So for each chain. Shape [C][D].
  case given([[Double]])

  /// The start of a chain; `nil` where no finite point is found.
  func point(chain: Int, _ density: DensityFunction, using generator: inout Philox) -> ChainPoint? {
    switch self {
    case .uniform(let radius):
      for _ in 0..<100 {
        let numbers = generator.uniform(shape: [density.dimension], as: Double.self)
        let point = ChainPoint(numbers.elements.map { radius * (2 * $0 - 1) }, density)
        if point.isFinite { return point }
      }
      return nil
    case .given(let points):
      let point = ChainPoint(points[chain], density)
      return point.isFinite ? point : nil
    }
  }
}
