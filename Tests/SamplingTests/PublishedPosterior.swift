//  PublishedPosterior.swift — models of posteriordb as a user would write them, and the means and squares of its reference draws.
//
//  Figures: stan-dev/posteriordb, summary statistics of its reference posteriors (`published_posteriors.json` names the files). Data:
//  stan-dev/stat_comp_benchmarks and stan-dev/example-models. Elements are counted from 0 here and from 1 there.

import Arrays
import Foundation
import Probability
import Programs
import Testing

/// A model, its parameters, and what others found.
struct PublishedPosterior: Sendable {
  struct Figures: Decodable, Sendable {
    let names: [String]
    let mean, meanError, square: [Double]
    let squareError: [Double]?
  }

  private struct Record: Decodable {
    struct Numbers: Decodable {
      let x, y: [Double]?
      let columns: [[Double]]?
      /// The posterior whose data these are.
      let like: String?
    }

    let data: Numbers
    let published: Figures
  }

  let space: ParameterSpace
  let density: LogDensity
  let figures: Figures
  /// Quantities beside the parameters that figures are of.
  var derived: @Sendable (ParameterValues) -> [String: Tensor] = { _ in [:] }

  init(
    _ parameters: [Parameter], _ figures: Figures,
    derived: @escaping @Sendable (ParameterValues) -> [String: Tensor] = { _ in [:] },
    logDensity: @escaping @Sendable (ParameterValues) -> Tensor
  ) {
    space = ParameterSpace(parameters)
    density = space.logDensity(logDensity)
    self.figures = figures
    self.derived = derived
  }

  static let names = [
    "arK", "arma11", "dogs", "dogs_hierarchical", "eight_schools", "garch11", "gp_regr", "gp_pois_regr", "hmm_example",
    "kilpisjarvi", "logmesquite", "logmesquite_logvash", "logmesquite_logvolume", "lotka_volterra", "M0", "mesquite",
    "one_comp_mm_elim_abs",
  ]

  static func named(_ name: String) throws -> PublishedPosterior {
    let url = try #require(
      Bundle.module.url(forResource: "published_posteriors", withExtension: "json", subdirectory: "Fixtures"))
    struct All: Decodable { let posteriors: [String: Record] }
    let posteriors = try JSONDecoder().decode(All.self, from: Data(contentsOf: url)).posteriors
    let record = try #require(posteriors[name])
    let (data, figures) = (try #require(posteriors[record.data.like ?? name]).data, record.published)
    let (x, y, columns) = (data.x ?? [], data.y ?? [], data.columns ?? [])
    switch name {
    case "accel_gp": return accelerations(x, y, figures)
    case "arK": return autoregression(y, order: 5, figures)
    case "arma11": return movingAverage(y, figures)
    case "dogs": return avoidance(columns, figures)
    case "dogs_hierarchical": return avoidanceByProducts(columns, figures)
    case "eight_schools": return eightSchools(y, x, figures)
    case "garch11": return changingVariance(y, figures)
    case "gp_regr": return gaussianProcess(x, y, figures)
    case "gp_pois_regr": return latentGaussianProcess(x, y, figures)
    case "hmm_example": return hiddenStates(y, figures)
    case "kilpisjarvi": return trend(x, y, figures)
    case "logmesquite", "logmesquite_logvash", "logmesquite_logvolume", "mesquite":
      return mesquite(name, y, columns, figures)
    case "lotka_volterra": return populations(columns, figures)
    case "M0": return captures(y, figures)
    case "one_comp_mm_elim_abs": return elimination(x, y, figures)
    default: preconditionFailure("no model is named \(name)")
    }
  }

  private static func movingAverage(_ y: [Double], _ figures: Figures) -> PublishedPosterior {
    PublishedPosterior([Parameter("mu"), Parameter("phi"), Parameter("theta"), Parameter("sigma", .positive)], figures)
    {
      p in
      let (mu, phi, theta) = (p["mu"], p["phi"], p["theta"])
      // Before the first there is no error, and the series was at its mean.
      let before = concatenate([mu.reshaped([1]), Tensor(Array(y.dropLast()))], axis: 0)
      let errors = linearRecurrence(coefficients: -theta, inputs: Tensor(y) - mu - phi * before, initial: 0)
      var density = mu.logDensity(.normal(0, 10)) + phi.logDensity(.normal(0, 2)) + theta.logDensity(.normal(0, 2))
      density += p["sigma"].logDensity(.halfCauchy(2.5))
      density += errors.logDensity(.normal(0, p["sigma"]))
      return density
    }
  }

