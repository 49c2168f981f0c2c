//  TargetReference.swift — golden targets: densities, gradients and moments.
//
//  `mcmc_targets.json`: densities by JAX, moments in closed form, by quadrature, or from 80 000 draws of NumPyro's NUTS.

import Foundation
import Testing

struct TargetReference: Decodable {
  let dim: Int
  let data: DataValues
  let points: [[Double]]
  let log_density: [Double]
  let gradient: [[Double]]
  let exact: Moments?
  let reference: Moments?
  let reference_log_density: Moments?
  let log_marginal_likelihood: Marginal?

  struct DataValues: Decodable {
    let y: [Double]?
    let sigma, sd, mean, mean0, mean1, x, x_grid: [Double]?
    let X, cov0, cov1: [[Double]]?
    let rho, weight, noise_sd, b, s1: Double?
  }

  struct Moments: Decodable {
    let mean, sd: [Double]
    let mcse_mean, mcse_sd: [Double]?
    let v_quantiles, x_quantiles: [Double]?
  }

  struct Marginal: Decodable { let value, mc_se: Double }

  static func named(_ name: String) throws -> TargetReference {
    let url = try #require(
      Bundle.module.url(forResource: "mcmc_targets", withExtension: "json", subdirectory: "Fixtures"))
    struct All: Decodable { let targets: [String: TargetReference] }
    let all = try JSONDecoder().decode(All.self, from: Data(contentsOf: url))
    return try #require(all.targets[name])
  }
}
