//  MultiPathfinder.swift — several paths to the modes of a density, and draws of them all weighed by importance.
//
//  Notation   I paths, M draws φ of each     qᵢ  the approximation of path i
//
//  Equations  (1) r = p(φ)/qᵢ(φ) for the draws of path i, all I M smoothed together          [Zhang et al. 2022]
//             (2) draws: φ with a probability in proportion to r, again and again; or starts for chains, each φ once at most
//
//  One path ends in one mode and takes its ELBO from few draws, the luckiest of which decide. Paths from many places see several modes,
//  and (2) leaves out what only qᵢ holds likely: the far tail of a scale. k̂ of all ratios says what the result is worth: up to 0.7 its
//  moments are estimates, above it is a place to begin.
//  Cost       I times that of a path, and I M values.

public import Arrays
public import Evaluation
import Foundation
public import Probability

/// Pathfinder on several paths.
public struct MultiPathfinder: Hashable, Sendable {
  public let path: Pathfinder
  /// I.
  public let paths: Int
  /// M.
  public let draws: Int

  /// Precondition: at least one path, and 10 draws of each.
  public init(_ path: Pathfinder = Pathfinder(), paths: Int = 8, draws: Int = 200) {
    precondition(paths >= 1 && draws >= 10, "\(paths) paths with \(draws) draws each")
    self.path = path
    self.paths = paths
    self.draws = draws
  }

  /// Searches along all paths.
  ///
  /// - Parameter radius: Paths begin at points drawn uniformly from (−radius, radius)ᴰ.
  /// - Throws: `SamplingError.noStart` where no path finds a normal approximation.
  public func approximation(
    of density: LogDensity, seed: UInt64, radius: Double = 2
  ) throws(SamplingError) -> MultiPathfinderApproximation {
    try approximation(of: DensityFunction(CompiledDensity(density)), seed: seed, radius: radius)
  }

  func approximation(
    of density: DensityFunction, seed: UInt64, radius: Double
  ) throws(SamplingError) -> MultiPathfinderApproximation {
    var found: [PathfinderApproximation] = []
    var positions: [[Double]] = []
    var ratios: [Double] = []
    for index in 0..<paths {
      var generator = Philox(seed: seed, stream: UInt64(index)).substream(UInt64(index))
      guard case .found(let start, _) = StartingPoints.box(radius, density, using: &generator),
        let one = path.approximation(of: density, from: start.position, using: &generator)
      else { continue }
      found.append(one)
      for _ in 0..<draws {
        let (x, logDensity) = one.draw(using: &generator)
        let ratio = PathfinderApproximation.logRatio(density, at: x, logDensity)
        // What has no weight is no place to begin.
        guard ratio.isFinite else { continue }
        positions.append(x)
        ratios.append(ratio)
      }
    }
    guard !positions.isEmpty else { throw .noStart(chain: 0, nil) }
    return MultiPathfinderApproximation(
      paths: found, positions: positions, importance: ParetoSmoothedImportance(logRatios: ratios))
  }
}

/// Weighed draws of several normal distributions.
public struct MultiPathfinderApproximation: Sendable {
  /// One for each path that found some.
  public let paths: [PathfinderApproximation]
  /// φ. Shape [at most I M][D].
  public let positions: [[Double]]
  /// Equation (1); its `shape` is k̂.
  public let importance: ParetoSmoothedImportance

  /// Draws by importance, equation (2), of which some are alike. Shape [count, D].
  public func draws(_ count: Int, using generator: inout Philox) -> DenseArray<Double> {
    var cumulative: [Double] = []
    var sum = 0.0
    for weight in importance.logWeights {
      sum += exp(weight)
      cumulative.append(sum)
    }
    return DenseArray(
      rows: (0..<count).map { _ in
        let place = generator.uniform() * sum
        // The first whose sum is above the place, by bisection.
        var (low, high) = (0, cumulative.count - 1)
        while low < high {
          let middle = (low + high) / 2
          if cumulative[middle] > place { high = middle } else { low = middle + 1 }
        }
        return positions[low]
      })
  }

  /// Different points to begin chains at, drawn by importance without replacement. Shape [count][D].
  ///
  /// Precondition: as many as there are positions at most.
  public func starts(_ count: Int, using generator: inout Philox) -> [[Double]] {
    precondition(count <= positions.count, "\(count) starts among \(positions.count) draws")
    // The greatest of log w + Gumbel noise are a draw without replacement.
    let keys = importance.logWeights.map { $0 - log(-log(generator.uniform())) }
    return keys.indices.sorted { keys[$0] > keys[$1] }.prefix(count).map { positions[$0] }
  }
}
