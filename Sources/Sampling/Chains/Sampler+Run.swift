//  Sampler+Run.swift — many chains over the cores.
//
//  Chain c draws from stream c of the seed, and is advanced by one thread at a time: no result depends on the number of threads.

import Arrays
import Dispatch
import Evaluation
public import Probability
import Synchronization

extension Sampler {
  /// Samples a density.
  ///
  /// - Parameters:
  ///   - precision: The numbers that the density is computed with.
  ///   - states: The states of a run of the same plan that was stopped; `nil` begins anew.
  ///   - rule: When there is enough.
  /// - Throws: `SamplingError` where a chain finds no start, or `states` belong to another plan.
  public func sample(
    _ density: LogDensity, _ plan: SamplingPlan, precision: DensityPrecision = .double,
    from start: StartingPoints = .uniform(), resuming states: [ChainState<Kernel>]? = nil,
    until rule: StopRule = .allDraws, control: SamplingControl = SamplingControl()
  ) throws(SamplingError) -> Samples<Kernel> {
    let compiled = CompiledDensity(density, precision: precision)
    let crew = ChainCrew<Kernel>(compiled, plan, control) { kernel in
      workspace(of: kernel, dimension: density.dimension)
    }
    if let states {
      guard states.count == plan.chains, states.allSatisfy({ $0.point.position.count == density.dimension }),
        states.allSatisfy({ $0.generator.seed == plan.seed })
      else { throw .foreignState("these chains belong to another plan; begin anew") }
      crew.states = states
    } else {
      crew.states = try begin(compiled, plan, start)
    }
    let interval: Int
    switch rule {
    case .allDraws: interval = max(plan.draws, 1)
    case .effectiveSampleSize(_, let draws): interval = max(draws, 1)
    }
    while true {
      // What a round aims at depends on what is there only, so that a resumed run asks at the same places.
      let least = crew.states.map(\.logDensities.count).min() ?? 0
      let isAhead = crew.states.contains { $0.logDensities.count > least }
      let isWithin = isAhead || least % interval != 0
      let target = min(plan.draws, (isWithin ? least / interval * interval : least) + interval)
      crew.run(toDraws: target)
      let samples = Samples(plan: plan, states: crew.states, isComplete: crew.isAt(target) && target >= plan.draws)
      if crew.isStopped || samples.isComplete { return samples }
      if case .effectiveSampleSize(let wanted, _) = rule, crew.isAt(target), samples.hasEffectiveDraws(wanted) {
        return Samples(plan: plan, states: crew.states, isComplete: true)
      }
    }
  }

  private func begin(
    _ compiled: CompiledDensity, _ plan: SamplingPlan, _ start: StartingPoints
  ) throws(SamplingError) -> [ChainState<Kernel>] {
    let density = DensityFunction(compiled)
    var states: [ChainState<Kernel>] = []
    for chain in 0..<plan.chains {
      var generator = Philox(seed: plan.seed, stream: UInt64(chain))
      guard let point = start.point(chain: chain, density, using: &generator) else { throw .noStart(chain: chain) }
      var kernel = kernel(dimension: compiled.dimension, warmUp: plan.warmUp)
      if plan.warmUp == 0 { kernel.finishWarmUp() }
      states.append(ChainState(chain: chain, point: point, kernel: kernel, generator: generator))
    }
    return states
  }
}

extension Samples {
  /// Whether every coordinate has so many effective draws and chains that agree.
  fileprivate func hasEffectiveDraws(_ wanted: Double) -> Bool {
    (0..<dimension).allSatisfy { coordinate in
      let chains = chains(of: coordinate)
      return chains.bulkEffectiveSampleSize >= wanted && chains.tailEffectiveSampleSize >= wanted
        && (chains.chainCount == 1 || chains.rHat <= ConvergenceFinding.greatestRHat)
    }
  }
}

/// The threads that advance the chains.
///
/// Each chain is advanced by the one thread that took its number from `next`; `states` and `isStopped` are written by the caller alone,
/// when no thread is at work, and each density is used by one worker: that is the proof of the `@unchecked Sendable`.
private final class ChainCrew<Kernel: MarkovKernel>: @unchecked Sendable {
  var states: [ChainState<Kernel>] = []
  private(set) var isStopped = false
  private let plan: SamplingPlan
  private let control: SamplingControl
  private let densities: [DensityFunction]
  private let reporting = Mutex(())
  private let makeWorkspace: @Sendable (Kernel) -> Kernel.Workspace

  init(
    _ compiled: CompiledDensity, _ plan: SamplingPlan, _ control: SamplingControl,
    makeWorkspace: @escaping @Sendable (Kernel) -> Kernel.Workspace
  ) {
    self.makeWorkspace = makeWorkspace
    self.plan = plan
    self.control = control
    densities = (0..<min(control.threads, plan.chains)).map { _ in DensityFunction(compiled) }
  }

  /// Whether every chain has so many draws.
  func isAt(_ draws: Int) -> Bool { states.allSatisfy { $0.logDensities.count >= draws } }

  /// Advances every chain to so many draws, or until asked to stop.
  func run(toDraws target: Int) {
    let next = Atomic(0)
    let stop = Atomic(false)
    let finished = Mutex<[Int: ChainState<Kernel>]>([:])
    let waiting = states
    DispatchQueue.concurrentPerform(iterations: densities.count) { worker in
      let density = densities[worker]
      while true {
        let chain = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard chain < waiting.count else { return }
        var state = waiting[chain]
        let workspace = makeWorkspace(state.kernel)
        state.run(
          toDraws: target, plan, density, workspace,
          shouldStop: {
            if !stop.load(ordering: .relaxed) && control.shouldStop() { stop.store(true, ordering: .relaxed) }
            return stop.load(ordering: .relaxed)
          },
          report: { state in
            let event = state.event(plan)
            reporting.withLock { _ in control.progress(event) }
          })
        finished.withLock { $0[chain] = state }
      }
    }
    states = finished.withLock { finished in states.indices.compactMap { finished[$0] } }
    isStopped = stop.load(ordering: .relaxed)
  }
}
