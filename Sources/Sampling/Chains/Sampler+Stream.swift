//  Sampler+Stream.swift — many chains whose draws go to a file.
//
//  The chains advance by rounds of so many draws each, and hand over what they have made: memory holds one round. The draws are those
//  of `sample`, to the bit.

import Evaluation
public import Probability

/// What a streamed run leaves beside its file.
public struct StreamedSamples<Kernel: MarkovKernel>: Sendable {
  public let path: String
  public let plan: SamplingPlan
  /// The chains at their end, without draws; a run that was stopped goes on from them and the file.
  public let states: [ChainState<Kernel>]
  /// How many draws every chain has in the file.
  public let drawCount: Int
  /// Whether every chain made all draws of the plan, or enough for the stop rule. Only then the file can be read.
  public let isComplete: Bool
}

extension Sampler {
  /// Samples a density into a file: safetensors with the parameters of a space by name [C, N, …], or `x` [C, N, D] without one;
  /// `log_density`, `acceptance`, `diverging`, `tree_depth`, `saturated`, `not_a_number` and, where there are momenta, `energy` [C, N]
  /// and `energy_fraction` [C, 1], which `credence diagnose` reads. The coordinates of a space's parameters are there too, as
  /// `unconstrained` [C, N, D]. The file of a run that was stopped has no header yet.
  ///
  /// - Parameters:
  ///   - space: The parameters of the model.
  ///   - round: Draws of each chain that memory holds.
  ///   - states: The states of a run that was stopped, or is to go on for longer, with its file at the same path; the plan may ask for
  ///     more draws.
  /// - Throws: `SamplingError`; also where the file cannot be written, and where a parameter has a name that the file keeps for
  ///   something else.
  public func stream(
    _ density: LogDensity, _ plan: SamplingPlan, to path: String, in space: ParameterSpace? = nil,
    precision: DensityPrecision = .double,
    from start: StartingPoints = .uniform(), resuming states: [ChainState<Kernel>]? = nil,
    until rule: StopRule = .allDraws, round: Int = 250, control: SamplingControl = SamplingControl()
  ) throws(SamplingError) -> StreamedSamples<Kernel> {
    precondition(round >= 1, "rounds of \(round) draws")
    if let space {
      precondition(
        space.dimension == density.dimension,
        "a space of \(space.dimension) coordinates for a density of \(density.dimension)")
      let kept = Samples<Kernel>.namesOfRecords.union(["unconstrained", "log_likelihood", "log_lik"])
      if let name = space.parameters.map(\.name).first(where: kept.contains) {
        throw .keptName(path: path, name: name)
      }
    }
    let run = try ChainRun(self, density, plan, precision, start, states, rule, control)
    let archive = try DrawsArchive(
      path,
      DrawsLayout(
        space, dimension: density.dimension, hasEnergy: Kernel.hasMomentum, chains: plan.chains, draws: plan.draws),
      space: space, resuming: states.map { $0.map(\.drawCount) })
    while true {
      var end = ChainRun<Self>.End.advanced
      if let wanted = run.effectiveDrawsToAskFor, try archive.isWorth(wanted, draws: run.drawCount) {
        end = .complete
      } else {
        end = run.advance(by: round)
        try run.release { state throws(SamplingError) in
          try archive.write(
            state.draws, logDensities: state.logDensities, transitions: state.transitions, chain: state.chain,
            from: state.releasedDraws)
        }
      }
      if end == .advanced { continue }
      if end == .complete {
        let fractions = Kernel.hasMomentum ? run.states.map(\.energies.fraction) : []
        try archive.finish(draws: run.drawCount, energyFractions: fractions)
      }
      return StreamedSamples(
        path: path, plan: plan, states: run.states, drawCount: run.drawCount, isComplete: end == .complete)
    }
  }
}

extension DrawsArchive {
  /// Whether every coordinate of the first draws has so many effective ones, read one after the other.
  fileprivate func isWorth(_ wanted: Double, draws count: Int) throws(SamplingError) -> Bool {
    for axis in 0..<dimension {
      var draws: [[Double]] = []
      for chain in 0..<chains { draws.append(try coordinate(axis, chain: chain, draws: count)) }
      if !Chains(draws).isWorth(wanted) { return false }
    }
    return true
  }
}
