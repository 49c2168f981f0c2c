//  SamplingPageTests.swift — the model of Documentation/Sampling.md, with nothing but the umbrella imported.

import Credence
import Foundation
import Testing

private let y: [Double] = [28, 8, -3, 7, -1, 1, 18, 12]
private let sigma: [Double] = [15, 10, 16, 11, 9, 11, 10, 18]

@Suite struct SamplingPageTests {
  @Test func theModelOfThePageIsSampled() throws {
    let space = ParameterSpace([
      Parameter("mu"), Parameter("tau", .positive), Parameter("z", shape: [8]),
    ])
    let density = space.logDensity { p in
      var density = p["mu"].logDensity(.normal(0, 5))
      density += p["tau"].logDensity(.halfCauchy(5))
      density += p["z"].logDensity(.normal(0, 1))
      density += y.logDensity(.normal(p["mu"] + p["tau"] * p["z"], sigma))
      return density
    }
    let samples = try NoUTurnSampler().sample(density, SamplingPlan(chains: 4, warmUp: 1000, draws: 1000, seed: 1))
    #expect(samples.draws(in: space)["tau"]?.shape == [4, 1000])
    let summaries = samples.summaries(in: space, deriving: { ["theta": $0["mu"] + $0["tau"] * $0["z"]] })
    let tau = try #require(summaries.first { $0.name == "tau" })
    // posteriordb: 3.60.
    #expect(abs(tau.mean - 3.602) < 4 * hypot(tau.meanError, 0.032) && summaries.last?.name == "theta[7]")
    // Over 40 seeds half of the runs met a divergence or a few, six at most, in the mouth of the funnel; nothing else may be found.
    let findings = ConvergenceFinding.all(in: summaries, trajectories: samples.trajectories)
    #expect(findings.allSatisfy { if case .divergences(...6, of: 4000) = $0 { true } else { false } }, "\(findings)")
  }

  @Test func sequentialMonteCarloGivesTheEvidenceOfTheSameModel() throws {
    let space = ParameterSpace([Parameter("mu"), Parameter("tau", .positive)])
    let prior = space.logDensity { $0["mu"].logDensity(.normal(0, 5)) + $0["tau"].logDensity(.halfNormal(5)) }
    // Effects integrated out.
    let likelihood = space.logLikelihood { p in
      y.logDensity(.normal(p["mu"], sqrt(p["tau"].squared + Tensor(sigma).squared)))
    }
    let found = try SequentialMonteCarlo().sample(prior: prior, likelihood: likelihood, seed: 1) { generator in
      let values = ["mu": [5 * generator.normal()], "tau": [abs(5 * generator.normal())]]
      return space.unconstrained(values) ?? []
    }
    let method = SequentialMonteCarlo(
      HamiltonianMonteCarlo(length: .jitteredSteps(mean: 5), metric: .dense), particles: 1000, steps: 3)
    let moved = try method.sample(prior: prior, likelihood: likelihood, seed: 1) { generator in
      space.unconstrained(["mu": [5 * generator.normal()], "tau": [abs(5 * generator.normal())]]) ?? []
    }
    // By the trapezoidal rule on μ and τ.
    var evidence = 0.0
    for i in -200...200 {
      for j in 1...400 {
        let (mu, tau) = (0.15 * Double(i), 0.075 * (Double(j) - 0.5))
        var exponent: Double = -mu * mu / 50 - tau * tau / 50 - log(5) - 0.5 * log(2 * Double.pi)
        exponent += log(2.0) - log(5) - 0.5 * log(2 * Double.pi)
        for k in 0..<8 {
          let variance: Double = tau * tau + sigma[k] * sigma[k]
          exponent -= 0.5 * (y[k] - mu) * (y[k] - mu) / variance + 0.5 * log(2 * Double.pi * variance)
        }
        evidence += 0.15 * 0.075 * exp(exponent)
      }
    }
    for result in [found, moved] {
      #expect(abs(result.logEvidence - log(evidence)) < 0.15, "\(result.logEvidence), \(log(evidence))")
      #expect(result.warnings.isEmpty && result.evaluations > 10_000, "\(result.warnings)")
    }
    let tau = space.constrained(found.particles)["tau"]
    #expect(tau?.shape == [2000])
  }
}
