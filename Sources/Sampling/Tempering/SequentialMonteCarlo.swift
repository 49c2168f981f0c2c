//  SequentialMonteCarlo.swift — particles from the prior to the posterior, and the evidence on the way.
//
//  Notation   S particles xₛ     p₀ prior, ℓ(x) the log likelihood     0 = β₀ < β₁ < … < 1
//
//  Equations  (1) stage k has the density ∝ p₀(x) exp(βₖ ℓ(x))
//             (2) weights wₛ = exp((βₖ₊₁ − βₖ) ℓ(xₛ)); βₖ₊₁ is where (Σw)²/Σw² is a given share of S
//             (3) log p(D) ≈ Σₖ log 1/S Σₛ wₛ                               [Del Moral, Doucet and Jasra 2006]
//             (4) resampling at the S evenly spaced points (u + s)/S, u uniform; then transitions of any sampler that leave (1) as
//                 it is at βₖ₊₁; the kernel that moves one half of the particles has the covariance of the other half as its metric, and is
//                 tuned on it, `ParticleCrew`
//
//  What a stage is tuned to depends on its particles, as βₖ₊₁ does; each transition leaves (1) as it is whatever the tuning, and
//  the error vanishes with S.                                               [Beskos et al. 2016]
//  Finds several modes where the prior reaches them, and gives the evidence, for which a chain has no answer. The error of (3) can
//  only be seen from repetitions with other seeds; `Result.findings` says where particles are too few for any, or move too little.
//  Cost       S times the steps times the stages, which grow as √D or so, in transitions of the sampler, and two hundred more for each
//  stage that are taken one after the other. Particles are shared out over threads.

public import Arrays
import Foundation
public import Probability

/// Sequential Monte Carlo with likelihood tempering.
public struct SequentialMonteCarlo: Sendable {
  /// What moves the particles.
  public let sampler: any Sampler
  /// S.
  public let particles: Int
  /// The share of S that remains effective from one stage to the next.
  public let effectiveShare: Double
  /// Transitions of each particle at each stage.
  public let steps: Int

  /// - Parameter sampler: Where it has a metric to learn, this is the covariance of the particles, dense or diagonal as it asks for; a dense one
  ///   takes more than ten times as many particles as coordinates, and is diagonal with less. Of its `StepSize` or scale a stage learns its own.
  ///
  /// Precondition: at least 10 particles, 0 < effectiveShare < 1, steps ≥ 1; the sampler obeys temperatures, as a Gibbs sampler with
  /// conditionals in closed form does not, nor one with replicas of its own.
  public init(
    _ sampler: any Sampler = RandomWalkMetropolis(metric: .dense), particles: Int = 2000, effectiveShare: Double = 0.7,
    steps: Int = 10
  ) {
    precondition(
      particles >= 10 && effectiveShare > 0 && effectiveShare < 1 && steps >= 1,
      "\(particles) particles, a share of \(effectiveShare), \(steps) steps")
    sampler.expectObeysTemperature()
    self.sampler = sampler
    self.particles = particles
    self.effectiveShare = effectiveShare
    self.steps = steps
  }

  /// What a run gives.
  public struct Result: Sendable {
    /// Equally weighted draws of the posterior. Shape [S, D].
    public let particles: DenseArray<Double>
    /// Equation (3). Unit: nats.
    public let logEvidence: Double
    /// β of each stage, from 0 to 1.
    public let inverseTemperatures: [Double]
    /// What each stage did with the particles, from the second β on.
    public let stages: [ParticleStage]
    /// How many draws of the prior the particles of the last stage descend from.
    public let founders: Int
    /// Whether the last β is 1: not after a request to stop. Then particles and evidence are those of the last stage that was
    /// finished.
    public let isComplete: Bool
    /// How often ℓ was evaluated, with its gradient or without.
    public let evaluations: Int

    /// The share of proposals that were accepted at each stage.
    public var acceptances: [Double] { stages.map(\.acceptance) }
  }

  /// Runs from the prior to the posterior.
  ///
  /// Where ℓ is not a number, or +∞, a particle has no weight, as where it is −∞. A request to stop is heard after each step of all
  /// particles. Progress counts these steps, to the end of the stage: how many stages there will be is not known before.
  ///
  /// - Parameters:
  ///   - prior: log p₀, with its constant; in the coordinates of the particles, so with the Jacobians of their supports.
  ///   - likelihood: ℓ. Unit: nats, with its constants where the evidence matters. Without Jacobians.
  ///   - draw: A draw of the prior. Shape [D].
  /// - Throws: `SamplingError` where ℓ is finite at no draw of the prior.
  public func sample(
    prior: LogDensity, likelihood: LogDensity, seed: UInt64, control: SamplingControl = SamplingControl(),
    drawingFrom draw: (inout Philox) -> [Double]
  ) throws(SamplingError) -> Result {
    precondition(
      prior.dimension == likelihood.dimension,
      "a prior of \(prior.dimension) coordinates and a likelihood of \(likelihood.dimension)")
    let start = (0..<particles).map { index in
      var generator = Philox(seed: seed, stream: UInt64(index))
      return draw(&generator)
    }
    let (prior, likelihood) = (CompiledDensity(prior), CompiledDensity(likelihood))
    return try run(sampler, prior, likelihood, seed: seed, control, from: start)
  }

