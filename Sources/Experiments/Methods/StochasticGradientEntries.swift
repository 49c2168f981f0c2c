//  StochasticGradientEntries.swift — `sgld`, `psgld`, `sghmc`, `sgnht` and, in cycles, `csgld`, `csghmc`: draws by dynamics that see
//  a minibatch at a time.
//
//  Notation   η₀  the first learning rate, twice that of one network: modes are to differ     r  the option `rate`
//             σ   the noise of a Gaussian likelihood
//
//  Equations  (1) η = r η₀ σ², σ² = 1 for other likelihoods: the curvature of −log p(y | f) is 1 / σ², and a step that is
//                 longer than the inverse of the curvature diverges. Where each input has its own, σ = 0.1
//             (2) η = r η₀ σ for the preconditioned dynamics, whose step shortens as gradients, 1 / σ, grow
//
//  Each chain begins with the warm-up: Adam from η₀ to a mode, for a share of the run or of each cycle; or, with `path=cyclical`, the
//  dynamics explore by themselves, and (1) is the rate that each cycle begins with [Zhang et al. 2020]. The noise is not left to
//  the chain: on the way it falls until (1) is too long. It is that of a pilot, see `Pilot`; where nobody lets rows be held
//  back it stays at its first value, half the deviation of the targets: the mode that the warm-up finds has next to none.
//
//  Draws that are streamed to disk lie beside the checkpoint while the fit runs, and in the model file in the end.

import Approximations
import Foundation
import Networks
import Optimization
import Probability
import Training

extension MethodEntry {
  static let langevin = sampler("sgld", "stochastic-gradient Langevin dynamics", .langevin, rate: 0.15)
  static let preconditionedLangevin = sampler(
    "psgld", "Langevin dynamics with the preconditioner of RMSprop", .preconditionedLangevin(),
    rate: 0.0025)
  static let hamiltonian = sampler("sghmc", "stochastic-gradient Hamiltonian Monte Carlo", .hamiltonian(), rate: 0.15)
  static let thermostat = sampler(
    "sgnht", "SGHMC with a thermostat that measures the noise of gradients", .thermostat(), rate: 0.15)
  static let cyclicalLangevin = sampler(
    "csgld", "draws by Langevin dynamics near several modes, found in cycles", .langevin,
    rate: 0.1, cycles: 4)
  static let cyclicalHamiltonian = sampler(
    "csghmc", "draws by SGHMC near several modes, found in cycles", .hamiltonian(),
    rate: 0.1, cycles: 4)

  private enum Control: String, CaseIterable {
    case none, anchored
  }

  /// Who explores in a cycle: an optimiser, or the dynamics without their noise.
  private enum Course: String, CaseIterable {
    case modes, cyclical
  }

  private enum Storage: String, CaseIterable {
    case memory, disk
  }

  private static let standardDraws = LibraryDefaults.stochasticGradient.draws

  /// - Parameters:
  ///   - rate: The default of r.
  ///   - cycles: 1 for a chain that is stationary after its warm-up.
  private static func sampler(
    _ name: String, _ summary: String, _ standardDynamics: StochasticDynamics, rate: Double, cycles: Int = 1
  ) -> MethodEntry {
    MethodEntry(
      name: name, summary: summary,
      options: options(rate: rate, cycles: cycles, standardDynamics),
      defaults: { defaults, _ in defaults.learningRate *= 2 },
      rehearsal: ["chains": .integer(1)],
      epochsAfterPilot: { best, options in
        // A chain that moves by itself uses all epochs that it may have; in a cycle the optimiser has those that it takes to a mode.
        guard cycles > 1, chosenCourse(options, cycles) == .modes else { return .max }
        return Int(Double(max(best, 10) * options.integer("cycles")) / max(options.number("exploration"), 0.1))
      },
      mover: { options in
        guard chosenCourse(options, cycles) == .modes else { return ParameterMover("none: the chain explores") }
        return ParameterMover("Adam to \(cycles > 1 ? "each mode" : "a mode"), then the chain")
      }
    ) { (options, setting) throws(TrainingError) in
      try plan(options, setting.fixingNoise, standardDynamics, cycles: cycles)
    }
  }

