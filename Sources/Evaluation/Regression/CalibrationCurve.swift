//  CalibrationCurve.swift — whether intervals and quantiles hold what they promise.
//
//  Notation   uₙ = Fₙ(yₙ), the probability integral transform of target n     ℓ a nominal level
//
//  Equations  (1) y lies in the central interval of level ℓ  ⟺  |2u − 1| ≤ ℓ
//             (2) y lies below the quantile at ℓ             ⟺  u ≤ ℓ
//
//  Both follow from F being increasing, so no quantile has to be solved for. A transform that is not a number makes a share
//  not a number.

/// The observed shares of targets inside of intervals, or below quantiles, at nominal levels.
public struct CalibrationCurve: Hashable, Sendable {
  /// Nominal levels, in [0, 1]. Shape [L].
  public let levels: [Double]
  /// Observed shares. Shape [L].
  public let observed: [Double]

  /// The levels 0.05, 0.10, …, 0.95.
  public static let standardLevels = (1...19).map { Double($0) / 20 }

  /// Shares inside of the central intervals, from probability integral transforms, equation (1).
  public static func centralIntervals(_ transforms: [Double], levels: [Double] = standardLevels) -> CalibrationCurve {
    CalibrationCurve(levels: levels, transforms: transforms.map { abs(2 * $0 - 1) })
  }

  /// Shares inside of the central intervals, from the least level at which the interval of each target holds it.
  public static func centralIntervals(
    holdingFrom leastLevels: [Double], levels: [Double] = standardLevels
  ) -> CalibrationCurve {
    CalibrationCurve(levels: levels, transforms: leastLevels)
  }

  /// Shares below the quantiles, from probability integral transforms, equation (2).
  public static func quantiles(_ transforms: [Double], levels: [Double] = standardLevels) -> CalibrationCurve {
    CalibrationCurve(levels: levels, transforms: transforms)
  }

  private init(levels: [Double], transforms: [Double]) {
    self.levels = levels
    let isDefined = !transforms.contains { $0.isNaN }
    observed = levels.map { level in isDefined ? average(transforms) { $0 <= level ? 1 : 0 } : .nan }
  }

  /// The mean of |observed − nominal| over the levels.
  public var meanAbsoluteError: Double { PointErrors.meanAbsolute(observed, levels) }

  /// The root of the mean of (observed − nominal)² over the levels.
  public var rootMeanSquaredError: Double { PointErrors.rootMeanSquared(observed, levels) }
}
