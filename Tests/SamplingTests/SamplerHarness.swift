//  SamplerHarness.swift — does a sampler draw from the density that it is given?
//
//  For each quantity, the mean, the standard deviation and the quantiles of the draws must agree with the truth within so many Monte Carlo
//  standard errors, those of the reference included, quantiles within one more, as the reference asks; and the errors must be worth something: enough effective draws, chains that agree.

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
    if !(chains.rHat < 1.05) { report.failures.append("\(quantity.name): R-hat \(chains.rHat)") }
    func compare(_ what: String, _ distance: Double, error: Double, size: Double, errors: Double = errors) {
      let score = distance / error
      if !(size >= least) { report.failures.append("\(quantity.name): \(size) effective draws for the \(what)") }
      if !(score <= errors) { report.failures.append("\(quantity.name): the \(what) is \(score) standard errors off") }
      report.leastEffective = min(report.leastEffective, size)
      report.greatestScore = max(report.greatestScore, score)
    }
    if let mean = quantity.mean {
      compare(
        "mean", abs(chains.mean - mean), error: hypot(chains.meanError, quantity.meanError),
        size: chains.meanEffectiveSampleSize)
    }
    if let deviation = quantity.standardDeviation {
      compare(
        "standard deviation", abs(chains.standardDeviation - deviation),
        error: hypot(chains.standardDeviationError, quantity.standardDeviationError),
        size: chains.standardDeviationEffectiveSampleSize)
    }
    let found = chains.quantileEstimates(at: quantity.quantiles.map(\.level))
    for (quantile, estimate) in zip(quantity.quantiles, found) {
      compare(
        "\(quantile.level) quantile", abs(estimate.value - quantile.value),
        error: hypot(estimate.error, quantile.error), size: .infinity, errors: errors + 1)
    }
    report.greatestRHat = max(report.greatestRHat, chains.rHat)
  }
  return report
}