  private static func options(
    rate: Double, cycles: Int, _ standardDynamics: StochasticDynamics
  ) -> [MethodOption] {
    let (path, standard) = (
      cycles > 1 ? LibraryDefaults.cycles : LibraryDefaults.warmStart, LibraryDefaults.stochasticGradient
    )
    let course: [MethodOption] =
      cycles > 1
      ? [
        .choice(
          "path", default: Course.modes,
          "modes: an optimiser finds them, then the rate stays; cyclical: the chain does, its rate falls by a cosine"),
        .integer("cycles", in: 1...1000, default: cycles, "cycles, each with a mode of its own"),
        .number(
          "exploration", in: 0...0.99, default: path.exploration, "share of a cycle that looks for a mode"),
        .number(
          "burn-in", in: 0...0.99, default: path.burnIn,
          "share of the rest of a cycle that keeps no draws; cyclical has none"),
      ]
      : [
        .number(
          "exploration", in: 0...0.99, default: path.exploration,
          "share of the run in which an optimiser looks for a mode"),
        .number("burn-in", in: 0...0.99, default: path.burnIn, "share of the rest that keeps no draws"),
      ]
    return course + [
      .number(
        "rate", in: 1e-6...100, default: rate,
        "learning rate while sampling\(cycles > 1 ? ", or at the start of a cosine" : ""), as a share of the first one"
      ),
      .automaticInteger(
        "draws", in: 1...10_000,
        "draws that each chain keeps; auto keeps \(standardDraws), or all that a short run has steps for"),
      .integer("chains", in: 1...1000, default: standard.chains, "chains, side by side"),
      .number(
        "temperature", in: 0...100, default: standard.temperature,
        "1 for the posterior, less for a cold one"),
      .choice("control", default: Control.none, "anchored: a second gradient takes the noise of minibatches away"),
      .integer(
        "anchor", in: 1...1_000_000, default: standardAnchor, "epochs after which the second gradient is taken anew"
      )
      .only(with: .option("control", Control.anchored)),
      .choice("storage", default: Storage.memory, "where draws lie while the chain runs"),
    ] + numbers(of: standardDynamics)
  }

  private static func plan(
    _ options: MethodOptions, _ setting: FitSetting, _ standardDynamics: StochasticDynamics, cycles: Int
  ) throws(TrainingError) -> MethodPlan {
    let (chains, dynamics) = (options.integer("chains"), chosenDynamics(like: standardDynamics, options))
    let path = try chosenPath(options, setting, dynamics, cycles)
    let steps = setting.training.epochs * ((setting.rows - 1) / setting.training.batchSize + 1)
    if let problem = path.problem(keeping: 1, of: steps) { throw .unusable(problem) }
    var draws = options.chosenInteger("draws") ?? standardDraws
    while draws > 1 && path.keptSteps(draws, of: steps) == nil { draws -= 1 }
    if let asked = options.chosenInteger("draws"), draws < asked {
      throw .unusable(
        "\(asked) draws of a chain are more than a run of \(steps) steps keeps, which are \(draws); take more epochs, or "
          + "fewer draws")
    }
    let method = StochasticGradientMCMC(
      dynamics, path: path, epochs: setting.training.epochs, batchSize: setting.training.batchSize, draws: draws,
      chains: chains, temperature: options.number("temperature"),
      control: options.choice("control", as: Control.self) == .anchored
        ? .anchored(everyEpochs: options.integer("anchor")) : .none,
      storage: .memory(limit: .max))
    try method.check(setting.model)
    var training = setting.training
    training.schedule = path.schedule
    var plan = MethodPlan(
      method, setting, memory: 8 * Double(setting.model.parameterCount) * Double(chains * (draws + 5)),
      memoryUse: "\(draws) draws of each of \(chains) chains of \(setting.model.parameterCount) parameters",
      cheaper: "fewer draws", training: training,
      resolved: options.chosenInteger("draws") == nil ? ["draws": "\(draws)"] : [:]
    ) { $0.draws }
    if options.choice("storage", as: Storage.self) == .disk { plan.run = streaming(method, setting.model) }
    return plan
  }

