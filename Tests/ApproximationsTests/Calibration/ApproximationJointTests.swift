//  ApproximationJointTests.swift — Geweke's joint test of approximations that hold the posterior of a linear model.
//
//  A draw of the approximation stands where a transition of a chain stands for samplers: see `LinearGaussianSimulation`. Prior and data say
//  about as much, so that a fault in either is seen.

import Approximations
import Testing

@Suite struct ApproximationJointTests {
  @Test(arguments: [LaplaceStructure.dense, .kronecker, .functional(examples: 8)])
  func drawsOfALaplaceApproximationKeepTheJointDistribution(structure: LaplaceStructure) throws {
    let score = try CheapApproximation.laplace(structure).jointScore(on: .faint)
    #expect(score < 4, "\(score)")
  }

  @Test func membersOfAnAnchoredEnsembleKeepTheJointDistribution() throws {
    let score = try CheapApproximation.anchored().jointScore(on: .faint)
    #expect(score < 4, "\(score)")
  }

  @Test func drawsOfAVariationalFamilyWithCovariancesKeepTheJointDistribution() throws {
    let score = try CheapApproximation.fullRank(epochs: 600).jointScore(on: .faint)
    #expect(score < 4, "\(score)")
  }

  @Test(arguments: [
    // Next to no prior.
    CheapApproximation.laplace(.kronecker, priorScale: 10),
    // The posterior at a temperature of 2.
    .laplace(.dense, widening: 1.4),
    // Members without noise on their targets.
    .anchored(perturbsTargets: false),
  ])
  func faultsAreSeen(fault: CheapApproximation) throws {
    let score = try fault.jointScore(on: .faint)
    #expect(!(score < 5), "\(score)")
  }
}