  private func run<Method: Sampler>(
    _ sampler: Method, _ prior: CompiledDensity, _ likelihood: CompiledDensity, seed: UInt64,
    _ control: SamplingControl, from start: [[Double]]
  ) throws(SamplingError) -> Result {
    let crew = ParticleCrew(sampler, prior, likelihood, seed: seed, threads: control.threads, start: start)
    guard crew.likelihoods.contains(where: \.isFinite) else { throw .noLikelihood(particles: particles) }
    var generator = Philox(seed: seed, stream: .max)
    var temperatures = [0.0]
    var stages: [ParticleStage] = []
    var evidence = 0.0
    var founders = Array(0..<particles)
    func result(isComplete: Bool) -> Result {
      Result(
        particles: DenseArray(rows: crew.positions), logEvidence: evidence, inverseTemperatures: temperatures,
        stages: stages, founders: Set(founders).count, isComplete: isComplete, evaluations: crew.evaluations)
    }
    while temperatures[temperatures.count - 1] < 1 {
      let beta = temperatures[temperatures.count - 1]
      let likelihoods = crew.likelihoods
      let next = nextTemperature(after: beta, likelihoods)
      let weights = normalized(likelihoods.map { (next - beta) * $0 })
      let parents = systematic(weights.shares, using: &generator)
      let positions = crew.positions
      crew.begin(parents, beta: next, using: &generator)
      guard let acceptance = move(crew, stage: temperatures.count, beta: next, control) else {
        return result(isComplete: false)
      }
      crew.settle()
      evidence += weights.logMean  // (3)
      temperatures.append(next)
      founders = parents.map { founders[$0] }
      stages.append(
        ParticleStage(
          inverseTemperature: next, parents: Set(parents).count, acceptance: acceptance,
          from: parents.map { positions[$0] }, to: crew.positions))
    }
    return result(isComplete: true)
  }

  /// The transitions of a stage, counted from 1. Returns the mean acceptance; `nil` after a request to stop.
  private func move<Method: Sampler>(
    _ crew: ParticleCrew<Method>, stage: Int, beta: Double, _ control: SamplingControl
  ) -> Double? {
    var sum = 0.0
    for step in 0..<steps {
      if control.shouldStop() { return nil }
      sum += crew.move(substream: UInt64(stage * steps + step))
      control.progress(
        SamplingEvent(
          chain: 0, chainCount: 1, transition: (stage - 1) * steps + step + 1, transitionCount: stage * steps,
          isWarmingUp: beta < 1, divergences: 0, logDensity: crew.meanLogDensity))
    }
    return sum / Double(steps)
  }

  /// βₖ₊₁ by bisection, equation (2).
  private func nextTemperature(after beta: Double, _ likelihoods: [Double]) -> Double {
    func share(_ next: Double) -> Double {
      let shares = normalized(likelihoods.map { (next - beta) * $0 }).shares
      return 1 / (shares.reduce(0) { $0 + $1 * $1 } * Double(particles))
    }
    if share(1) >= effectiveShare { return 1 }
    var (lower, upper) = (beta, 1.0)
    for _ in 0..<60 {
      let middle = 0.5 * (lower + upper)
      if share(middle) >= effectiveShare { lower = middle } else { upper = middle }
    }
    // With a likelihood of 0 for many particles no step is small enough.
    return upper
  }

  /// Weights that sum to 1, and the logarithm of their mean before that. A weight that is not a number counts as 0.
  private func normalized(_ logWeights: [Double]) -> (shares: [Double], logMean: Double) {
    let known = logWeights.map { $0.isNaN ? -.infinity : $0 }
    let greatest = known.max() ?? 0
    guard greatest > -.infinity else { return (known.map { _ in 1 / Double(known.count) }, -.infinity) }
    let weights = known.map { exp($0 - greatest) }
    let sum = weights.reduce(0, +)
    return (weights.map { $0 / sum }, greatest + log(sum / Double(weights.count)))
  }

  /// Which particle each of S evenly spaced points falls on, equation (4).
  private func systematic(_ shares: [Double], using generator: inout Philox) -> [Int] {
    let offset = generator.uniform()
    // Rounding may leave the sum below the last points: they fall on the last particle that has a weight.
    let last = shares.lastIndex { $0 > 0 } ?? shares.count - 1
    var (index, sum) = (0, shares[0])
    return shares.indices.map { s in
      let point = (Double(s) + offset) / Double(shares.count)
      while sum <= point && index < last {
        index += 1
        sum += shares[index]
      }
      return index
    }
  }
}
