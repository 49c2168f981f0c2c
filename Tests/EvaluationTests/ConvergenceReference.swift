//  ConvergenceReference.swift — golden values of convergence diagnostics.
//
//  `mcmc_diagnostics.json`: ArviZ 0.23.4, checked against code from the papers and NumPyro.

import Arrays
import Datasets
import Evaluation
import Foundation
import Testing

struct ConvergenceReference: Decodable {
  let diagnostics: [String: Values]
  let loo: LeaveOneOutValues
  let waic: CriterionValues
  let psis_raw: [String: Smoothing]
  let energy: [String: Energy]

  struct Values: Decodable {
    let mean, sd, rhat, rhat_split, rhat_folded, rhat_rank_bulk: Double
    let ess_bulk, ess_tail, ess_mean, ess_median, ess_sd, ess_quantile_0_25: Double
    let mcse_mean, mcse_sd, mcse_median, mcse_quantile_0_95: Double
    let autocorrelation_first_6_of_chain0: [Double]?
    let hdi94, hdi50: [Double]

    private enum CodingKeys: String, CodingKey {
      case mean, sd, rhat, rhat_split, rhat_folded, rhat_rank_bulk
      case ess_bulk, ess_tail, ess_mean, ess_median, ess_sd, ess_quantile_0_25
      case mcse_mean, mcse_sd, mcse_median, mcse_quantile_0_95
      case autocorrelation_first_6_of_chain0
      case hdi94 = "hdi_0.94"
      case hdi50 = "hdi_0.5"
    }
  }

  struct LeaveOneOutValues: Decodable {
    let elpd_loo, se, p_loo, elpd_loo_reff_0_7: Double
    let pointwise, pareto_k, pareto_k_reff_0_7, smoothed_log_weights_obs0_first10: [Double]
  }

  struct CriterionValues: Decodable {
    let elpd_waic, se, p_waic: Double
    let pointwise, p_waic_pointwise: [Double]
  }

  struct Smoothing: Decodable {
    let log_weights: [Double]
    let khat: Double
    let first5_smoothed_normalised_log_weights: [Double]
    let logsumexp_smoothed_unnormalised: Double
  }

  struct Energy: Decodable { let e_bfmi: [Double] }

  static func load() throws -> ConvergenceReference {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode(ConvergenceReference.self, from: Data(contentsOf: try url("json")))
  }

  static func array(_ name: String) throws -> DenseArray<Double> {
    try SafetensorsFile(contentsOf: try url("safetensors").path).array(named: name).converted()
  }

  static func chains(_ name: String) throws -> Chains { Chains(try array("chains/\(name)")) }

  private static func url(_ type: String) throws -> URL {
    try #require(Bundle.module.url(forResource: "mcmc_diagnostics", withExtension: type, subdirectory: "Fixtures"))
  }
}

/// Whether two numbers agree relative to the second; not a number agrees with itself.
func sameDiagnostic(_ actual: Double, _ expected: Double, within tolerance: Double = 1e-8) -> Bool {
  if expected.isNaN || expected.isInfinite { return actual.isNaN == expected.isNaN && (actual.isNaN || actual == expected) }
  return abs(actual - expected) <= tolerance * max(abs(expected), 1e-3)
}
