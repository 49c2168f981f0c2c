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

  private func run(
    _ seed: UInt64, _ method: SequentialMonteCarlo = SequentialMonteCarlo(particles: 2000), threads: Int = 2
  ) throws -> SequentialMonteCarlo.Result {
    try method.sample(
      prior: Self.prior, likelihood: Self.likelihood, seed: seed, control: SamplingControl(threads: threads)
    ) { generator in generator.normal(shape: [3], as: Double.self).elements.map { 2 * $0 } }
  }

  /// Ways to move particles, and the acceptances that they aim at, with what a hundred transitions of a warm-up leave open.
  private static let movers: [(method: SequentialMonteCarlo, acceptances: ClosedRange<Double>)] = [
    (SequentialMonteCarlo(particles: 2000), 0.1...0.4),
    (
      SequentialMonteCarlo(HamiltonianMonteCarlo(length: .jitteredSteps(mean: 3)), particles: 2000, steps: 3),
      0.65...0.95
    ),
    (SequentialMonteCarlo(NoUTurnSampler(metric: .dense), particles: 2000, steps: 2), 0.65...0.95),
    (SequentialMonteCarlo(SliceSampler(), particles: 2000, steps: 2), 1...1),
  ]

  /// Whether repetitions agree with a number: the t value of eight is above 5.4 with a probability of 0.001.
  private func expect(_ estimates: [Double], toBe exact: Double, within limit: Double, _ name: String) {
    let mean = estimates.reduce(0, +) / 8
    let spread = (estimates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 7).squareRoot()
    #expect(spread < limit && abs(mean - exact) < 5.4 * spread / 8.0.squareRoot(), "\(name): \(estimates) \(exact)")
  }

  @Test(arguments: movers.indices) func evidenceAndMomentsAreThoseInClosedForm(mover: Int) throws {
    let (method, acceptances) = Self.movers[mover]
    let variance = 4.25
    let exact = Self.observed.reduce(0) { $0 - 0.5 * $1 * $1 / variance - 0.5 * log(2 * Double.pi * variance) }
    let results = try (1...8).map { try run(UInt64($0), method) }
    expect(results.map(\.logEvidence), toBe: exact, within: 0.1, "evidence")
    for axis in 0..<3 {
      let draws = results.map { result in (0..<2000).map { result.particles[$0, axis] } }
      let center = Self.observed[axis] * 4 / variance
      expect(draws.map { $0.reduce(0, +) / 2000 }, toBe: center, within: 0.03, "mean \(axis)")
      let squares = draws.map { $0.reduce(0) { $0 + ($1 - center) * ($1 - center) } / 2000 }
      expect(squares, toBe: 4 * 0.25 / variance, within: 0.02, "variance \(axis)")
    }
    #expect(results[0].inverseTemperatures.first == 0 && results[0].inverseTemperatures.last == 1)
    #expect(results[0].acceptances.allSatisfy { acceptances.contains($0) }, "\(results[0].acceptances)")
    #expect(results[0].warnings.isEmpty, "\(results[0].warnings)")
  }

  @Test(arguments: movers.indices) func particlesAreTheSameForAnyNumberOfThreads(mover: Int) throws {
    let method = Self.movers[mover].method
    let one = try run(3, method, threads: 1)
    for threads in [2, 3, 7] {
      let other = try run(3, method, threads: threads)
      #expect(other.particles == one.particles && other.logEvidence == one.logEvidence)
      #expect(other.evaluations == one.evaluations && other.stages == one.stages)
    }
  }

  @Test func evaluationsAreCounted() throws {
    let result = try run(4, SequentialMonteCarlo(HamiltonianMonteCarlo(length: .steps(5)), particles: 200, steps: 3))
    let stages = result.stages.count
    // A hundred trajectories to tune each of two kernels, three for each particle, and each particle where a stage begins and where the last ends.
    let least = stages * (200 * 5 + 3 * 200 * 5) + (stages + 1) * 200
    // The searches for the scale of the step, at least one gradient each.
    #expect((least + 2 * stages...least + 40 * stages).contains(result.evaluations), "\(result.evaluations) \(least)")
    let walk = try run(4, SequentialMonteCarlo(particles: 200, steps: 3))
    #expect(walk.evaluations == walk.stages.count * (200 + 3 * 200) + (walk.stages.count + 1) * 200)
  }

  /// The least renewal of a coordinate at any stage from N(0, diag(100², 0.01²)) to a posterior of half the deviations.
  private func renewal(_ sampler: any Sampler) throws -> Double {
    let scales: [Double] = [100, 0.01]
    @Sendable func normal(_ x: Tensor, _ share: Double) -> Tensor {
      KnownTarget.normal(x, .constant(0), sd: .constant(DenseArray(scales.map { share * $0 })))
    }
    let result = try SequentialMonteCarlo(sampler, particles: 500, steps: 3).sample(
      prior: LogDensity(dimension: 2) { normal($0, 1) }, likelihood: LogDensity(dimension: 2) { normal($0, 0.577) },
      seed: 2
    ) { generator in scales.map { $0 * generator.normal() } }
    return result.stages.map(\.renewal).min() ?? 0
  }

  @Test func kernelsHaveTheCovarianceOfTheParticlesInTheShapeThatTheyAskFor() throws {
    for shape in [MetricShape.diagonal, .dense] {
      #expect(try renewal(HamiltonianMonteCarlo(length: .jitteredSteps(mean: 3), metric: shape)) > 0.6)
      #expect(try renewal(NoUTurnSampler(metric: shape)) > 0.6)
      #expect(try renewal(MetropolisAdjustedLangevin(metric: shape)) > 0.4)
      #expect(try renewal(MicrocanonicalHamiltonian(meanSteps: 4, metric: shape)) > 0.6)
      #expect(try renewal(MicrocanonicalLangevin(metric: shape)) > 0.2)
      #expect(try renewal(RandomWalkMetropolis(metric: shape)) > 0.2)
    }
    #expect(try renewal(SliceSampler(axes: .learned)) > 0.6)
    #expect(try renewal(HamiltonianMonteCarlo(length: .jitteredSteps(mean: 3), metric: .unit)) < 0.01)
  }

  @Test func aSamplerWithReplicasOfItsOwnMovesNoParticles() async {
    let replicas = ReplicaExchange(NoUTurnSampler(), replicas: 2, least: 0.5)
    #expect(!replicas.obeysTemperature)
    await #expect(processExitsWith: .failure) {
      _ = SequentialMonteCarlo(ReplicaExchange(NoUTurnSampler(), replicas: 2, least: 0.5))
    }
  }

  @Test func evidenceInManyCoordinatesIsThatInClosedForm() throws {
    // From N(0, I) to N(0, 0.1² I) in 40 coordinates. A metric that has a part of the particle that it moves makes steps that depend on how far
    // out it is, and an evidence that is biased.
    let method = SequentialMonteCarlo(
      HamiltonianMonteCarlo(length: .jitteredSteps(mean: 3), metric: .dense), particles: 420, steps: 2)
    let estimates = try (1...8).map { seed in
      try method.sample(
        prior: LogDensity(dimension: 40) { KnownTarget.normal($0, sd: 1) },
        likelihood: LogDensity(dimension: 40) { $0.squared.sum() * -49.5 }, seed: UInt64(seed)
      ) { $0.normal(shape: [40], as: Double.self).elements }.logEvidence
    }
    expect(estimates, toBe: 40 * log(0.1), within: 1, "evidence")
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
