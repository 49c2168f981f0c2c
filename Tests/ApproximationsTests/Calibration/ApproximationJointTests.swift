//  ApproximationJointTests.swift — Geweke's joint test of approximations that hold the posterior of a linear model.
//
//  A draw of the approximation stands where a transition of a chain stands for samplers: see `LinearGaussianSimulation`. Prior and data say
//  about as much, so that a fault in either is seen.

import Approximations
import Testing

@Suite struct ApproximationJointTests {
  @Test(arguments: [LaplaceStructure.dense, .kronecker, .lowRank(3), .functional(examples: 8)])
  func drawsOfALaplaceApproximationKeepTheJointDistribution(structure: LaplaceStructure) throws {
    let score = try CheapApproximation.laplace(structure).jointScore(on: .correlated)
    #expect(score < 4, "\(score)")
  }

  @Test func membersOfAnAnchoredEnsembleKeepTheJointDistribution() throws {
    let score = try CheapApproximation.anchored().jointScore(on: .correlated)
    #expect(score < 4, "\(score)")
  }

  @Test func drawsOfAVariationalFamilyWithCovariancesKeepTheJointDistribution() throws {
    let score = try CheapApproximation.fullRank(epochs: 600).jointScore(on: .correlated, steps: 250)
    #expect(score < 4, "\(score)")
  }

  @Test(arguments: [
    // A prior that is too vague, and next to none.
    CheapApproximation.laplace(.dense, priorScale: 1.3), .laplace(.kronecker, priorScale: 10),
    // The posterior at a temperature of 1.5², and of less than one.
    .laplace(.functional(examples: 8), widening: 1.5), .laplace(.lowRank(3), widening: 0.7),
    // A direction that the approximation leaves at the prior, and correlations that it does not have.
    .laplace(.lowRank(1)), .laplace(.diagonal),
    // Members without noise on their targets.
    .anchored(perturbsTargets: false),
  ])
  func faultsAreSeen(fault: CheapApproximation) throws {
    let score = try fault.jointScore(on: .correlated)
    #expect(!(score < 6), "\(score)")
  }
}
