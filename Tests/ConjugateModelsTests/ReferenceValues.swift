//  ReferenceValues.swift — golden values of distributions and of linear regression.
//
//  `distributions.json`: SciPy and closed forms, checked against torch.distributions, quadrature and mpmath.
//  `linear_regression.json`: closed form, checked against 50-digit mpmath, the density of the data and scikit-learn.

import Foundation
import GoldenValues
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
  let x, y, xTest, trueCoefficients: [Double]
  let alpha, beta: Double
  let models: [Model]
  let posteriorOverModels, modelAveragedPredictiveMean, modelAveragedPredictiveVar: [Double]
  let evidenceGrid: Grid

  struct Model: Decodable {
    let degree: Int
    let posteriorMean: [Double]
    let posteriorCov: [[Double]]
    let predictiveMean, predictiveVarLatent, predictiveVar: [Double]
    let logEvidence, logLikelihoodAtMean, effectiveParams: Double
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
    let all: All = try decodedReference("distributions", in: .module)
    let table = [
      "beta": all.beta, "gamma": all.gamma, "gamma_small_shape": all.gammaSmallShape,
      "inverse_gamma": all.inverseGamma, "student_t": all.studentT, "negative_binomial": all.negativeBinomial,
    ]
    return try #require(table[name])
  }

  static func dirichlet() throws -> DirichletReference {
    struct All: Decodable { let dirichlet: DirichletReference }
    let all: All = try decodedReference("distributions", in: .module)
    return all.dirichlet
  }

  static func linearRegression() throws -> LinearReference { try decodedReference("linear_regression", in: .module) }
}
