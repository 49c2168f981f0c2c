//  StochasticGradientEntries.swift — `sgld`, `psgld`, `sghmc`, `sgnht`, `csghmc`: draws by dynamics that see a minibatch at a time.

import Approximations
import Networks
import Optimization
import Training

extension MethodEntry {
  static let langevin = sampler("sgld", "stochastic-gradient Langevin dynamics", .langevin, rate: 1e-3)
  static let preconditionedLangevin = sampler(
    "psgld", "Langevin dynamics with the preconditioner of RMSprop", .preconditionedLangevin(), rate: 1e-4)
  static let hamiltonian = sampler(
    "sghmc", "stochastic-gradient Hamiltonian Monte Carlo", .hamiltonian(), rate: 1e-3)
  static let thermostat = sampler(
    "sgnht", "SGHMC with a thermostat that measures the noise of gradients", .thermostat(), rate: 1e-3)
  static let cyclicalHamiltonian = sampler(
    "csghmc", "SGHMC in cycles of the learning rate, which visit several modes", .hamiltonian(), rate: 1e-3, cycles: 4)

  /// A chain that explores without noise would learn too small a noise of the data, so there is a pilot. A cycle has ten times
  /// the epochs that suit one network.
  @Sendable private static func epochsOfCycles(_ best: Int, _ options: MethodOptions) -> Int {
    10 * max(best, 10) * options.integer("cycles")
  }

  /// - Parameter cycles: 0 for a chain that is stationary.
  private static func sampler(
    _ name: String, _ summary: String, _ dynamics: StochasticDynamics, rate: Double, cycles: Int = 0
  ) -> MethodEntry {
    let course: [MethodOption] =
      cycles > 0
      ? [
        .integer("cycles", in: 1...1000, default: cycles, "cycles of the learning rate"),
        .number("exploration", in: 0...0.99, default: 0.8, "the share of a cycle without noise and draws"),
      ] : [.number("burn-in", in: 0...0.99, default: 0.5, "the share of the run that keeps no draws")]
    return MethodEntry(
      name: name, summary: summary,
      options: course + [
        .integer("draws", in: 1...10_000, default: 30, "draws that each chain keeps"),
        .integer("chains", in: 1...1000, default: 1, "chains, side by side"),
        .number("temperature", in: 0...100, default: 1, "1 for the posterior, less for a cold one"),
      ],
      defaults: { defaults, _ in
        defaults.stopsEarly = cycles > 0
        defaults.learningRate = rate
      },
      epochsAfterPilot: cycles > 0 ? epochsOfCycles : nil
    ) { options, setting in
      let chains = options.integer("chains")
      var draws = options.integer("draws")
      let path: SamplingPath =
        cycles > 0
        ? .cyclical(setting.learningRate, cycles: options.integer("cycles"), exploration: options.number("exploration"))
        : .stationary(.constant(setting.learningRate), burnIn: options.number("burn-in"))
      // A run that is cut short by a budget keeps as many draws as it has steps for.
      let steps = setting.training.epochs * max(1, setting.rows / setting.training.batchSize)
      while draws > 1 && path.keptSteps(draws, of: steps) == nil { draws -= 1 }
      return MethodPlan(
        StochasticGradientMCMC(
          dynamics, path: path, epochs: setting.training.epochs, batchSize: setting.training.batchSize, draws: draws,
          chains: chains, temperature: options.number("temperature"), storage: .memory(limit: .max)), setting,
        memory: 8 * Double(setting.model.parameterCount) * Double(chains * (draws + 3)),
        memoryUse: "\(draws) draws of each of \(chains) chains of \(setting.model.parameterCount) parameters",
        cheaper: "fewer draws"
      ) { $0.draws }
    }
  }
}
