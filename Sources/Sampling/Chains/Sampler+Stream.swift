//  Sampler+Stream.swift — many chains whose draws go to a file.
//
//  The chains advance by rounds of so many draws each, and hand over what they have made: memory holds one round. The draws are those
//  of `sample`, to the bit.

import Evaluation
public import Probability

extension Sampler {
  /// Samples a density into a file: safetensors with the parameters of a space by name [C, N, …], or `x` [C, N, D] without one;
  /// what is recorded of each draw, `log_density`, `acceptance`, `step_size`, `evaluations` and others, [C, N], and of each chain, [C, 1],
  /// which `credence diagnose` reads. The coordinates of a space's parameters are there too, as `unconstrained` [C, N, D]. The file of
  /// a run that was stopped has no header yet.
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
      let kept = Kernel.recordNames.union(["unconstrained", "log_likelihood", "log_lik"])
      if let name = space.parameters.map(\.name).first(where: kept.contains) {
        throw .keptName(path: path, name: name)
      }
    }
    let run = try ChainRun(self, density, plan, precision, start, states, rule, control)
    let archive = try DrawsArchive(
      path,
      DrawsLayout(
        space, dimension: density.dimension, recordsOf: Kernel.self, chains: plan.chains, draws: plan.draws),
      space: space, resuming: states.map { $0.map(\.drawCount) })
    while true {
      var end = ChainRun<Self>.End.advanced
      if let wanted = run.effectiveDrawsToAskFor, try archive.isWorth(wanted, draws: run.drawCount) {
        end = .complete
      } else {
        end = run.advance(by: round)
        try run.release { state throws(SamplingError) in
          let records = Kernel.drawRecords.map { state.transitions.map($0.value) }
          try archive.write(
            state.draws, records: [state.logDensities] + records, chain: state.chain, from: state.releasedDraws)
        }
      }
      if end != .advanced { return try archive.close(run, plan, isComplete: end == .complete) }
    }
  }
}

extension DrawsArchive {
  /// Whether every coordinate of the first draws has so many effective ones.
  fileprivate func isWorth(_ wanted: Double, draws count: Int) throws(SamplingError) -> Bool {
    var isWorth = true
    let width = layout.arrays[layout.coordinates].width
    try numbers.forEachElement(0..<width, of: layout.coordinates, draws: count, layout) { _, chains in
      isWorth = chains.isWorth(wanted)
      return !isWorth
    }
    return isWorth
  }

  /// Gives the file of a run that is complete its header, and says what was recorded.
  fileprivate func close<Method: Sampler>(
    _ run: ChainRun<Method>, _ plan: SamplingPlan, isComplete: Bool
  ) throws(SamplingError) -> StreamedSamples<Method.Kernel> {
    typealias Kernel = Method.Kernel
    let (states, count) = (run.states, run.drawCount)
    var stepSizes: [Double] = []
    if Kernel.hasStepSize && count > 0 {
      for chain in states.indices {
        let place = layout.place(layout.number(of: "step_size"), chain: chain, draw: count - 1)
        stepSizes += try numbers.read(1, at: place)
      }
    }
    let trajectories = TrajectoryRecord(
      divergences: try numbers.counts(of: "diverging", draws: count, layout).reduce(0, +),
      saturatedTrees: try numbers.counts(of: "saturated", draws: count, layout).reduce(0, +),
      drawCount: states.count * count,
      energyFractions: Kernel.hasMomentum ? states.map(\.energies.fraction) : [],
      notANumber: try numbers.counts(of: "not_a_number", draws: count, layout))
    if isComplete {
      try finish(draws: count, chainRecords: Kernel.chainRecords.map { states.map($0.value) })
    }
    return StreamedSamples(
      path: numbers.path, plan: plan, states: states, drawCount: count, isComplete: isComplete, stepSizes: stepSizes,
      trajectories: trajectories, layout: isComplete ? layout.with(draws: count) : layout)
  }
}
