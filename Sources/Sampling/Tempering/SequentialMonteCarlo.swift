//  SequentialMonteCarlo.swift — particles from the prior to the posterior, and the evidence on the way.
//
//  Notation   S particles xₛ     p₀ prior, ℓ(x) the log likelihood     0 = β₀ < β₁ < … < 1
//
//  Equations  (1) stage k has the density ∝ p₀(x) exp(βₖ ℓ(x))
//             (2) weights wₛ = exp((βₖ₊₁ − βₖ) ℓ(xₛ)); βₖ₊₁ is where (Σw)²/Σw² is a given share of S
//             (3) log p(D) ≈ Σₖ log 1/S Σₛ wₛ                               [Del Moral, Doucet and Jasra 2006]
//             (4) resampling at the S evenly spaced points (u + s)/S, u uniform; then Metropolis steps with the covariance of
//                 the particles, times 2.38²/D at first and then scaled towards an acceptance of 0.234
//
//  Finds several modes where the prior reaches them, and gives the evidence, for which a chain has no answer. The error of (3) can
//  only be seen from repetitions with other seeds; `Result.findings` says where particles are too few for any, or move too little.
//  Cost       S times the steps times the stages, which grow as √D or so. Particles are shared out over threads.

public import Arrays
import Dispatch
import Foundation
public import Probability
import Synchronization

/// Sequential Monte Carlo with likelihood tempering.
public struct SequentialMonteCarlo: Hashable, Sendable {
  /// S.
  public let particles: Int
  /// The share of S that remains effective from one stage to the next.
  public let effectiveShare: Double
  /// Metropolis steps of each particle at each stage.
  public let steps: Int

