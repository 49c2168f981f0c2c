//  PublishedPosteriorTests.swift — NUTS as it comes against reference draws that others published.

import Arrays
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
      // R-hat of a few hundred draws is itself uncertain.
      #expect(found.bulkEffectiveSampleSize > least && found.rHat < (least < 400 ? 1.05 : 1.01), "\(found)")
      #expect(abs(found.mean - figures.mean[index]) < 4 * meanError, "\(name): \(found.mean)")
      // A square that is itself known to 1 in 20 at best is of a tail like K⁻³, which has a mean and no variance.
      if let error = figures.squareError?[index], error > 0.05 * figures.square[index] { continue }
      #expect(abs(found.standardDeviation - sd) < 4 * scaleError, "\(name): \(found.standardDeviation), \(sd)")
    }
  }

  /// Populations, latent functions and powers cost more than the others: fewer draws of them.
  private func plan(_ name: String) -> SamplingPlan {
    switch name {
    case "lotka_volterra": SamplingPlan(chains: 2, warmUp: 300, draws: 300, seed: 1)
    case "gp_pois_regr": SamplingPlan(warmUp: 300, draws: 250, seed: 2)
    case "dogs", "dogs_hierarchical", "hmm_example", "one_comp_mm_elim_abs":
      SamplingPlan(warmUp: 400, draws: 400, seed: 1)
    default: SamplingPlan(seed: 1)
    }
  }

  /// As it comes, but where its defaults are not for the posterior: an intercept at year 0 of temperatures from 3952 on, which correlates with
  /// the slope at 0.99999 and takes trees of depth 9 by diagonal scales; a rate whose tail is a narrowing ridge, in which the common step diverges.
  private func sampler(_ name: String) -> NoUTurnSampler {
    switch name {
    case "kilpisjarvi": NoUTurnSampler(metric: .dense)
    case "one_comp_mm_elim_abs": NoUTurnSampler(stepSize: .adapted(acceptance: 0.95))
    default: NoUTurnSampler()
    }
  }

  /// As it comes, but for populations that explode where rates are drawn from the usual box: they begin where the prior has them.
  private func start(_ name: String, _ space: ParameterSpace) throws -> StartingPoints {
    guard name == "lotka_volterra" else { return .uniform() }
    return .given(
      try (0..<2).map { chain in
        let share = 0.9 + 0.2 * Double(chain)
        return try #require(
          space.unconstrained([
            "theta": [0.6 * share, 0.03, 0.8 / share, 0.03 * share], "start": [30 * share, 5 / share],
            "sigma": [0.4 * share, 0.4],
          ]))
      })
  }

  static let isAskedForMore = ProcessInfo.processInfo.environment["CREDENCE_MEASURE"] != nil

  /// Half a minute: 66 parameters, trees of depth 9 and 10.
  @Test(.enabled(if: isAskedForMore, "runs with CREDENCE_MEASURE set"))
  func accelerationsWithAProcessForTheirScale() throws {
    try noUTurnAsItComes(name: "accel_gp")
  }

  @Test(arguments: PublishedPosterior.names) func noUTurnAsItComes(name: String) throws {
    let posterior = try PublishedPosterior.named(name)
    let samples = try sampler(name).sample(
      posterior.density, plan(name), from: start(name, posterior.space))
    try expectAgreement(
      samples.summaries(in: posterior.space, deriving: posterior.derived), posterior.figures,
      least: plan(name).draws == 1000 ? 400 : 100)
    let record = samples.trajectories
    // The published draws of the latent processes were made with a target acceptance of 0.99, ours with 0.8. Elsewhere a
    // divergence is a rare accident: in the mouth of the schools' funnel one of a few thousand draws finds one.
    let allowed = record.drawCount / (name == "accel_gp" ? 75 : name == "gp_pois_regr" ? 100 : 1000)
    #expect(record.divergences <= allowed && record.saturatedTrees <= (name == "accel_gp" ? 40 : 0), "\(record)")
  }

  @Test func otherSamplersAgreeOnAGaussianProcess() throws {
    let posterior = try PublishedPosterior.named("gp_regr")
    func expect(_ sampler: some Sampler, thinning: Int, draws: Int = 1000) throws {
      let plan = SamplingPlan(warmUp: 500 * max(1, thinning / 2), draws: draws, thinning: thinning, seed: 4)
      let samples = try sampler.sample(posterior.density, plan, from: .pathfinders())
      try expectAgreement(samples.summaries(in: posterior.space), posterior.figures)
    }
    try expect(HamiltonianMonteCarlo(length: .jitteredSteps(mean: 6)), thinning: 1)
    try expect(MetropolisAdjustedLangevin(), thinning: 4)
    try expect(RandomWalkMetropolis(), thinning: 10)
    try expect(SliceSampler(), thinning: 1)
    try expect(MicrocanonicalHamiltonian(meanSteps: 5), thinning: 1)
    try expect(MicrocanonicalLangevin(), thinning: 20)
    try expect(ReplicaExchange(NoUTurnSampler(), replicas: 2, least: 0.5), thinning: 1)
  }

  @Test func theCentredSchoolsDivergeAsOthersFound() throws {
    let space = ParameterSpace([Parameter("mu"), Parameter("tau", .positive), Parameter("theta", shape: [8])])
    let density = space.logDensity { p in
      p["mu"].logDensity(.normal(0, 5)) + p["tau"].logDensity(.halfCauchy(5))
        + p["theta"].logDensity(.normal(p["mu"], p["tau"]))
        + [28.0, 8, -3, 7, -1, 1, 18, 12].logDensity(.normal(p["theta"], [15.0, 10, 16, 11, 9, 11, 10, 18]))
    }
    let samples = try NoUTurnSampler().sample(density, SamplingPlan(seed: 3))
    #expect(samples.trajectories.divergences > 0)
  }
}
