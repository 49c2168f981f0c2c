//  NumberForecast+Scores.swift — the scores of each row, and the density of all targets of a row together.

public import Arrays
import Foundation

/// Scores of one target. Precondition of each: D = 1, and N targets.
extension NumberForecast {
  /// Pairs the distribution of each row with its target.
  private func paired<Value>(
    with targets: [Double], _ value: (any NumberDistribution, Double) -> Value
  ) -> [Value] {
    precondition(targets.count == count, "\(count) predictions need as many targets, not \(targets.count)")
    return zip(rows, targets).map(value)
  }

  /// The probability up to each target, F(y). Shape [N]. Uniform on [0, 1] where a forecast of real numbers is calibrated.
  public func probabilityIntegralTransform(_ targets: [Double]) -> [Double] {
    paired(with: targets) { $0.cumulative($1) }
  }

  /// The shares of targets that the central intervals hold, in which a forecast that is right shows the levels themselves, for
  /// counts as for other numbers: equations (1) and (3) of `CalibrationCurve`.
  public func calibration(
    against targets: [Double], levels: [Double] = CalibrationCurve.standardLevels
  ) -> CalibrationCurve {
    .centralIntervals(
      probabilityIntegralTransform(targets), below: paired(with: targets) { $0.cumulativeBelow($1) }, levels: levels)
  }

  /// The least level of a central interval that holds each target. Shape [N].
  public func centralLevels(_ targets: [Double]) -> [Double] { paired(with: targets) { $0.centralLevel($1) } }

  /// −log p(y) of each target. Shape [N]. Unit: nats.
  public func negativeLogLikelihood(_ targets: [Double]) -> [Double] { paired(with: targets) { -$0.logDensity($1) } }

  /// The CRPS of each target. Shape [N]. Unit: that of the target.
  public func continuousRankedProbabilityScore(_ targets: [Double]) -> [Double] {
    paired(with: targets) { $0.continuousRankedProbabilityScore($1) }
  }
}

extension NumberForecast {
  /// log p(y₁ … y_D) of each row: the logarithm of the mean over the draws of the product over the targets, equation (1)
  /// of `NumberForecast`. Shape [N]. Unit: nats.
  ///
  /// - Parameter targets: Shape [N, D].
  public func jointLogDensity(_ targets: DenseArray<Double>) -> [Double] {
    precondition(
      targets.shape == [count, targetCount],
      "\(count) rows of \(targetCount) targets are [\(count), \(targetCount)], not \(targets.shape)")
    let density = componentLogDensity
    return (0..<count).map { row in
      let terms = (0..<drawCount).map { draw in
        (0..<targetCount).reduce(0.0) { sum, target in
          let place = row * targetCount + target
          return sum + density(draw * count * targetCount + place, targets.elements[place])
        }
      }
      return logSumOfExponentials(terms) - log(Double(drawCount))
    }
  }

  /// log p(y | draw) for the component at a place in the arrays.
  private var componentLogDensity: (_ place: Int, _ y: Double) -> Double {
    switch components {
    case .normal(let means, let noise, let function):
      return { place, y in
        let deviation = GaussianMixture.total(noise.elements[place], function?.elements[place] ?? 0)
        return StandardNormal.logDensity((y - means.elements[place]) / deviation) - log(deviation)
      }
    case .studentT(let degrees, let locations, let scales):
      let standard = StandardStudentT(degreesOfFreedom: degrees)
      return { place, y in
        let scale = scales.elements[place]
        return standard.logDensity((y - locations.elements[place]) / scale) - log(scale)
      }
    case .poisson(let rates): return { place, y in PoissonDistribution(rate: rates.elements[place]).logProbability(y) }
    }
  }
}