  /// The options that dynamics have of their own.
  private static func numbers(of dynamics: StochasticDynamics) -> [MethodOption] {
    func friction(_ standard: Double, _ summary: String) -> MethodOption {
      .number("friction", in: 1e-6...1, default: standard, summary)
    }
    switch dynamics {
    case .langevin: return []
    case .preconditionedLangevin(let decay, let epsilon, let isHeld):
      return [
        .number(
          "decay", in: 0...0.999_999, default: decay, "what the mean square of gradients keeps of itself in a step"),
        .number("epsilon", in: 1e-12...1000, default: epsilon, "added to the root of the mean square"),
        .flag("held", default: isHeld, "whether the preconditioner rests while draws are kept"),
      ]
    case .hamiltonian(let standard):
      return [friction(standard, "what the momentum loses in a step, as a share")]
    case .thermostat(let standard, let relaxation):
      return [
        friction(standard, "what the momentum loses in a step at first, and without noise of gradients, as a share"),
        .number("relaxation", in: 1e-9...1, default: relaxation, "how fast the thermostat changes the friction"),
      ]
    }
  }

  private static func chosenDynamics(
    like standard: StochasticDynamics, _ options: MethodOptions
  ) -> StochasticDynamics {
    switch standard {
    case .langevin: .langevin
    case .preconditionedLangevin:
      .preconditionedLangevin(
        decay: options.number("decay"), epsilon: options.number("epsilon"), isHeld: options.flag("held"))
    case .hamiltonian: .hamiltonian(friction: options.number("friction"))
    case .thermostat:
      .thermostat(friction: options.number("friction"), relaxation: options.number("relaxation"))
    }
  }

  private static let standardAnchor: Int = {
    guard case .anchored(let epochs) = GradientControl.anchored() else { return 1 }
    return epochs
  }()

  private static func chosenCourse(_ options: MethodOptions, _ cycles: Int) -> Course {
    cycles > 1 ? options.choice("path", as: Course.self) : .modes
  }

  private static func chosenPath(
    _ options: MethodOptions, _ setting: FitSetting, _ dynamics: StochasticDynamics, _ cycles: Int
  ) throws(TrainingError) -> SamplingPath {
    let rate = options.number("rate") * setting.learningRate * stepScale(of: setting.model.likelihood, dynamics)
    let (exploration, burnIn) = (options.number("exploration"), options.number("burn-in"))
    let count = cycles > 1 ? options.integer("cycles") : 1
    switch chosenCourse(options, cycles) {
    case .modes:
      return .modes(
        from: setting.learningRate, sampling: rate, cycles: count, exploration: exploration, burnIn: burnIn)
    case .cyclical:
      guard burnIn == 0 else {
        throw .unusable("a cyclical path has no burn-in, its draws begin where a cycle has explored; take burn-in=0")
      }
      return .cyclical(rate, cycles: count, exploration: exploration)
    }
  }

  /// What (1) and (2) multiply r η₀ by.
  private static func stepScale(of likelihood: Likelihood, _ dynamics: StochasticDynamics) -> Double {
    let noise: Double
    switch likelihood.family {
    case .gaussian(.fixed(let scale)), .studentT(_, .fixed(let scale)): noise = min(scale, 1)
    case .gaussian(.perInput), .studentT(_, .perInput): noise = 0.1
    default: return 1
    }
    if case .preconditionedLangevin = dynamics { return noise }
    return noise * noise
  }

  /// The fit with its draws in files, which are gone when it is done.
  private static func streaming(
    _ method: StochasticGradientMCMC, _ model: BayesianModel
  ) -> @Sendable (Examples, UInt64, RunControl) throws(TrainingError) -> any StorablePosterior {
    { (examples, seed, control) throws(TrainingError) in
      let folder =
        (control.checkpoint?.path ?? FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path)
        + "/draws"
      do {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      } catch {
        throw .checkpoint("\(folder): the folder of draws cannot be made: \(error.localizedDescription)")
      }
      var streaming = method
      streaming.storage = .disk(folder: folder, above: 0)
      let draws = try streaming.fit(model, to: examples, seed: seed, control: control).draws
      try? FileManager.default.removeItem(atPath: folder)
      return draws
    }
  }
}
