//  ReferenceValues.swift — golden values of distributions and of linear regression.
//
//  `distributions.json`: SciPy and closed forms, checked against torch.distributions, quadrature and mpmath.
//  `linear_regression.json`: closed form, checked against 50-digit mpmath, the density of the data and scikit-learn.

import Foundation
import Testing

struct DistributionReference: Decodable {
  let params: [String: Parameter]
  let x, logProb, quantileP, quantile: [Double]
  let cdf: [Double]
  let survival: [Double]?
  let mean, variance: Double

  enum Parameter: Decodable {
    case number(Double)
    case text

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      self = (try? container.decode(Double.self)).map { .number($0) } ?? .text
    }
  }

  func parameter(_ name: String) -> Double {
    if case .number(let number)? = params[name] { number } else { .nan }
  }
}

struct DirichletReference: Decodable {
  let params: [String: [Double]]
  let x: [[Double]]
  let logProb, mean, variance: [Double]
}

struct LinearReference: Decodable {
  let x, y, xTest: [Double]
  let alpha, beta: Double
  let models: [Model]
  let posteriorOverModels, modelAveragedPredictiveMean, modelAveragedPredictiveVar: [Double]
  let evidenceGrid: Grid

  struct Model: Decodable {
    let degree: Int
    let posteriorMean: [Double]
    let posteriorCov: [[Double]]
    let predictiveMean, predictiveVarLatent, predictiveVar: [Double]
    let logEvidence, effectiveParams: Double
    let evidenceOptimum: Optimum
  }

  struct Optimum: Decodable {
    let interior: Bool
    let alpha, beta, logEvidence, gamma: Double?
    let posteriorMean: [Double]?
    let posteriorCov: [[Double]]?
  }

  struct Grid: Decodable {
    let degree: Int
    let alpha, beta: [Double]
    let logEvidence: [[Double]]
  }
}

enum ReferenceValues {
  static func distribution(_ name: String) throws -> DistributionReference {
    struct All: Decodable {
      let beta, gamma, gammaSmallShape, inverseGamma, studentT, negativeBinomial: DistributionReference
    }
    let all: All = try load("distributions")
    let table = [
      "beta": all.beta, "gamma": all.gamma, "gamma_small_shape": all.gammaSmallShape,
      "inverse_gamma": all.inverseGamma, "student_t": all.studentT, "negative_binomial": all.negativeBinomial,
    ]
    return try #require(table[name])
  }

  static func dirichlet() throws -> DirichletReference {
    struct All: Decodable { let dirichlet: DirichletReference }
    let all: All = try load("distributions")
    return all.dirichlet
  }

  static func linearRegression() throws -> LinearReference { try load("linear_regression") }

  private static func load<Value: Decodable>(_ name: String) throws -> Value {
    let url = try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Fixtures"))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode(Value.self, from: Data(contentsOf: url))
  }
}

/// Whether numbers agree relative to the second.
func agree(_ actual: Double, _ expected: Double, within tolerance: Double = 1e-9) -> Bool {
  actual == expected || (actual.isNaN && expected.isNaN) || abs(actual - expected) <= tolerance * abs(expected)
}

/// Whether numbers agree relative to the greatest of the second.
func agree(_ actual: [Double], _ expected: [Double], within tolerance: Double = 1e-9) -> Bool {
  let scale = expected.reduce(0) { max($0, abs($1)) }
  return actual.count == expected.count && zip(actual, expected).allSatisfy { abs($0 - $1) <= tolerance * scale }
}
