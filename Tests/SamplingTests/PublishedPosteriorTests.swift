//  PublishedPosteriorTests.swift — NUTS as it comes against reference draws that others published.

import Evaluation
import Foundation
import Probability
import Programs
import Sampling
import Testing

@Suite struct PublishedPosteriorTests {
  /// Means and standard deviations within four standard errors, those of the published draws included.
  private func expectAgreement(
    _ summaries: [ConvergenceSummary], _ figures: PublishedPosterior.Figures, least: Double = 400
  ) throws {
    for (index, name) in figures.names.enumerated() {
      let found = try #require(summaries.first { $0.name == name }, "there is no \(name)")
      let sd = (figures.square[index] - figures.mean[index] * figures.mean[index]).squareRoot()
      // The error of a standard deviation is about that of a mean over √2, and more in heavy tails.
      let meanError = hypot(found.meanError, figures.meanError[index])
      let scaleError = hypot(found.standardDeviationError, figures.meanError[index])
      #expect(found.bulkEffectiveSampleSize > least && found.rHat < (least < 400 ? 1.02 : 1.01), "\(found)")
      #expect(abs(found.mean - figures.mean[index]) < 4 * meanError, "\(name): \(found.mean)")
      #expect(abs(found.standardDeviation - sd) < 4 * scaleError, "\(name): \(found.standardDeviation), \(sd)")
    }
  }

  /// Populations and latent functions cost more than the others: fewer draws of them.
  private func plan(_ name: String) -> SamplingPlan {
    switch name {
    case "lotka_volterra": SamplingPlan(warmUp: 300, draws: 250, seed: 1)
    case "gp_pois_regr": SamplingPlan(warmUp: 400, draws: 300, seed: 2)
    default: SamplingPlan(seed: 1)
    }
  }

  @Test(arguments: PublishedPosterior.names) func noUTurnAsItComes(name: String) throws {
    let posterior = try PublishedPosterior.named(name)
    // The published draws of this one were made with 0.99 too.
    let sampler = name == "gp_pois_regr" ? NoUTurnSampler(stepSize: .adapted(acceptance: 0.99)) : NoUTurnSampler()
    let clock = ContinuousClock.now
    let samples = try sampler.sample(posterior.density, plan(name))
    try expectAgreement(
      samples.summaries(in: posterior.space, deriving: posterior.derived), posterior.figures,
      least: plan(name).draws == 1000 ? 400 : 100)
    let record = samples.trajectories
    print(name, ContinuousClock.now - clock, record.divergences, samples.evaluations)
    #expect(record.divergences == 0 && record.saturatedTrees == 0, "\(record)")
  }
}
