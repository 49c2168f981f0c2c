//  Sampler+Run.swift — many chains whose draws stay in memory.

import Evaluation
public import Probability

extension Sampler {
  /// Samples a density.
  ///
  /// - Parameters:
  ///   - precision: The numbers that the density is computed with.
  ///   - states: The states of a run of the same plan that was stopped; `nil` begins anew.
  ///   - rule: When there is enough.
  /// - Throws: `SamplingError` where a chain finds no start, or `states` belong to another plan, sampler, density or
  ///   precision.
  public func sample(
    _ density: LogDensity, _ plan: SamplingPlan, precision: DensityPrecision = .double,
    from start: StartingPoints = .uniform(), resuming states: [ChainState<Kernel>]? = nil,
    until rule: StopRule = .allDraws, control: SamplingControl = SamplingControl()
  ) throws(SamplingError) -> Samples<Kernel> {
    let run = try ChainRun(self, density, plan, precision, start, states, rule, control)
    while true {
      if let wanted = run.effectiveDrawsToAskFor {
        let samples = Samples(plan: plan, states: run.states, isComplete: true)
        if (0..<samples.dimension).allSatisfy({ samples.chains(of: $0).isWorth(wanted) }) { return samples }
      }
      switch run.advance(by: plan.draws) {
      case .advanced: continue
      case .complete: return Samples(plan: plan, states: run.states, isComplete: true)
      case .stopped: return Samples(plan: plan, states: run.states, isComplete: false)
      }
    }
  }
}

extension Chains {
  /// Whether there are so many effective draws in bulk and tail, and chains that agree.
  func isWorth(_ wanted: Double) -> Bool {
    bulkEffectiveSampleSize >= wanted && tailEffectiveSampleSize >= wanted
      && (chainCount == 1 || rHat <= ConvergenceFinding.greatestRHat)
  }
}
