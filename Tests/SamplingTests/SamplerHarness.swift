//  SamplerHarness.swift — does a sampler draw from the density that it is given?
//
//  For each quantity, the means and standard deviations of the draws must agree with the truth within so many Monte Carlo standard
//  errors, those of the reference included; and the errors must be worth something: enough effective draws, chains that agree.

import Evaluation
import Foundation
import Probability
import Sampling

struct HarnessReport: CustomStringConvertible {
  var failures: [String] = []
  var leastEffective = Double.infinity
  var greatestScore = 0.0
  var greatestRHat = 0.0

  var passes: Bool { failures.isEmpty }

  var description: String {
    "least effective sample size \(Int(leastEffective)), greatest score \(greatestScore), greatest R-hat \(greatestRHat)\n"
      + failures.joined(separator: "\n")
  }
}

/// - Parameter errors: How many standard errors are allowed.
func checkSampler<S: Sampler>(
  _ sampler: S, on target: KnownTarget, _ plan: SamplingPlan, from start: StartingPoints = .uniform(),
  errors: Double = 4, leastEffective: Double = 200, density: LogDensity? = nil
) throws -> HarnessReport {
  let samples = try sampler.sample(density ?? target.density, plan, from: start)
  return check(target) {
    samples.chains(of: $0)
  } within: {
    (errors, leastEffective)
  }
}

func check(
  _ target: KnownTarget, _ chains: (([Double]) -> Double) -> Chains, within limits: () -> (Double, Double)
) -> HarnessReport {
  let (errors, least) = limits()
  var report = HarnessReport()
  for quantity in target.quantities {
    let chains = chains(quantity.value)
    let size = min(chains.meanEffectiveSampleSize, chains.standardDeviationEffectiveSampleSize)
    if !(size >= least) { report.failures.append("\(quantity.name): \(size) effective draws") }
    if !(chains.rHat < 1.05) { report.failures.append("\(quantity.name): R-hat \(chains.rHat)") }
    let meanScore = abs(chains.mean - quantity.mean) / hypot(chains.meanError, quantity.meanError)
    let scaleScore =
      abs(chains.standardDeviation - quantity.standardDeviation)
      / hypot(chains.standardDeviationError, quantity.standardDeviationError)
    for (score, what) in [(meanScore, "mean"), (scaleScore, "standard deviation")] where !(score <= errors) {
      report.failures.append("\(quantity.name): the \(what) is \(score) standard errors off")
    }
    report.greatestRHat = max(report.greatestRHat, chains.rHat)
    report.leastEffective = min(report.leastEffective, size)
    report.greatestScore = max(report.greatestScore, meanScore, scaleScore)
  }
  return report
}
