//  ChainCrew.swift — the threads that advance chains.

import Dispatch
import Synchronization

/// Chains and the threads that they share.
///
/// Each chain is advanced by the one thread that took its number from `next`; `states` and `isStopped` are written by the caller alone,
/// when no thread is at work, and each density is used by one worker: that is the proof of the `@unchecked Sendable`.
final class ChainCrew<Kernel: MarkovKernel>: @unchecked Sendable {
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
