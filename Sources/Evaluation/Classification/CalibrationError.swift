//  CalibrationError.swift — further forms of the calibration error of class probabilities.
//
//  Equations  (1) adaptive   Σ_b |b|/N · |mean acc − mean conf| over B bins of equal size in the order of confidence
//                            [Nguyen & O'Connor 2015]; where B does not divide N the first bins have one row more
//             (2) classwise  mean over classes c of the error with confidence p̄ₙ꜀ and outcome 1{yₙ = c}   [Kull et al. 2019]

import Arrays

/// Calibration errors other than `ReliabilityDiagram.expectedCalibrationError`.
public enum CalibrationError {
  /// Equation (1).
  public static func adaptive(of forecast: ClassForecast, against labels: [Int], binCount: Int = 15) -> Double {
    precondition(binCount > 0, "a calibration error has at least one bin")
    let correctness = forecast.correctness(labels)
    let confidences = forecast.confidences
    let order = confidences.indices.sorted {
      confidences[$0] == confidences[$1] ? $0 < $1 : confidences[$0] < confidences[$1]
    }
    var start = 0
    var error = 0.0
    for bin in 0..<binCount {
      let size = order.count / binCount + (bin < order.count % binCount ? 1 : 0)
      let gap = order[start..<start + size].reduce(0) { $0 + correctness[$1] - confidences[$1] }
      error += abs(gap)
      start += size
    }
    return error / Double(order.count)
  }

  /// Equation (2).
  public static func classwise(of forecast: ClassForecast, against labels: [Int], binCount: Int = 15) -> Double {
    average(classwiseErrors(of: forecast, against: labels, binCount: binCount))
  }

  /// The terms of (2). Shape [C].
  public static func classwiseErrors(
    of forecast: ClassForecast, against labels: [Int], binCount: Int = 15
  ) -> [Double] {
    forecast.check(labels)
    return (0..<forecast.classCount).map { label in
      let diagram = ReliabilityDiagram(
        confidences: labels.indices.map { forecast.mean.elements[$0 * forecast.classCount + label] },
        correctness: labels.map { $0 == label ? 1 : 0 }, binCount: binCount)
      return diagram.expectedCalibrationError
    }
  }
}
