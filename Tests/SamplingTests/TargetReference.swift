//  TargetReference.swift — golden targets: densities, gradients, moments and quantiles.
//
//  `mcmc_targets.json`: densities by JAX, moments in closed form, by quadrature, or from 80 000 draws of NumPyro's NUTS.

import Foundation
import Testing

struct TargetReference: Decodable {
  let dim: Int
  let data: DataValues
  let points: [[Double]]
  let logDensity: [Double]
  let gradient: [[Double]]
  let exact: Moments?
  let reference: Moments?
  let referenceLogDensity: Moments?
  let logMarginalLikelihood: Marginal?
  let map: [Double]?
  let mapLogDensity, laplaceLogMarginalLikelihood: Double?
  let predictiveSdIncludingNoise: [Double]?

  struct DataValues: Decodable {
    let y: [Double]?
    let sigma, sd, mean, mean0, mean1, x, xGrid: [Double]?
    let design, cov0, cov1: [[Double]]?
    let rho, weight, noiseSd: Double?

    private enum CodingKeys: String, CodingKey {
      case y, sigma, sd, mean, mean0, mean1, x, xGrid, cov0, cov1, rho, weight, noiseSd
      case design = "X"
    }
  }

  struct Moments: Decodable {
    let mean, sd: [Double]
    let mcseMean, mcseSd: [Double]?
    let quantileLevels: [Double]?
    /// Of each quantity, and their Monte Carlo standard errors where they are of draws.
    let quantiles, mcseQuantiles: [[Double]]?
    let vQuantiles, xQuantiles, x1Quantiles, x2Quantiles: [Double]?
    let tauQuantiles: Quantiles?
    let cov: [[Double]]?
    let massOfComponent0, logDetCov: Double?
  }

  struct Quantiles: Decodable { let levels, values: [Double] }

  struct Marginal: Decodable { let value, mcSe: Double }

  static func named(_ name: String) throws -> TargetReference {
    let url = try #require(
      Bundle.module.url(forResource: "mcmc_targets", withExtension: "json", subdirectory: "Fixtures"))
    struct All: Decodable { let targets: [String: TargetReference] }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let all = try decoder.decode(All.self, from: Data(contentsOf: url))
    return try #require(all.targets[name])
  }
}