  private static func changingVariance(_ y: [Double], _ figures: Figures) -> PublishedPosterior {
    // β₁ lies between 0 and 1 − α₁: its share of that interval is a parameter, and 1 − α₁ the Jacobian.
    let parameters = [
      Parameter("mu"), Parameter("alpha0", .positive), Parameter("alpha1", .between(0, 1)),
      Parameter("share", .between(0, 1)),
    ]
    return PublishedPosterior(parameters, figures, derived: { ["beta1": (1 - $0["alpha1"]) * $0["share"]] }) { p in
      let beta = (1 - p["alpha1"]) * p["share"]
      let innovations = p["alpha0"] + p["alpha1"] * (Tensor(Array(y.dropLast())) - p["mu"]).squared
      let variances = linearRecurrence(coefficients: beta, inputs: innovations, initial: 0.25)
      let scales = concatenate([.constant(0.5, shape: [1]), sqrt(variances)], axis: 0)
      return log(1 - p["alpha1"]) + y.logDensity(.normal(p["mu"], scales))
    }
  }

  /// α² exp(−½ ((xᵢ − xⱼ)/ρ)²).
  private static func kernel(_ x: [Double], _ alpha: Tensor, _ rho: Tensor) -> Tensor {
    let distances = Tensor(x).reshaped([x.count, 1]) - Tensor(x).reshaped([1, x.count])
    return alpha.squared * exp(-0.5 * (distances / rho).squared)
  }

  private static func gaussianProcess(_ x: [Double], _ y: [Double], _ figures: Figures) -> PublishedPosterior {
    let parameters = ["rho", "alpha", "sigma"].map { Parameter($0, .positive) }
    return PublishedPosterior(parameters, figures) { p in
      let covariance = kernel(x, p["alpha"], p["rho"]) + p["sigma"] * .identity(x.count)
      var density = p["rho"].logDensity(.gamma(shape: 25, rate: 4))
      density += p["alpha"].logDensity(.halfNormal(2)) + p["sigma"].logDensity(.halfNormal(1))
      density += y.logDensity(.multivariateNormal(0, covariance: covariance))
      return density
    }
  }

  private static func latentGaussianProcess(_ x: [Double], _ counts: [Double], _ figures: Figures) -> PublishedPosterior
  {
    let parameters = [Parameter("rho", .positive), Parameter("alpha", .positive), Parameter("z", shape: [x.count])]
    let function: @Sendable (ParameterValues) -> Tensor = { p in
      let covariance = kernel(x, p["alpha"], p["rho"]) + 1e-10 * .identity(x.count)
      return dot(covariance.choleskyFactor, p["z"])
    }
    return PublishedPosterior(parameters, figures, derived: { ["f": function($0)] }) { p in
      var density = p["rho"].logDensity(.gamma(shape: 25, rate: 4)) + p["alpha"].logDensity(.halfNormal(2))
      density += p["z"].logDensity(.normal(0, 1))
      density += counts.logDensity(.poisson(logMean: function(p)))
      return density
    }
  }

  private static func populations(_ columns: [[Double]], _ figures: Figures) -> PublishedPosterior {
    let parameters = [
      Parameter("theta", .positive, shape: [4]), Parameter("start", .positive, shape: [2]),
      Parameter("sigma", .positive, shape: [2]),
    ]
    let times = (1..<columns[0].count).map(Double.init)
    return PublishedPosterior(parameters, figures) { p in
      let (theta, start) = (p["theta"], p["start"])
      let states = solution(from: [start[0], start[1]], start: 0, times: times, steps: 4) { _, z in
        [(theta[0] - theta[1] * z[1]) * z[0], (theta[3] * z[0] - theta[2]) * z[1]]
      }
      var density = theta.logDensity(.normal([1, 0.05, 1, 0.05], [0.5, 0.05, 0.5, 0.05]))
      density += p["sigma"].logDensity(.logNormal(-1, 1)) + start.logDensity(.logNormal(log(10.0), 1))
      for k in 0..<2 {
        let all = concatenate([start[k..<k + 1], states[k]], axis: 0)
        density += columns[k].logDensity(.logNormal(log(all), p["sigma"][k]))
      }
      return density
    }
  }

  private static func eightSchools(_ y: [Double], _ sigma: [Double], _ figures: Figures) -> PublishedPosterior {
    let parameters = [Parameter("mu"), Parameter("tau", .positive), Parameter("z", shape: [8])]
    return PublishedPosterior(parameters, figures, derived: { ["theta": $0["mu"] + $0["tau"] * $0["z"]] }) { p in
      var density = p["mu"].logDensity(.normal(0, 5)) + p["tau"].logDensity(.halfCauchy(5))
      density += p["z"].logDensity(.normal(0, 1))
      density += y.logDensity(.normal(p["mu"] + p["tau"] * p["z"], sigma))
      return density
    }
  }
}
