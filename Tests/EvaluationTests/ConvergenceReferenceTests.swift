//  ConvergenceReferenceTests.swift — diagnostics of known chains, against ArviZ.

import Arrays
import Evaluation
import Foundation
import Testing

@Suite struct ConvergenceReferenceTests {
  static let names = [
    "iid", "ar_0.5", "ar_0.95", "ar_minus_0.5_antithetic", "heavy_tail_t2", "one_chain_diverged_mean",
    "one_chain_wide_scale", "one_constant_chain", "all_constant", "trend", "discrete_ties", "odd_number_of_draws",
    "single_chain", "short",
  ]

  @Test(arguments: names) func rHatsAgreeWithArviZ(name: String) throws {
    let (chains, expected) = try pair(name)
    #expect(sameDiagnostic(chains.rHat, expected.rhat), "\(chains.rHat) \(expected.rhat)")
    #expect(sameDiagnostic(chains.splitRHat, expected.rhat_split))
    #expect(sameDiagnostic(chains.foldedRHat, expected.rhat_folded))
    #expect(sameDiagnostic(chains.bulkRHat, expected.rhat_rank_bulk))
  }

  @Test(arguments: names) func effectiveSampleSizesAgreeWithArviZ(name: String) throws {
    let (chains, expected) = try pair(name)
    #expect(sameDiagnostic(chains.bulkEffectiveSampleSize, expected.ess_bulk))
    #expect(sameDiagnostic(chains.tailEffectiveSampleSize, expected.ess_tail))
    #expect(sameDiagnostic(chains.meanEffectiveSampleSize, expected.ess_mean))
    #expect(sameDiagnostic(chains.medianEffectiveSampleSize, expected.ess_median))
    #expect(sameDiagnostic(chains.standardDeviationEffectiveSampleSize, expected.ess_sd))
    #expect(sameDiagnostic(chains.effectiveSampleSize(ofQuantile: 0.25), expected.ess_quantile_0_25))
  }

  @Test(arguments: names) func standardErrorsAgreeWithArviZ(name: String) throws {
    let (chains, expected) = try pair(name)
    #expect(sameDiagnostic(chains.mean, expected.mean))
    #expect(sameDiagnostic(chains.standardDeviation, expected.sd))
    #expect(sameDiagnostic(chains.meanError, expected.mcse_mean))
    #expect(sameDiagnostic(chains.standardDeviationError, expected.mcse_sd))
    #expect(sameDiagnostic(chains.medianError, expected.mcse_median))
    #expect(sameDiagnostic(chains.error(ofQuantile: 0.95), expected.mcse_quantile_0_95))
  }

  @Test(arguments: names) func intervalsAndAutocorrelationsAgreeWithArviZ(name: String) throws {
    let (chains, expected) = try pair(name)
    for (level, interval) in [(0.94, expected.hdi94), (0.5, expected.hdi50)] {
      let found = chains.highestDensityInterval(level: level)
      #expect(found.lower == interval[0] && found.upper == interval[1])
    }
    if let correlations = expected.autocorrelation_first_6_of_chain0 {
      let found = chains.autocorrelation(lags: 5)[0]
      #expect(zip(found, correlations).allSatisfy { sameDiagnostic($0, $1) } && correlations.count == 6)
    }
  }

  @Test func leaveOneOutAgreesWithArviZ() throws {
    let expected = try ConvergenceReference.load().loo
    let logLikelihood = try ConvergenceReference.array("log_likelihood")
    let found = LeaveOneOut(logLikelihood: logLikelihood)
    #expect(sameDiagnostic(found.total, expected.elpd_loo))
    #expect(sameDiagnostic(found.standardError, expected.se))
    #expect(sameDiagnostic(found.effectiveParameters, expected.p_loo))
    #expect(zip(found.pointwise, expected.pointwise).allSatisfy { sameDiagnostic($0, $1) })
    #expect(zip(found.paretoShapes, expected.pareto_k).allSatisfy { sameDiagnostic($0, $1) })
    #expect(found.unreliableObservations == expected.pareto_k.indices.filter { expected.pareto_k[$0] > 0.7 - 0.003 })
    let other = LeaveOneOut(logLikelihood: logLikelihood, relativeEfficiency: 0.7)
    #expect(sameDiagnostic(other.total, expected.elpd_loo_reff_0_7))
    #expect(zip(other.paretoShapes, expected.pareto_k_reff_0_7).allSatisfy { sameDiagnostic($0, $1) })
    let first = (0..<2000).map { -logLikelihood.elements[$0 * 20] }
    let weights = ParetoSmoothedImportance(logRatios: first).logWeights
    #expect(zip(weights, expected.smoothed_log_weights_obs0_first10).allSatisfy { sameDiagnostic($0, $1) })
  }

  @Test func widelyApplicableCriterionAgreesWithArviZ() throws {
    let expected = try ConvergenceReference.load().waic
    let found = WidelyApplicableInformationCriterion(logLikelihood: try ConvergenceReference.array("log_likelihood"))
    #expect(sameDiagnostic(found.total, expected.elpd_waic))
    #expect(sameDiagnostic(found.standardError, expected.se))
    #expect(sameDiagnostic(found.effectiveParameters, expected.p_waic))
    #expect(zip(found.pointwise, expected.pointwise).allSatisfy { sameDiagnostic($0, $1) })
    #expect(zip(found.pointwisePenalties, expected.p_waic_pointwise).allSatisfy { sameDiagnostic($0, $1) })
  }

  @Test(arguments: ["-0.3", "0.2", "0.5", "0.9"]) func smoothedWeightsAgreeWithArviZ(name: String) throws {
    let expected = try #require(try ConvergenceReference.load().psis_raw[name])
    let found = ParetoSmoothedImportance(logRatios: expected.log_weights)
    #expect(sameDiagnostic(found.shape, expected.khat))
    #expect(sameDiagnostic(found.logSum, expected.logsumexp_smoothed_unnormalised))
    #expect(zip(found.logWeights, expected.first5_smoothed_normalised_log_weights).allSatisfy { sameDiagnostic($0, $1) })
  }

  @Test(arguments: ["good", "random_walk_low_ebfmi"]) func energyFractionsAgreeWithArviZ(name: String) throws {
    let expected = try #require(try ConvergenceReference.load().energy[name]).e_bfmi
    let found = Chains(try ConvergenceReference.array("energy/\(name)")).draws.map(energyFraction)
    #expect(found.count == 4 && zip(found, expected).allSatisfy { sameDiagnostic($0, $1) })
  }

  private func pair(_ name: String) throws -> (Chains, ConvergenceReference.Values) {
    (try ConvergenceReference.chains(name), try #require(try ConvergenceReference.load().diagnostics[name]))
  }
}