  /// Precondition: at least 10 particles, 0 < effectiveShare < 1, steps ≥ 1.
  public init(particles: Int = 2000, effectiveShare: Double = 0.7, steps: Int = 10) {
    precondition(
      particles >= 10 && effectiveShare > 0 && effectiveShare < 1 && steps >= 1,
      "\(particles) particles, a share of \(effectiveShare), \(steps) steps")
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
    let crew = ParticleCrew(
      CompiledDensity(prior), CompiledDensity(likelihood), seed: seed, threads: control.threads,
      start: (0..<particles).map { index in
        var generator = Philox(seed: seed, stream: UInt64(index))
        return draw(&generator)
      })
    var generator = Philox(seed: seed, stream: .max)
    var temperatures = [0.0]
    var stages: [ParticleStage] = []
    var evidence = 0.0
    var logScale = log(2.38 / Double(prior.dimension).squareRoot())
    crew.evaluate()
    guard crew.likelihoods.contains(where: \.isFinite) else { throw .noLikelihood(particles: particles) }
    var finished = crew.positions
    var founders = Array(0..<particles)
    while temperatures[temperatures.count - 1] < 1 {
      let beta = temperatures[temperatures.count - 1]
      let next = nextTemperature(after: beta, crew.likelihoods)
      let logWeights = crew.likelihoods.map { (next - beta) * $0 }
      let weights = normalized(logWeights)
      let parents = systematic(weights.shares, using: &generator)
      crew.resample(parents)
      let before = crew.positions
      let metric = crew.metric()
      let stage = UInt64(temperatures.count)
      var rates: [Double] = []
      for step in 0..<steps {
        if control.shouldStop() {
          return Result(
            particles: DenseArray(rows: finished), logEvidence: evidence, inverseTemperatures: temperatures,
            stages: stages, founders: Set(founders).count, isComplete: false)
        }
        let rate = crew.move(
          beta: next, scale: exp(logScale), metric, substream: stage * UInt64(steps) + UInt64(step))
        rates.append(rate)
        logScale += (rate - 0.234) / Double(step + 1).squareRoot()
        control.progress(
          SamplingEvent(
            chain: 0, chainCount: 1, transition: (Int(stage) - 1) * steps + step + 1,
            transitionCount: Int(stage) * steps, isWarmingUp: next < 1, divergences: 0,
            logDensity: crew.meanLogDensity(beta: next)))
      }
      evidence += weights.logMean  // (3)
      temperatures.append(next)
      finished = crew.positions
      founders = parents.map { founders[$0] }
      stages.append(
        ParticleStage(
          inverseTemperature: next, parents: Set(parents).count, acceptance: rates.reduce(0, +) / Double(steps),
          from: before, to: finished))
    }
    return Result(
      particles: DenseArray(rows: finished), logEvidence: evidence, inverseTemperatures: temperatures,
      stages: stages, founders: Set(founders).count, isComplete: true)
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

/// The particles, and the threads that move them.
///
/// While threads are at work each touches the particles of its own range only, through memory that the caller holds: that is
/// the proof of the `@unchecked Sendable`. A particle's random numbers are its own stream's, so that no result depends
/// on how they are shared out.
private final class ParticleCrew: @unchecked Sendable {
  private(set) var positions: [[Double]]
  private(set) var likelihoods: [Double]
  private var priors: [Double]
  private let seed: UInt64
  private let functions: [(prior: DensityFunction, likelihood: DensityFunction)]

  init(_ prior: CompiledDensity, _ likelihood: CompiledDensity, seed: UInt64, threads: Int, start: [[Double]]) {
    self.seed = seed
    positions = start
    likelihoods = start.map { _ in 0 }
    priors = likelihoods
    functions = (0..<min(threads, start.count)).map { _ in (DensityFunction(prior), DensityFunction(likelihood)) }
  }

  /// Evaluates both densities everywhere.
  func evaluate() {
    let results = map { index, prior, likelihood in
      let position = self.positions[index]
      return (position: position, prior: prior.at(position), likelihood: likelihood.at(position), isAccepted: true)
    }
    take(results)
  }

  /// The mean of log p₀ + β ℓ over the particles.
  func meanLogDensity(beta: Double) -> Double {
    zip(priors, likelihoods).reduce(0) { $0 + $1.0 + beta * $1.1 } / Double(priors.count)
  }

  func resample(_ indices: [Int]) {
    positions = indices.map { positions[$0] }
    likelihoods = indices.map { likelihoods[$0] }
    priors = indices.map { priors[$0] }
  }

  /// The covariance of the particles: dense where they are many more than coordinates.
  func metric() -> Metric {
    let dimension = positions[0].count
    var estimate = CovarianceEstimate(
      shape: positions.count > 5 * dimension ? .dense : .diagonal, dimension: dimension)
    for position in positions { estimate.add(position) }
    return estimate.metric ?? Metric(shape: .unit, dimension: dimension)
  }

  /// One Metropolis step of every particle; returns the share that was accepted.
  func move(beta: Double, scale: Double, _ metric: Metric, substream: UInt64) -> Double {
    let results = map { index, prior, likelihood in
      var generator = Philox(seed: self.seed, stream: UInt64(index)).substream(substream)
      let position = self.positions[index]
      var step = generator.normal(shape: [position.count], as: Double.self).elements
      step.withUnsafeMutableBufferPointer { z in
        if let base = z.baseAddress { metric.colour(base) }
      }
      let proposal = zip(position, step).map { $0 + scale * $1 }
      let proposed = (prior: prior.at(proposal), likelihood: likelihood.at(proposal))
      let change =
        proposed.prior + beta * proposed.likelihood - self.priors[index] - beta * self.likelihoods[index]
      return log(generator.uniform()) < change
        ? (position: proposal, prior: proposed.prior, likelihood: proposed.likelihood, isAccepted: true)
        : (position: position, prior: self.priors[index], likelihood: self.likelihoods[index], isAccepted: false)
    }
    take(results)
    return Double(results.count { $0.isAccepted }) / Double(results.count)
  }

  private typealias Particle = (position: [Double], prior: Double, likelihood: Double, isAccepted: Bool)

  private func take(_ results: [Particle]) {
    positions = results.map(\.position)
    priors = results.map(\.prior)
    likelihoods = results.map(\.likelihood)
  }

  /// The body for every particle, in ranges, one a worker.
  private func map(_ body: @Sendable (Int, DensityFunction, DensityFunction) -> Particle) -> [Particle] {
    let count = positions.count
    let workers = functions.count
    let parts = Mutex<[Int: [Particle]]>([:])
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      let (prior, likelihood) = functions[worker]
      let results = (worker * count / workers..<(worker + 1) * count / workers).map { body($0, prior, likelihood) }
      parts.withLock { $0[worker] = results }
    }
    return parts.withLock { parts in (0..<workers).flatMap { parts[$0] ?? [] } }
  }
}

extension DensityFunction {
  fileprivate func at(_ position: [Double]) -> Double {
    position.withUnsafeBufferPointer { x in x.baseAddress.map { self($0) } ?? 0 }
  }
}
