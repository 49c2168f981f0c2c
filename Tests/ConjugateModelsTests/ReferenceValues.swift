//  ReferenceValues.swift — golden values of distributions and of linear regression.
//
//  `distributions.json`: SciPy and closed forms, checked against torch.distributions, quadrature and mpmath.
//  `linear_regression.json`: closed form, checked against 50-digit mpmath, the density of the data and scikit-learn.

import Foundation
import Testing

struct DistributionReference: Decodable {
  let params: [String: Parameter]
  let x, log_prob, quantile_p, quantile: [Double]
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
  let log_prob, mean, variance: [Double]
}

struct LinearReference: Decodable {
  let x, y, x_test: [Double]
  let alpha, beta: Double
  let models: [Model]
  let posterior_over_models, model_averaged_predictive_mean, model_averaged_predictive_var: [Double]
  let evidence_grid: Grid

  struct Model: Decodable {
    let degree: Int
    let posterior_mean: [Double]
    let posterior_cov: [[Double]]
    let predictive_mean, predictive_var_latent, predictive_var: [Double]
    let log_evidence, effective_params: Double
    let evidence_optimum: Optimum
  }

  struct Optimum: Decodable {
    let interior: Bool
    let alpha, beta, log_evidence, gamma: Double?
    let posterior_mean: [Double]?
    let posterior_cov: [[Double]]?
  }

  struct Grid: Decodable {
    let degree: Int
    let alpha, beta: [Double]
    let log_evidence: [[Double]]
  }
}

enum ReferenceValues {
  static func distribution(_ name: String) throws -> DistributionReference {
    struct All: Decodable {
      let beta, gamma, gamma_small_shape, inverse_gamma, student_t, negative_binomial: DistributionReference
    }
    let all: All = try load("distributions")
    let table = [
      "beta": all.beta, "gamma": all.gamma, "gamma_small_shape": all.gamma_small_shape,
      "inverse_gamma": all.inverse_gamma, "student_t": all.student_t, "negative_binomial": all.negative_binomial,
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
