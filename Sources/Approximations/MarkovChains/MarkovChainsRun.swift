//  MarkovChainsRun.swift — one run of chains on the posterior of a network, in pieces between checkpoints.
//
//  A run that is stopped and goes on arrives at the same bits, so a checkpoint is nothing but a stop after which it goes on at once.
//  Writing takes at most a twentieth of the time. The number of draws is no part of what a checkpoint belongs to: chains go on where
//  a run asks for more of them, and give their first where it asks for fewer. Nor is the rule that ends it: see `ChainEnding.swift`.

import Arrays
import Evaluation
import Foundation
import Networks
import Sampling
import Training

struct MarkovChainsRun {
  let method: MarkovChains
  let model: BayesianModel
  let examples: Examples
  let seed: UInt64
  let control: RunControl

  func sample<Method: Sampler>(_ sampler: Method) throws(TrainingError) -> MarkovChainsPosterior {
    var plan = SamplingPlan(
      chains: method.chains, warmUp: method.warmUp, draws: method.draws, thinning: method.thinning, seed: seed)
    if let first = method.ending.next(after: 0) { plan.draws = min(first, method.draws) }
    let begin = ContinuousClock.now
    let density = model.logJoint(examples.inputs, examples.targets)
    let fingerprint = fingerprint
    try control.checkpoint?.prepare()
    var states: [ChainState<Method.Kernel>]? = try restored(fingerprint)
    var interval = control.checkpoint?.interval ?? .infinity
    while true {
      let start = ContinuousClock.now
      let pause = interval
      let left = method.ending.seconds.map { $0 - begin.duration(to: start) / .seconds(1) }
      let isAsked: @Sendable () -> Bool = { [control] in control.shouldStop() || control.shouldStopAtOnce() }
      let samples: Samples<Method.Kernel>
      do {
        samples = try sampler.sample(
          density, plan, precision: method.precision, from: .given(startingPoints), resuming: states,
          until: left.map { .time(max($0, 0)) } ?? .allDraws,
          control: SamplingControl(
            threads: control.threads, progress: { report($0) },
            shouldStop: { isAsked() || start.duration(to: .now) / .seconds(1) > pause }))
      } catch {
        throw .unusable(error.description)
      }
      let isLate = left.map { start.duration(to: .now) / .seconds(1) >= $0 } ?? false
      if samples.isComplete {
        let hasAll = samples.drawCount >= plan.draws
        if hasAll && plan.draws < method.draws && !isLate,
          let next = method.ending.next(after: plan.draws),
          !method.ending.isReached(by: posterior(samples), at: examples.inputs, threads: control.threads)
        {
          states = samples.states
          plan.draws = min(next, method.draws)
          continue
        }
        if control.checkpoint?.keepsFinished == true { try save(samples.states, fingerprint) }
        return posterior(samples)
      }
      states = samples.states
      let writing = ContinuousClock.now
      try save(samples.states, fingerprint)
      interval = max(control.checkpoint?.interval ?? 0, 20 * (writing.duration(to: .now) / .seconds(1)))
      if isLate && !isAsked() {
        throw .unusable(
          "no draw of every chain was made within \(method.ending.seconds ?? 0) seconds; give more of them, or take a shorter warm-up"
        )
      }
      if isAsked() {
        throw .interrupted(
          epochs: samples.states.reduce(0) { $0 + $1.transition }, canResume: control.checkpoint != nil)
      }
    }
  }

  /// Where training would begin, for each chain. Shape [C][P].
  private var startingPoints: [[Double]] {
    (0..<method.chains).map { chain in
      var random = Philox(seed: seed, stream: UInt64(chain)).substream(3)
      return model.initialParameters(Float.self, using: &random).elements.map(Double.init)
    }
  }

  /// Of each chain, at most.
  private var transitionCount: Int { method.warmUp + method.draws * method.thinning }

  private func report(_ event: SamplingEvent) {
    control.progress(
      TrainingEvent(
        member: event.chain, memberCount: event.chainCount, epoch: event.transition, epochCount: transitionCount,
        isLast: event.transition == transitionCount, loss: -event.logDensity / Double(examples.count),
        validationLoss: nil))
  }

  private func posterior<Kernel>(_ samples: Samples<Kernel>) -> MarkovChainsPosterior {
    let count = method.chains * samples.drawCount
    let trajectories = samples.trajectories
    let evaluations = samples.evaluations
    return MarkovChainsPosterior(
      draws: DrawsPosterior(
        model: model,
        draws: DenseArray(samples.draws.elements.map(Float.init), shape: [count, model.parameterCount]),
        states: DenseArray([], shape: [count, 0])),
      chainCount: method.chains, divergences: samples.divergences, saturatedTrees: trajectories.saturatedTrees,
      gradientCount: evaluations.warmUp + evaluations.sampling,
      leastEnergyFraction: trajectories.energyFractions.min().flatMap { $0.isFinite ? $0 : nil })
  }

  private var fingerprint: String {
    var recipe = TrainingRecipe.mode(of: model, TrainingConfiguration(epochs: 1, batchSize: 1))
    var method = method
    method.draws = 1
    method.ending = MarkovChains.Ending()
    recipe.identity = "\(MarkovChains.name) \(method)"
    return Training.fingerprint(model, examples, recipe, members: method.chains, seed: seed)
  }

  private func save<Kernel>(_ states: [ChainState<Kernel>], _ fingerprint: String) throws(TrainingError) {
    guard let folder = control.checkpoint else { return }
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = Self.words
    for (chain, state) in states.enumerated() {
      let record: Data
      do { record = try encoder.encode(state) } catch { throw .checkpoint("\(folder.path): \(error)") }
      try folder.write(record, member: chain, fingerprint: fingerprint)
    }
  }

  /// The chains of a checkpoint to go on from; `nil` unless there are all of them.
  private func restored<Kernel>(_ fingerprint: String) throws(TrainingError) -> [ChainState<Kernel>]? {
    guard let folder = control.checkpoint, folder.resumes else { return nil }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    var states: [ChainState<Kernel>] = []
    for chain in 0..<method.chains {
      guard let record = try folder.record(of: chain, fingerprint: fingerprint) else { return nil }
      guard let state = try? decoder.decode(ChainState<Kernel>.self, from: record) else {
        throw folder.damaged(chain)
      }
      states.append(state)
    }
    return states
  }

  private static let words = JSONEncoder.NonConformingFloatEncodingStrategy.convertToString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
}
