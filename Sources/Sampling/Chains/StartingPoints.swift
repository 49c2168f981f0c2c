//  StartingPoints.swift — where chains begin.

import Arrays
import Foundation

/// Where each chain begins. Chains that begin far apart and end alike are what R-hat is a sign of.
public enum StartingPoints: Hashable, Sendable {
  /// Uniform in the box (−radius, radius)ᴰ; drawn again, up to a hundred times, where density or gradient is not finite.
  case uniform(radius: Double = 2)
  /// For each chain a draw of the approximation that a search finds from its own point of the box: near the mass of the
  /// density, so that a warm-up can be short. [Zhang et al. 2022]
  case pathfinder(Pathfinder = Pathfinder(), radius: Double = 2)
  /// Different draws of several such approximations, weighed by importance: for densities with several modes or with tails that no
  /// normal has. Chains that begin there were drawn together, so that R-hat sees less of what all paths missed.
  case pathfinders(MultiPathfinder = MultiPathfinder(), radius: Double = 2)
  /// So for each chain. Shape [C][D]; more points than chains are left alone.
  case given([[Double]])

  /// With the points themselves in place of what is found for all chains at once.
  func resolved(
    _ density: DensityFunction, chains: Int, seed: UInt64
  ) throws(SamplingError) -> StartingPoints {
    switch self {
    case .uniform, .pathfinder: return self
    case .pathfinders(let search, let radius):
      let found = try search.approximation(of: density, seed: seed, radius: radius)
      guard found.positions.count >= chains else { throw .noStart(chain: found.positions.count, nil) }
      var generator = Philox(seed: seed, stream: .max)
      return .given(found.starts(chains, using: &generator))
    case .given(let points):
      guard points.count >= chains else { throw .tooFewStarts(given: points.count, chains: chains) }
      for (chain, point) in points.prefix(chains).enumerated() {
        guard point.count == density.dimension else {
          throw .foreignStart(chain: chain, coordinates: point.count, dimension: density.dimension)
        }
        if let fault = StartFault(ChainPoint(point, density)) { throw .badStart(chain: chain, fault) }
      }
      return self
    }
  }

  /// What a search for a start came to: a point, and the approximation that it is a draw of.
  enum Search {
    case found(ChainPoint, near: PathfinderApproximation? = nil)
    /// What was wrong with the last point that was tried; `nil` where a path to the mode was not found.
    case none(StartFault?)
  }

  /// The start of a chain.
  ///
  /// Precondition: resolved.
  func point(chain: Int, _ density: DensityFunction, using generator: inout Philox) -> Search {
    switch self {
    case .uniform(let radius):
      return Self.box(radius, density, using: &generator)
    case .pathfinder(let search, let radius):
      for _ in 0..<10 {
        let box = Self.box(radius, density, using: &generator)
        guard case .found(let start, _) = box else { return box }
        guard let found = search.approximation(of: density, from: start.position, using: &generator) else { continue }
        for _ in 0..<10 {
          let point = ChainPoint(found.draw(using: &generator).position, density)
          if point.isFinite { return .found(point, near: found) }
        }
      }
      return .none(nil)
    case .pathfinders: return .none(nil)
    case .given(let points):
      let point = ChainPoint(points[chain], density)
      return StartFault(point).map { .none($0) } ?? .found(point)
    }
  }

  /// A point of the box (−radius, radius)ᴰ.
  static func box(_ radius: Double, _ density: DensityFunction, using generator: inout Philox) -> Search {
    var fault: StartFault?
    for _ in 0..<100 {
      let numbers = generator.uniform(shape: [density.dimension], as: Double.self)
      let point = ChainPoint(numbers.elements.map { radius * (2 * $0 - 1) }, density)
      fault = StartFault(point)
      if fault == nil { return .found(point) }
    }
    return .none(fault)
  }
}
