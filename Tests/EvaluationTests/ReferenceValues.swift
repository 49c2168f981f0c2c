//  ReferenceValues.swift — golden values from independent implementations, and how close is close.
//
//  `uncertainty_metrics.json`: NumPy, checked against scikit-learn, torchmetrics, torch-uncertainty, SciPy and quadrature.
//  `normal.json`: SciPy, checked against torch.distributions and mpmath. Natural logarithms throughout.

import Foundation
import GoldenValues

struct UncertaintyMetrics: Decodable {
  let classification: Classification
  let ood: OutOfDistribution
  let temperatureScaling: Temperature
  let regression: Regression

  struct Classification: Decodable {
    let probabilities: [Double]
    let probsShape: [Int]
    let labels: [Int]
    let predictiveMean: [[Double]]
    let predictiveEntropy, expectedEntropy, mutualInformation: [Double]
    let variationRatioVotes, variationRatioMeanProb: [Double]
    let accuracy, ece15, mce15, ece10, adaptiveEce15, classwiseEce15: Double
    let classwiseEce15PerClass: [Double]
    let bins15: Bins
    let brierSumOverClasses, nllMean: Double
    let aurcMeanOverCoverages, eAurc, aurcTrapezoidTorchUncertainty: Double
    let riskAtCoverage: [String: Double]
  }

  struct Bins: Decodable {
    let count: [Int]
    let meanConfidence, accuracy: [Double]
  }

  struct OutOfDistribution: Decodable {
    let scoresIn, scoresOut: [Double]
    let auroc, auprOutAveragePrecision, auprInAveragePrecision, auprOutTrapezoid: Double
    let fprAt95TprOodPositive, fprAt95TprInPositive, detectionError: Double
  }

  struct Temperature: Decodable {
    let logits: [[Double]]
    let labels: [Int]
    let temperature, nllBefore, nllAfter, ece15Before, ece15After: Double
  }

  struct Regression: Decodable {
    let mu, sigma, y: [Double]
    let gaussianNll, crpsGaussian, pit: [Double]
    let gaussianNllMean, crpsGaussianMean, rmse, mae: Double
    let interval90: Interval
    let calibrationCurve: Calibration
    let ensemble: Ensemble
    let energyScore: Energy
    let wasserstein: Wasserstein
  }

  struct Interval: Decodable {
    let lower, upper: [Double]
    let picp, winklerIntervalScoreMean, pinballLowerMean, pinballUpperMean: Double
  }

  struct Calibration: Decodable {
    let levels, observedQuantile, observedCentralInterval: [Double]
    let meanAbsCalibrationErrorQuantile, rmsCalibrationErrorQuantile: Double
    let meanAbsCalibrationErrorCentral: Double
  }

  struct Ensemble: Decodable {
    let samples: [[Double]]
    let crpsNrg, crpsFair: [Double]
  }

  struct Energy: Decodable {
    let samples: [[Double]]
    let y: [Double]
    let value: Double
  }

  struct Wasserstein: Decodable {
    let a, b, bUnequal: [Double]
    let w1, w2, w1ABUnequal: Double
  }
}

struct NormalReference: Decodable {
  let params: Parameters
  let x, logProb, cdf, survival, quantileP, quantile: [Double]
  let standardNormalLogCdf: LogCumulative

  struct Parameters: Decodable { let loc, scale: Double }
  struct LogCumulative: Decodable { let x, logCdf: [Double] }
}

/// `student_t.json` and `poisson.json`: SciPy, checked against torch.distributions, sums and mpmath.
struct DistributionReference: Decodable {
  let params: [String: Double]
  let x, logProb, cdf, quantileP, quantile: [Double]
  let survival: [Double]?
  let mean, variance, entropy: Double
}

enum ReferenceValues {
  static func metrics() throws -> UncertaintyMetrics { try load("uncertainty_metrics") }
  static func normal() throws -> NormalReference { try load("normal") }
  static func load<Value: Decodable>(_ name: String) throws -> Value { try decodedReference(name, in: .module) }
}

/// Whether each value agrees relative to itself.
func agreeRelatively(_ actual: [Double], _ expected: [Double], within tolerance: Double) -> Bool {
  actual.count == expected.count
    && zip(actual, expected).allSatisfy { $0 == $1 || abs($0 - $1) <= tolerance * abs($1) }
}

/// The integral of a smooth function by Simpson's rule on 200 000 intervals.
func simpson(_ lower: Double, _ upper: Double, _ integrand: (Double) -> Double) -> Double {
  let intervals = 200_000
  let width = (upper - lower) / Double(intervals)
  let sum = (0...intervals).reduce(0.0) { sum, i in
    let weight = i == 0 || i == intervals ? 1.0 : i % 2 == 1 ? 4 : 2
    return sum + weight * integrand(lower + Double(i) * width)
  }
  return sum * width / 3
}
