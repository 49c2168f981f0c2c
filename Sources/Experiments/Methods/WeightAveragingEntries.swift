//  WeightAveragingEntries.swift — `swa`, `swag`, `multi-swag` and `snapshot`: what the end of a training run says.
//
//  The steps of the averaging phase are those of the run's optimiser at a constant rate, a share of the first one, or at one that
//  falls in cycles to a lower share. Where rows may be held back, a pilot says when averaging begins: see `Pilot`.
//
//  With batch normalisation the draws of SWAG need the statistics of the data, so the draws are stored, not the Gaussian.

import Approximations
import Networks
import Optimization
import Training

extension MethodEntry {
  private static let from = MethodOption.number(
    "from", in: 0...0.99, default: LibraryDefaults.averaging.start, "share of the run after which weights are averaged")
  private static let rate = MethodOption.number(
    "rate", in: 1e-6...10, default: 0.3, "learning rate while averaging, as a share of the first one")
  private static let cycle = MethodOption.integer(
    "cycle", in: 0...1_000_000, default: 0,
    "epochs in which the rate falls again and again, with a look at the end of each fall; 0 keeps it constant")
  private static let lowest = MethodOption.number(
    "lowest", in: 1e-6...10, default: 0.01, "learning rate at the end of a cycle, as a share of the first one"
  ).only(with: .option("cycle", isNot: .integer(0)))
  private static let swagOptions = [
    from, rate, cycle, lowest,
    MethodOption.integer("rank", in: 0...10_000, default: LibraryDefaults.swag.rank, "deviations that are kept"),
    .number("scale", in: 0...100, default: LibraryDefaults.swag.scale, "widens or narrows the draws"),
    .integer(
      "draws", in: 1...10_000, default: LibraryDefaults.swag.draws, "draws that a prediction averages over"),
  ]

  /// Averaging begins where the pilot was best, and has twenty looks at least.
  @Sendable private static func epochs(_ best: Int, _ options: MethodOptions) -> Int {
    let (share, fewest) = (options.number("from"), Double(20 * max(options.integer("cycle"), 1)))
    return Int((max(Double(best) / max(share, 0.1), fewest / (1 - share))).rounded(.up))
  }

  /// Throws: `TrainingError.unusable` where a rate would rise in a cycle.
  private static func phase(
    _ options: MethodOptions, _ setting: FitSetting
  ) throws(TrainingError) -> AveragingPhase {
    let (rate, lowest, cycle) = (options.number("rate"), options.number("lowest"), options.integer("cycle"))
    let (first, last) = (rate * setting.learningRate, lowest * setting.learningRate)
    guard cycle == 0 || lowest <= rate else {
      throw .unusable(
        "the rate of a cycle falls from \(rate) to \(lowest), which is more; let lowest be \(rate) or less")
    }
    return AveragingPhase(
      from: options.number("from"), rate: cycle == 0 ? .constant(first) : .cyclical(first, to: last, epochs: cycle))
  }

  /// The rates of training, then those of the phase.
  private static func training(_ phase: AveragingPhase, _ setting: FitSetting) -> TrainingConfiguration {
    var training = setting.training
    training.schedule = phase.schedule(after: training.schedule, epochs: training.epochs)
    return training
  }

  private static func swag(_ options: MethodOptions, _ setting: FitSetting) throws(TrainingError) -> SWAG {
    SWAG(
      training: setting.training, phase: try phase(options, setting), rank: options.integer("rank"),
      scale: options.number("scale"), draws: options.integer("draws"), memoryLimit: Int(AvailableMemory.bytes))
  }

  /// The posterior, or its draws where their statistics come from the data.
  private static func stored<Fitted: StorablePosterior>(
    _ posterior: Fitted, draws: Int, seed: UInt64
  ) -> any StorablePosterior {
    if posterior.model.network.stateCount > 0 { return posterior.sample(draws, seed: seed) }
    return posterior
  }

  static let weightAveraging = MethodEntry(
    name: StochasticWeightAveraging.name, summary: "the mean of the weights along the end of a training run",
    options: [from, rate, cycle, lowest], epochsAfterPilot: epochs
  ) { (options, setting) throws(TrainingError) in
    let phase = try phase(options, setting)
    return MethodPlan(
      StochasticWeightAveraging(training: setting.training, phase: phase), setting, networks: 2,
      training: training(phase, setting))
  }

  static let swag = MethodEntry(
    name: SWAG.name, summary: "a Gaussian with the mean and the spread of the weights along the end of a training run",
    options: swagOptions, epochsAfterPilot: epochs
  ) { (options, setting) throws(TrainingError) in
    let (count, method) = (setting.model.parameterCount, try swag(options, setting))
    return MethodPlan(
      method, setting,
      memory: SWAG.memory(of: setting.model, rank: method.rank) + SWAG.memory(of: setting.model, draws: method.draws),
      memoryUse: "\(method.rank) deviations and \(method.draws) draws of \(count) parameters",
      cheaper: "a lower rank, fewer draws or fewer units", training: training(method.phase, setting)
    ) { stored($0, draws: method.draws, seed: $0.seed) }
  }

  static let multiSWAG = MethodEntry(
    name: Mixture<SWAG>.name, summary: "several SWAG posteriors, each around a mode of its own",
    options: [
      .integer("components", in: 1...1000, default: LibraryDefaults.multiSWAG.components, "posteriors")
    ] + swagOptions,
    rehearsal: ["components": .integer(1)], epochsAfterPilot: epochs
  ) { (options, setting) throws(TrainingError) in
    let (count, component, components) = (
      setting.model.parameterCount, try swag(options, setting), options.integer("components")
    )
    let draws = component.draws
    if let problem = Mixture<SWAG>.problem(components: components, draws: draws) { throw .unusable(problem) }
    let memory =
      Double(components) * SWAG.memory(of: setting.model, rank: component.rank)
      + 2 * SWAG.memory(of: setting.model, draws: draws)
    return MethodPlan(
      Mixture(component, components: components, draws: draws), setting, memory: memory,
      memoryUse: "\(components) times \(component.rank) deviations and \(draws) draws of \(count) parameters",
      cheaper: "a lower rank, fewer components or fewer units", training: training(component.phase, setting)
    ) { stored($0, draws: draws, seed: $0.seed) }
  }

  static let snapshot = MethodEntry(
    name: SnapshotEnsemble.name, summary: "the networks at the ends of several cycles of the learning rate of one run",
    options: [
      .integer(
        "cycles", in: 1...1000, default: LibraryDefaults.snapshotEnsemble.cycles, "cycles, and networks")
    ],
    epochsAfterPilot: { best, options in max(best, 10) * options.integer("cycles") }
  ) { options, setting in
    let cycles = options.integer("cycles")
    var training = setting.training
    training.schedule = .cyclical(setting.learningRate, cycles: cycles)
    // Of one length, so that a short run has room for fewer.
    let steps = setting.training.epochs * ((setting.rows - 1) / setting.training.batchSize + 1)
    let made = (steps - 1) / ((steps - 1) / cycles + 1) + 1
    return MethodPlan(
      SnapshotEnsemble(cycles: cycles, rate: setting.learningRate, training: setting.training), setting,
      networks: cycles, cheaper: "fewer units or fewer cycles", training: training,
      resolved: made == cycles ? [:] : ["cycles": "\(made)"])
  }
}
