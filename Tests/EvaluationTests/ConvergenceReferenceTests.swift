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
    #expect(sameDiagnostic(chains.splitRHat, expected.rhatSplit))
    #expect(sameDiagnostic(chains.foldedRHat, expected.rhatFolded))
    #expect(sameDiagnostic(chains.bulkRHat, expected.rhatRankBulk))
  }

  @Test(arguments: names) func effectiveSampleSizesAgreeWithArviZ(name: String) throws {
    let (chains, expected) = try pair(name)
    #expect(sameDiagnostic(chains.bulkEffectiveSampleSize, expected.essBulk))
    #expect(sameDiagnostic(chains.tailEffectiveSampleSize, expected.essTail))
    #expect(sameDiagnostic(chains.meanEffectiveSampleSize, expected.essMean))
    #expect(sameDiagnostic(chains.medianEffectiveSampleSize, expected.essMedian))
    #expect(sameDiagnostic(chains.standardDeviationEffectiveSampleSize, expected.essSd))
    #expect(sameDiagnostic(chains.effectiveSampleSize(ofQuantile: 0.25), expected.essQuantile025))
  }

  @Test(arguments: names) func standardErrorsAgreeWithArviZ(name: String) throws {
    let (chains, expected) = try pair(name)
    #expect(sameDiagnostic(chains.mean, expected.mean))
    #expect(sameDiagnostic(chains.standardDeviation, expected.sd))
    #expect(sameDiagnostic(chains.meanError, expected.mcseMean))
    #expect(sameDiagnostic(chains.standardDeviationError, expected.mcseSd))
    #expect(sameDiagnostic(chains.medianError, expected.mcseMedian))
    #expect(sameDiagnostic(chains.error(ofQuantile: 0.95), expected.mcseQuantile095))
    let summary = ConvergenceSummary(chains, name: name)
    #expect(sameDiagnostic(summary.medianError, expected.mcseMedian))
    #expect(sameDiagnostic(summary.upperError, expected.mcseQuantile095))
    #expect(sameDiagnostic(summary.tailEffectiveSampleSize, expected.essTail))
    #expect(sameDiagnostic(summary.lowerError, chains.error(ofQuantile: 0.05)))
  }

  @Test(arguments: names) func intervalsAndAutocorrelationsAgreeWithArviZ(name: String) throws {
    let (chains, expected) = try pair(name)
    for (level, interval) in [(0.94, expected.hdi94), (0.5, expected.hdi50)] {
      let found = chains.highestDensityInterval(level: level)
      #expect(found.lower == interval[0] && found.upper == interval[1])
    }
    if let correlations = expected.autocorrelationFirst6OfChain0 {
      let found = chains.autocorrelation(lags: 5)[0]
      #expect(zip(found, correlations).allSatisfy { sameDiagnostic($0, $1) } && correlations.count == 6)
    }
  }

  @Test func leaveOneOutAgreesWithArviZ() throws {
    let expected = try ConvergenceReference.load().loo
    let logLikelihood = try ConvergenceReference.array("log_likelihood")
    let found = LeaveOneOut(logLikelihood: logLikelihood)
    #expect(sameDiagnostic(found.total, expected.elpdLoo))
    #expect(sameDiagnostic(found.standardError, expected.se))
    #expect(sameDiagnostic(found.effectiveParameters, expected.pLoo))
    #expect(sameDiagnostic(found.total + found.effectiveParameters, expected.lppd))
    let criterion = WidelyApplicableInformationCriterion(logLikelihood: logLikelihood)
    #expect(sameDiagnostic(criterion.total + criterion.effectiveParameters, expected.lppd))
    #expect(zip(found.pointwise, expected.pointwise).allSatisfy { sameDiagnostic($0, $1) })
    #expect(zip(found.paretoShapes, expected.paretoK).allSatisfy { sameDiagnostic($0, $1) })
    #expect(found.unreliableObservations == expected.paretoK.indices.filter { expected.paretoK[$0] > 0.7 - 0.003 })
    let other = LeaveOneOut(logLikelihood: logLikelihood, relativeEfficiency: 0.7)
    #expect(sameDiagnostic(other.total, expected.elpdLooReff07))
    #expect(zip(other.paretoShapes, expected.paretoKReff07).allSatisfy { sameDiagnostic($0, $1) })
    let first = (0..<2000).map { -logLikelihood.elements[$0 * 20] }
    let weights = ParetoSmoothedImportance(logRatios: first).logWeights
    #expect(zip(weights, expected.smoothedLogWeightsObs0First10).allSatisfy { sameDiagnostic($0, $1) })
  }

  @Test func leaveOneOutOfChainsKnowsHowManyOfTheirDrawsAreEffective() throws {
    let logLikelihood = try ConvergenceReference.array("log_likelihood")
    let shape = logLikelihood.shape
    try #require(shape.rank == 3)
    let found = LeaveOneOut(chains: logLikelihood)
    // Each observation by itself, with r_eff of its own.
    for observation in 0..<shape[2] {
      let draws = (0..<shape[0]).map { chain in
        (0..<shape[1]).map { logLikelihood.elements[(chain * shape[1] + $0) * shape[2] + observation] }
      }
      let efficiency =
        Chains(draws).map { Foundation.exp($0) }.meanEffectiveSampleSize / Double(shape[0] * shape[1])
      let column = DenseArray(Array(draws.joined()), shape: [shape[0] * shape[1], 1])
      let alone = LeaveOneOut(logLikelihood: column, relativeEfficiency: efficiency)
      #expect(abs(found.pointwise[observation] - alone.pointwise[0]) < 1e-12)
      #expect(abs(found.paretoShapes[observation] - alone.paretoShapes[0]) < 1e-9)
    }
    // Chains that repeat each draw ten times are worth a tenth of their draws, and their tails are √10 as long.
    let repeated = DenseArray(
      (0..<shape[0] * shape[1]).flatMap { row in
        (0..<shape[2]).map { logLikelihood.elements[row / 10 * 10 * shape[2] + $0] }
      }, shape: shape)
    let sticky = LeaveOneOut(chains: repeated)
    #expect(sticky.paretoShapes != LeaveOneOut(logLikelihood: repeated).paretoShapes)
    // Draws that are all the same have no effective sample size.
    let constant = LeaveOneOut(chains: DenseArray([Double](repeating: -1, count: 40), shape: [2, 20, 1]))
    #expect(abs(constant.pointwise[0] + 1) < 1e-12)
  }

  @Test func widelyApplicableCriterionAgreesWithArviZ() throws {
    let expected = try ConvergenceReference.load().waic
    let found = WidelyApplicableInformationCriterion(logLikelihood: try ConvergenceReference.array("log_likelihood"))
    #expect(sameDiagnostic(found.total, expected.elpdWaic))
    #expect(sameDiagnostic(found.standardError, expected.se))
    #expect(sameDiagnostic(found.effectiveParameters, expected.pWaic))
    #expect(zip(found.pointwise, expected.pointwise).allSatisfy { sameDiagnostic($0, $1) })
    #expect(zip(found.pointwisePenalties, expected.pWaicPointwise).allSatisfy { sameDiagnostic($0, $1) })
  }

  @Test(arguments: ["-0.3", "0.2", "0.5", "0.9"]) func smoothedWeightsAgreeWithArviZ(name: String) throws {
    let expected = try #require(try ConvergenceReference.load().psisRaw[name])
    let found = ParetoSmoothedImportance(logRatios: expected.logWeights)
    #expect(sameDiagnostic(found.shape, expected.khat))
    #expect(sameDiagnostic(found.logSum, expected.logsumexpSmoothedUnnormalised))
    #expect(zip(found.logWeights, expected.first5SmoothedNormalisedLogWeights).allSatisfy { sameDiagnostic($0, $1) })
  }

  @Test(arguments: ["good", "random_walk_low_ebfmi"]) func energyFractionsAgreeWithArviZ(name: String) throws {
    let expected = try #require(try ConvergenceReference.load().energy[name]).eBfmi
    let found = Chains(try ConvergenceReference.array("energy/\(name)")).draws.map(energyFraction)
    #expect(found.count == 4 && zip(found, expected).allSatisfy { sameDiagnostic($0, $1) })
  }

  private func pair(_ name: String) throws -> (Chains, ConvergenceReference.Values) {
    (try ConvergenceReference.chains(name), try #require(try ConvergenceReference.load().diagnostics[name]))
  }
}
