//  ConvergenceSummary.swift — one line for each quantity that was sampled.

public import Arrays

/// What is to be reported of one sampled quantity.
public struct ConvergenceSummary: Hashable, Sendable, Encodable {
  public let name: String
  public let mean: Double
  public let standardDeviation: Double
  public let median: Double
  /// The 5 % and the 95 % quantile.
  public let lower, upper: Double
  /// Monte Carlo standard errors.
  public let meanError, standardDeviationError, medianError, lowerError, upperError: Double
  public let bulkEffectiveSampleSize: Double
  public let tailEffectiveSampleSize: Double
  /// Not a number for one chain.
  public let rHat: Double
  public let chainCount: Int
  public let drawCount: Int
  /// Whether every draw is finite.
  public let isFinite: Bool
  /// The chains, from 0, whose draws are all the same.
  public let constantChains: [Int]
  /// Whether all draws are the same number, and it is one that the model fixes and no chain found by itself: that of two chains or more, or, of
  /// a single one, 0 or 1, as supports have them.
  public let isFixed: Bool

  public init(_ chains: Chains, name: String) {
    self.name = name
    isFinite = chains.draws.allSatisfy { $0.allSatisfy(\.isFinite) }
    mean = chains.mean
    standardDeviation = chains.standardDeviation
    let unknown = (value: Double.nan, error: Double.nan, size: Double.nan)
    let quantiles = isFinite ? chains.quantileEstimates(at: [0.05, 0.5, 0.95]) : [unknown, unknown, unknown]
    (lower, median, upper) = (quantiles[0].value, quantiles[1].value, quantiles[2].value)
    (lowerError, medianError, upperError) = (quantiles[0].error, quantiles[1].error, quantiles[2].error)
    meanError = chains.meanError
    standardDeviationError = chains.standardDeviationError
    bulkEffectiveSampleSize = chains.bulkEffectiveSampleSize
    tailEffectiveSampleSize = least(quantiles[0].size, quantiles[2].size)
    rHat = chains.rHat
    chainCount = chains.chainCount
    drawCount = chains.drawCount
    constantChains = chains.draws.indices.filter { index in
      let chain = chains.draws[index]
      return chain.allSatisfy { $0 == chain[0] }
    }
    isFixed =
      constantChains.count == chains.chainCount
      && chains.draws.allSatisfy { $0.first == chains.draws[0].first }
      && (chains.chainCount > 1 || [0, 1].contains(chains.draws[0].first))
  }

  /// A summary of each quantity in draws [C, N, …]: parameters, or predictions, which may have converged where weights, for
  /// their symmetries, cannot.
  ///
  /// Precondition: rank ≥ 2, C ≥ 1. A quantity is named by its index: `name[2,0]`, `name` alone where there is one.
  public static func all(of draws: DenseArray<Double>, name: String) -> [ConvergenceSummary] {
    precondition(draws.rank >= 2 && draws.shape[0] > 0, "draws are [chains, draws, …], not \(draws.shape)")
    let (chains, count) = (draws.shape[0], draws.shape[1])
    let extents = Array(draws.shape.extents.dropFirst(2))
    let width = extents.reduce(1, *)
    return (0..<width).map { place in
      let quantity = Chains(
        (0..<chains).map { chain in (0..<count).map { draws.elements[(chain * count + $0) * width + place] } })
      return ConvergenceSummary(quantity, name: self.name(ofElement: place, of: name, extents))
    }
  }

  /// What the element at a place of an array of these extents is called.
  package static func name(ofElement place: Int, of array: String, _ extents: [Int]) -> String {
    guard !extents.isEmpty else { return array }
    var (rest, parts) = (place, [String]())
    for extent in extents.reversed() {
      parts.insert("\(rest % extent)", at: 0)
      rest /= extent
    }
    return "\(array)[\(parts.joined(separator: ","))]"
  }
}
