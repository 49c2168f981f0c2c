//  SequentialMonteCarloTests.swift — evidence and posterior where both are known.

import Arrays
import Foundation
import Probability
import Programs
import Sampling
import Testing

@Suite struct SequentialMonteCarloTests {
  /// yᵢ ~ N(xᵢ, 0.5²) with x ~ N(0, 2² I): everything in closed form.
  private static let observed: [Double] = [1.5, -3, 0.2]
  private static let prior = LogDensity(dimension: 3) { KnownTarget.normal($0, sd: 2) }
  private static let likelihood = LogDensity(dimension: 3) {
    KnownTarget.normal(.constant(DenseArray(observed)), $0, sd: .constant(0.5))
  }

  private func run(_ seed: UInt64, threads: Int = 2) -> SequentialMonteCarlo.Result {
    SequentialMonteCarlo(particles: 2000).sample(
      prior: Self.prior, likelihood: Self.likelihood, seed: seed, control: SamplingControl(threads: threads)
    ) { generator in generator.normal(shape: [3], as: Double.self).elements.map { 2 * $0 } }
  }

  @Test func evidenceAndMomentsAreThoseInClosedForm() {
    let variance = 4.25
    let exact = Self.observed.reduce(0) { $0 - 0.5 * $1 * $1 / variance - 0.5 * log(2 * Double.pi * variance) }
    let results = (1...8).map { run(UInt64($0)) }
    let estimates = results.map(\.logEvidence)
    let mean = estimates.reduce(0, +) / 8
    let spread = (estimates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 7).squareRoot()
    // The t value of eight repetitions: 4.8 has a probability of 0.002.
    #expect(spread < 0.1 && abs(mean - exact) < 4.8 * spread / 8.0.squareRoot(), "\(estimates) \(exact)")
    for axis in 0..<3 {
      let means = results.map { result in
        (0..<2000).reduce(0) { $0 + result.particles[$1, axis] } / 2000
      }
      let expected = Self.observed[axis] * 4 / variance
      #expect(abs(means.reduce(0, +) / 8 - expected) < 0.03)
    }
    #expect(results[0].inverseTemperatures.first == 0 && results[0].inverseTemperatures.last == 1)
    #expect(results[0].acceptances.allSatisfy { $0 > 0.1 && $0 < 0.6 })
  }

  @Test func particlesAreTheSameForAnyNumberOfThreads() {
    let one = run(3, threads: 1)
    for threads in [2, 3, 7] {
      let other = run(3, threads: threads)
      #expect(other.particles == one.particles && other.logEvidence == one.logEvidence)
    }
  }

  @Test func evidenceOfALogisticRegressionIsThatOfTheReference() throws {
    let reference = try TargetReference.named("logistic_regression")
    let x = DenseArray(rows: try #require(reference.data.design))
    let y = DenseArray(try #require(reference.data.y))
    let likelihood = LogDensity(dimension: 4) { b in
      let logits = matmul(.constant(x), b.reshaped([4, 1])).reshaped([x.shape[0]])
      return (.constant(y) * logits - softplus(logits)).sum()
    }
    let prior = LogDensity(dimension: 4) { KnownTarget.normal($0, sd: 2) }
    let estimates = (1...6).map { seed in
      SequentialMonteCarlo(particles: 2000).sample(prior: prior, likelihood: likelihood, seed: UInt64(seed)) {
        $0.normal(shape: [4], as: Double.self).elements.map { 2 * $0 }
      }.logEvidence
    }
    let expected = try #require(reference.logMarginalLikelihood).value
    let mean = estimates.reduce(0, +) / 6
    let spread = (estimates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 5).squareRoot()
    #expect(spread < 0.1 && abs(mean - expected) < 5 * spread / 6.0.squareRoot(), "\(estimates) \(expected)")
  }
}
