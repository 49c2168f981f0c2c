//  ChainRun.swift — the chains of a plan, advanced by rounds.
//
//  Chain c draws from stream c of the seed, and is advanced by one thread at a time: no result depends on the number of threads. Where
//  a round ends depends on what is there only, so that a run that was stopped asks its stop rule at the same places.

import Arrays
import Foundation
import Probability

/// One run of a sampler.
final class ChainRun<Method: Sampler> {
  /// How a round ended.
  enum End { case advanced, complete, stopped }

  private let plan: SamplingPlan
  private let rule: StopRule
  private let crew: ChainCrew<Method.Kernel>
  private let deadline: ContinuousClock.Instant?
  private let shouldStop: @Sendable () -> Bool

  /// Begins chains, or takes up those of a run that was stopped.
  init(
    _ sampler: Method, _ density: LogDensity, _ plan: SamplingPlan, _ precision: DensityPrecision,
    _ start: StartingPoints, _ states: [ChainState<Method.Kernel>]?, _ rule: StopRule, _ control: SamplingControl
  ) throws(SamplingError) {
    var deadline: ContinuousClock.Instant?
    if case .time(let seconds) = rule { deadline = ContinuousClock.now + .seconds(seconds) }
    let asked = control.shouldStop
    var control = control
    if let deadline { control.shouldStop = { asked() || ContinuousClock.now >= deadline } }
    let compiled = CompiledDensity(density, precision: precision)
    let crew = ChainCrew<Method.Kernel>(compiled, plan, control) { kernel in
      sampler.workspace(of: kernel, dimension: density.dimension)
    }
    if let states {
      guard states.count == plan.chains, states.allSatisfy({ $0.point.position.count == density.dimension }),
        states.allSatisfy({ $0.plan.continues(in: plan) })
      else { throw .foreignState("these chains belong to another plan; only the number of draws may grow") }
      guard states.allSatisfy({ $0.sampler == sampler.fingerprint }) else {
        throw .foreignState(
          "these chains were begun by another sampler, or with other settings of it; go on with those, or begin anew")
      }
      let function = DensityFunction(compiled)
      guard states.allSatisfy({ $0.point.isOf(function) }) else {
        throw .foreignState(
          "these chains were begun on another density, or with another precision of it: the log density is not what it was where "
            + "they stand; go on with those, or begin anew")
      }
      crew.states = states
    } else {
      crew.states = try Self.begin(sampler, compiled, plan, start)
    }
    (self.plan, self.rule, self.crew, self.deadline, shouldStop) = (plan, rule, crew, deadline, asked)
  }

  private static func begin(
    _ sampler: Method, _ compiled: CompiledDensity, _ plan: SamplingPlan, _ start: StartingPoints
  ) throws(SamplingError) -> [ChainState<Method.Kernel>] {
    let density = DensityFunction(compiled)
    let start = try start.resolved(density, chains: plan.chains, seed: plan.seed)
    var states: [ChainState<Method.Kernel>] = []
    for chain in 0..<plan.chains {
      var generator = Philox(seed: plan.seed, stream: UInt64(chain))
      let point: ChainPoint
      var approximation: PathfinderApproximation?
      switch start.point(chain: chain, density, using: &generator) {
      case .found(let start, let found): (point, approximation) = (start, found)
      case .none(let fault): throw .noStart(chain: chain, fault)
      }
      var kernel = sampler.kernel(dimension: compiled.dimension, warmUp: plan.warmUp)
      if let approximation { kernel.begin { approximation.metric(of: density) } }
      if plan.warmUp == 0 { kernel.finishWarmUp() }
      states.append(
        ChainState(
          chain: chain, plan, sampler: sampler.fingerprint, point: point, kernel: kernel, generator: generator))
    }
    return states
  }

  var states: [ChainState<Method.Kernel>] { crew.states }

  /// How many draws every chain has made.
  var drawCount: Int { crew.states.map(\.drawCount).min() ?? 0 }

  private var isEven: Bool { crew.states.allSatisfy { $0.drawCount == drawCount } }

  /// The effective draws that the rule wants, where it is to be asked now.
  var effectiveDrawsToAskFor: Double? {
    guard case .effectiveSampleSize(let wanted, let interval) = rule, isEven, drawCount > 0,
      drawCount % max(interval, 1) == 0
    else { return nil }
    return wanted
  }

  /// Advances all chains by so many draws, or less where the rule is to be asked before or a request to stop comes.
  func advance(by count: Int) -> End {
    let least = drawCount
    func next(_ interval: Int) -> Int { (least / max(interval, 1) + 1) * max(interval, 1) }
    var target = min(plan.draws, next(count))
    switch rule {
    case .allDraws: break
    case .effectiveSampleSize(_, let interval): target = min(target, next(interval))
    // Short rounds give all chains their share of the time.
    case .time: target = min(target, next(20))
    }
    crew.run(toDraws: target)
    if crew.isStopped {
      if let deadline, ContinuousClock.now >= deadline, !shouldStop(), drawCount > 0 { return .complete }
      return .stopped
    }
    return target >= plan.draws ? .complete : .advanced
  }

  /// Hands the draws that chains hold to another place, which now has them.
  func release(_ body: (ChainState<Method.Kernel>) throws(SamplingError) -> Void) throws(SamplingError) {
    for chain in crew.states.indices {
      try body(crew.states[chain])
      crew.states[chain].release()
    }
  }
}

extension Sampler {
  /// Its settings as a number (FNV-1a, 64 bits).
  fileprivate var fingerprint: UInt64 {
    settings.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
