//  CalibrationCurve.swift — whether intervals and quantiles hold what they promise.
//
//  Notation   uₙ = Fₙ(yₙ), the probability integral transform of target n     ℓ a nominal level
//             bₙ = Fₙ(yₙ−), the probability below target n: uₙ but for counts
//
//  Equations  (1) y lies in the central interval of level ℓ  ⟺  |2u − 1| ≤ ℓ
//             (2) y lies below the quantile at ℓ             ⟺  u ≤ ℓ
//             (3) where b < u, y counts with the share of [b, u] that lies in [(1 − ℓ)/2, (1 + ℓ)/2], or in [0, ℓ]
//                                                                                                   [Czado et al. 2009]
//
//  (1) and (2) follow from F being increasing, so no quantile has to be solved for. In a forecast of counts that is right, u is not
//  uniform and a number drawn between b and u is; (3) is the expectation over that draw. A transform that is not a number makes a
//  share not a number.

/// The observed shares of targets inside of intervals, or below quantiles, at nominal levels.
public struct CalibrationCurve: Hashable, Sendable {
  /// Nominal levels, in [0, 1]. Shape [L].
  public let levels: [Double]
  /// Observed shares. Shape [L].
  public let observed: [Double]

  /// The levels 0.05, 0.10, …, 0.95.
  public static let standardLevels = (1...19).map { Double($0) / 20 }

  /// Shares inside of the central intervals, equations (1) and (3).
  ///
  /// - Parameters:
  ///   - transforms: u. Shape [N].
  ///   - below: b, of forecasts of counts. Shape [N].
  public static func centralIntervals(
    _ transforms: [Double], below: [Double]? = nil, levels: [Double] = standardLevels
  ) -> CalibrationCurve {
    CalibrationCurve(levels, transforms, below ?? transforms) { b, u, level in
      guard b < u else { return abs(2 * u - 1) <= level ? 1 : 0 }
      return share(of: b, u, upTo: 0.5 + 0.5 * level) - share(of: b, u, upTo: 0.5 - 0.5 * level)
    }
  }

  /// Shares below the quantiles, equations (2) and (3). Parameters as above.
  public static func quantiles(
    _ transforms: [Double], below: [Double]? = nil, levels: [Double] = standardLevels
  ) -> CalibrationCurve {
    CalibrationCurve(levels, transforms, below ?? transforms) { b, u, level in
      b < u ? share(of: b, u, upTo: level) : u <= level ? 1 : 0
    }
  }

  /// Shares inside of the central intervals as they are, from the least level at which the interval of each target holds it. Intervals
  /// of counts end at whole numbers and so hold at least their level.
  public static func centralIntervals(
    holdingFrom leastLevels: [Double], levels: [Double] = standardLevels
  ) -> CalibrationCurve { quantiles(leastLevels, levels: levels) }

  /// The share of [b, u] that lies below a level.
  private static func share(of b: Double, _ u: Double, upTo level: Double) -> Double {
    min(max((level - b) / (u - b), 0), 1)
  }

  private init(
    _ levels: [Double], _ transforms: [Double], _ below: [Double],
    share: (_ b: Double, _ u: Double, _ level: Double) -> Double
  ) {
    precondition(
      transforms.count == below.count, "\(transforms.count) transforms and \(below.count) probabilities below them")
    self.levels = levels
    let isDefined = !(transforms + below).contains { $0.isNaN }
    observed = levels.map { level in
      guard isDefined else { return .nan }
      return zip(below, transforms).reduce(0) { $0 + share($1.0, $1.1, level) } / Double(transforms.count)
    }
  }

  /// The mean of |observed − nominal| over the levels.
  public var meanAbsoluteError: Double { PointErrors.meanAbsolute(observed, levels) }

  /// The root of the mean of (observed − nominal)² over the levels.
  public var rootMeanSquaredError: Double { PointErrors.rootMeanSquared(observed, levels) }
}
