//  ParticleFindingTests.swift — sequential Monte Carlo says when its particles are too few, or move too little.

import Arrays
import Foundation
import Probability
import Programs
import Sampling
import Testing

@Suite struct ParticleFindingTests {
  /// N(0, 1) prior in so many coordinates, and a normal likelihood of a standard deviation around 1.
  private func run(
    _ method: SequentialMonteCarlo, dimension: Int, sd: Double, seed: UInt64 = 3
  ) throws -> SequentialMonteCarlo.Result {
    try method.sample(
      prior: LogDensity(dimension: dimension) { KnownTarget.normal($0, sd: 1) },
      likelihood: LogDensity(dimension: dimension) { KnownTarget.normal($0 - 1, sd: sd) }, seed: seed
    ) { $0.normal(shape: [dimension], as: Double.self).elements }
  }

  @Test func aRunWhoseMovesMixSaysNothing() throws {
    let result = try run(SequentialMonteCarlo(particles: 1000, steps: 20), dimension: 3, sd: 0.3)
    #expect(result.findings.isEmpty, "\(result.warnings)")
    #expect(result.stages.map(\.inverseTemperature) == Array(result.inverseTemperatures.dropFirst()))
    #expect(result.stages.allSatisfy { $0.renewal > 0.5 && $0.parents > 300 && $0.acceptance > 0.1 })
    #expect(result.founders > 20 && result.founders < 1000)
  }

  @Test func renewalIsOneMinusTheCorrelationOfAParticleWithItsPast() throws {
    // Four steps of 0.2 in a metric that fits: the correlation is cos 0.8 where they are accepted.
    let sampler = HamiltonianMonteCarlo(length: .steps(4), stepSize: .fixed(0.2), metric: .dense)
    let result = try run(SequentialMonteCarlo(sampler, particles: 4000, steps: 1), dimension: 3, sd: 0.5)
    for stage in result.stages {
      let renewal = (1 - cos(0.8)) * stage.acceptance
      #expect(abs(stage.renewal / renewal - 1) < 0.1, "\(stage)")
    }
  }

  @Test func particlesThatStayWhereTheyWerePutAreReported() throws {
    let result = try run(SequentialMonteCarlo(particles: 500, steps: 1), dimension: 20, sd: 0.05)
    let worst = try #require(result.stages.min { $0.renewal < $1.renewal })
    #expect(
      result.findings.contains(
        .smallMoves(
          stages: result.stages.count { $0.renewal < ParticleFinding.leastRenewal },
          inverseTemperature: worst.inverseTemperature, renewal: worst.renewal)), "\(result.warnings)")
    #expect(result.founders < 10 && result.findings.contains(.fewFounders(result.founders, of: 500)))
    #expect(result.warnings.contains { $0.hasPrefix("Particles stay near where they were put") })
  }

  @Test func movesThatAreRefusedAreReported() throws {
    // A thin arc: the spread of the particles is that of its length.
    let likelihood = LogDensity(dimension: 2) { x in
      KnownTarget.normal(sqrt(x.squared.sum()) - 2, sd: 0.001)
    }
    let result = try SequentialMonteCarlo(particles: 500, steps: 2).sample(
      prior: LogDensity(dimension: 2) { KnownTarget.normal($0, sd: 1) }, likelihood: likelihood, seed: 5
    ) { [$0.normal(), $0.normal()] }
    let least = result.acceptances.min() ?? 1
    #expect(least < ParticleFinding.leastAcceptance)
    let isReported = result.findings.contains { finding in
      if case .refusedMoves(_, _, let acceptance) = finding { acceptance == least } else { false }
    }
    #expect(isReported, "\(result.warnings)")
  }

  @Test func aLikelihoodThatRulesOutNearlyAllAtOnceIsReported() throws {
    // Finite at one draw of the prior in a thousand: no temperature makes that less.
    let likelihood = LogDensity(dimension: 1) { x in
      select(x.sum() .> 3, .constant(0), .constant(-.infinity))
    }
    let result = try SequentialMonteCarlo(particles: 4000, steps: 40).sample(
      prior: LogDensity(dimension: 1) { KnownTarget.normal($0, sd: 1) }, likelihood: likelihood, seed: 2
    ) { [$0.normal()] }
    #expect(result.stages[0].parents < 40 && result.stages[0].parents > 0)
    let isReported = result.findings.contains { finding in
      if case .fewParents(_, _, let parents, 4000) = finding { parents < 40 } else { false }
    }
    #expect(isReported, "\(result.warnings)")
  }

  @Test func sentencesSayWhereAndWhatToDo() {
    #expect(
      ParticleFinding.refusedMoves(stages: 3, inverseTemperature: 0.01234, acceptance: 0.0213).sentence
        == "Particles hardly move: 2.1 % of proposals were accepted at 3 stages, worst at β = 0.012; the density is narrower in "
        + "places than the particles are spread, so take more steps, or a sampler with gradients.")
    #expect(
      ParticleFinding.fewFounders(1, of: 500).sentence
        == "All 500 particles descend from 1 draw of the prior, and their moves were too small to make up for it: modes may be "
        + "missing, and the evidence is less certain than it looks; take more particles and more steps.")
    #expect(
      ParticleFinding.unfinished(inverseTemperature: 0.5).sentence
        == "The run was stopped at β = 0.5: its particles are not draws of the posterior; let it go on to β = 1.")
  }
}
