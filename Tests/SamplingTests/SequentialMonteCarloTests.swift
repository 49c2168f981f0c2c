//  SequentialMonteCarloTests.swift — evidence and posterior where both are known.

import Arrays
import Foundation
import Probability
import Programs
import Sampling
import Synchronization
import Testing

@Suite struct SequentialMonteCarloTests {
  /// yᵢ ~ N(xᵢ, 0.5²) with x ~ N(0, 2² I): everything in closed form.
  private static let observed: [Double] = [1.5, -3, 0.2]
  private static let prior = LogDensity(dimension: 3) { KnownTarget.normal($0, sd: 2) }
  private static let likelihood = LogDensity(dimension: 3) {
    KnownTarget.normal(.constant(DenseArray(observed)), $0, sd: .constant(0.5))
  }

  private func run(_ seed: UInt64, threads: Int = 2) throws -> SequentialMonteCarlo.Result {
    try SequentialMonteCarlo(particles: 2000).sample(
      prior: Self.prior, likelihood: Self.likelihood, seed: seed, control: SamplingControl(threads: threads)
    ) { generator in generator.normal(shape: [3], as: Double.self).elements.map { 2 * $0 } }
  }

  @Test func evidenceAndMomentsAreThoseInClosedForm() throws {
    let variance = 4.25
    let exact = Self.observed.reduce(0) { $0 - 0.5 * $1 * $1 / variance - 0.5 * log(2 * Double.pi * variance) }
    let results = try (1...8).map { try run(UInt64($0)) }
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

  @Test func particlesAreTheSameForAnyNumberOfThreads() throws {
    let one = try run(3, threads: 1)
    for threads in [2, 3, 7] {
      let other = try run(3, threads: threads)
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
    let estimates = try (1...6).map { seed in
      try SequentialMonteCarlo(particles: 2000).sample(prior: prior, likelihood: likelihood, seed: UInt64(seed)) {
        $0.normal(shape: [4], as: Double.self).elements.map { 2 * $0 }
      }.logEvidence
    }
    let expected = try #require(reference.logMarginalLikelihood).value
    let mean = estimates.reduce(0, +) / 6
    let spread = (estimates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 5).squareRoot()
    // The t value of six repetitions: 5 has a probability of 0.004.
    #expect(spread < 0.1 && abs(mean - expected) < 5 * spread / 6.0.squareRoot(), "\(estimates) \(expected)")
  }

  /// Infinite at one draw of the prior in six, not a number at another sixth, and otherwise a normal likelihood.
  private static let improper = LogDensity(dimension: 1) { x in
    let value = KnownTarget.normal(.constant(0.4), x.sum(), sd: .constant(0.5))
    return select(x.sum() .> 1, .constant(.infinity), select(x.sum() .< -1, .constant(.nan), value))
  }

  @Test func aParticleWhoseLikelihoodIsNotFiniteHasNoWeight() throws {
    let prior = LogDensity(dimension: 1) { KnownTarget.normal($0, sd: 1) }
    let found = try SequentialMonteCarlo(particles: 4000).sample(
      prior: prior, likelihood: Self.improper, seed: 4, control: SamplingControl(threads: 1)
    ) { [$0.normal()] }
    let draws = found.particles.elements
    #expect(draws.allSatisfy { abs($0) <= 1 } && found.isComplete)
    // Simpson's rule on prior times likelihood between the walls.
    let terms = (0...200).map { index in
      let x = -1 + 0.01 * Double(index)
      let weight = index == 0 || index == 200 ? 1.0 : index % 2 == 1 ? 4 : 2
      let density: Double = exp(-0.5 * x * x - 2 * (x - 0.4) * (x - 0.4)) / (2 * Double.pi * 0.5)
      return (x: x, mass: weight * 0.01 / 3 * density)
    }
    let evidence = terms.reduce(0) { $0 + $1.mass }
    let mean = terms.reduce(0) { $0 + $1.mass * $1.x } / evidence
    #expect(abs(found.logEvidence - log(evidence)) < 0.08, "\(found.logEvidence), \(log(evidence))")
    #expect(abs(draws.reduce(0, +) / 4000 - mean) < 0.04)
  }

  @Test func aLikelihoodThatIsFiniteNowhereIsOneSentence() {
    let prior = LogDensity(dimension: 1) { KnownTarget.normal($0, sd: 1) }
    for value in [Double.infinity, -.infinity, .nan] {
      let nowhere = LogDensity(dimension: 1) { x in select(x.sum() .> 100, x.sum(), .constant(value)) }
      #expect(throws: SamplingError.noLikelihood(particles: 100)) {
        try SequentialMonteCarlo(particles: 100).sample(prior: prior, likelihood: nowhere, seed: 1) { [$0.normal()] }
      }
    }
    #expect(
      SamplingError.noLikelihood(particles: 100).description
        == "the log likelihood is finite at none of 100 draws of the prior; check it there, and its data, or take more "
        + "particles")
  }

  @Test func aRunThatIsStoppedHasWhatItsLastStageHad() throws {
    let whole = try run(5)
    let asked = Mutex(0)
    let events = Mutex<[SamplingEvent]>([])
    // Ten steps a stage: asked before each, the run ends in its third stage.
    let control = SamplingControl(
      threads: 2, progress: { event in events.withLock { $0.append(event) } },
      shouldStop: {
        asked.withLock {
          $0 += 1
          return $0 > 24
        }
      })
    let part = try SequentialMonteCarlo(particles: 2000).sample(
      prior: Self.prior, likelihood: Self.likelihood, seed: 5, control: control
    ) { generator in generator.normal(shape: [3], as: Double.self).elements.map { 2 * $0 } }
    #expect(whole.isComplete && !part.isComplete && whole.inverseTemperatures.count > 4)
    #expect(part.inverseTemperatures == Array(whole.inverseTemperatures.prefix(3)))
    #expect(part.acceptances == Array(whole.acceptances.prefix(2)))
    #expect(part.logEvidence.isFinite && part.particles.shape == [2000, 3])
    let seen = events.withLock { $0 }
    #expect(seen.map(\.transition) == Array(1...24) && seen.map(\.transitionCount).last == 30)
    #expect(seen.allSatisfy { $0.logDensity.isFinite })
  }
}
