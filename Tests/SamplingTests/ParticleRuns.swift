//  ParticleRuns.swift — sequential Monte Carlo in the harness of chains.
//
//  Several runs with their own seeds take the place of chains. Particles with a parent in common lie side by side, and what a run as
//  a whole is off by is a difference between runs: effective sample sizes count both.

import Arrays
import Evaluation
import Foundation
import Probability
import Programs
import Sampling
import Testing

enum ParticleRuns {
  private static let method = SequentialMonteCarlo(particles: 500, steps: 8)

  /// Twelve runs from a prior to a posterior.
  private static func check(
    _ target: KnownTarget, prior: LogDensity, likelihood: LogDensity, seed: UInt64, method: SequentialMonteCarlo,
    drawingFrom draw: (inout Philox) -> [Double]
  ) throws -> HarnessReport {
    let runs = try (0..<12).map { run in
      try method.sample(
        prior: prior, likelihood: likelihood, seed: 1000 * seed + UInt64(run), drawingFrom: draw
      ).particles
    }
    let width = target.density.dimension
    return SamplingTests.check(target) { quantity in
      Chains(
        runs.map { particles in
          (0..<particles.shape[0]).map { quantity(Array(particles.elements[$0 * width..<($0 + 1) * width])) }
        })
    } within: {
      (4, 200)
    }
  }

  /// From N(mean, sd² I) to the target, whatever its own prior is.
  static func between(_ mean: [Double], _ sd: Double, method: SequentialMonteCarlo = method) -> TableCell {
    .held { target, seed in try report(on: target, mean, sd, method, seed: seed) }
  }

  static func report(
    on target: KnownTarget, _ mean: [Double], _ sd: Double, _ method: SequentialMonteCarlo, seed: UInt64
  ) throws -> HarnessReport {
    let start = LogDensity(dimension: mean.count) {
      KnownTarget.normal($0, .constant(DenseArray(mean)), sd: .constant(sd))
    }
    let rest = LogDensity(dimension: mean.count) { target.density($0) - start($0) }
    return try check(target, prior: start, likelihood: rest, seed: seed, method: method) { generator in
      mean.map { $0 + sd * generator.normal() }
    }
  }

  /// Prior and likelihood of parameters with a support: the Jacobian is in the prior, and not in the likelihood.
  static let schools = TableCell.held { target, seed in
    let (prior, likelihood) = try KnownTarget.eightSchoolsApart(TargetReference.named(TargetName.schools.rawValue))
    return try check(target, prior: prior, likelihood: likelihood, seed: seed, method: method) { generator in
      // τ of a half-Cauchy distribution by the inverse of its distribution function.
      let tau = 5 * tan(0.5 * Double.pi * generator.uniform())
      return [5 * generator.normal(), log(tau)] + (0..<8).map { _ in generator.normal() }
    }
  }
}
