//  StochasticGradientEntry.swift — `sgmcmc`: draws from the posterior by dynamics that see a minibatch at a time.

import Approximations
import Networks
import Optimization
import Training

extension MethodEntry {
  /// What the command line calls the dynamics.
  private enum Dynamics: String, CaseIterable {
    case sgld, psgld, sghmc, sgnht

    var dynamics: StochasticDynamics {
      switch self {
      case .sgld: .langevin
      case .psgld: .preconditionedLangevin()
      case .sghmc: .hamiltonian()
      case .sgnht: .thermostat()
      }
    }
  }

  static let stochasticGradientMCMC = MethodEntry(
    name: StochasticGradientMCMC.name,
    summary: "draws from the posterior by noisy training steps (Langevin, Hamiltonian), in cycles or after a burn-in",
    options: [
      .choice("dynamics", default: Dynamics.psgld, "Langevin, preconditioned, Hamiltonian, or with a thermostat"),
      .integer("draws", in: 1...100_000, default: 30, "draws that each chain keeps"),
      .integer("chains", in: 1...1000, default: 1, "chains"),
      .integer("cycles", in: 0...1000, default: 0, "cycles of the rate; 0 samples after a burn-in"),
      .number("burn-in", in: 0...0.99, default: 0.5, "share of the run, or of each cycle, that keeps no draws"),
      .number("temperature", in: 0...100, default: 1, "1 for the posterior, less for a cold one"),
    ],
    defaults: { training, _ in
      training.stopsEarly = false
      training.learningRate *= 0.1
    }, rehearsal: ["chains": .integer(1)]
  ) { options, setting in
    let (draws, chains, cycles) = (options.integer("draws"), options.integer("chains"), options.integer("cycles"))
    let (rate, burnIn) = (setting.learningRate, options.number("burn-in"))
    let sampler = StochasticGradientMCMC(
      options.choice("dynamics", as: Dynamics.self).dynamics,
      path: cycles > 0
        ? .cyclical(rate, cycles: cycles, exploration: burnIn) : .stationary(.constant(rate), burnIn: burnIn),
      epochs: setting.training.epochs, batchSize: setting.training.batchSize, draws: draws, chains: chains,
      temperature: options.number("temperature"), storage: .memory(limit: .max))
    let count = setting.model.parameterCount
    return MethodPlan(
      sampler, setting, memory: 8 * Double(count) * Double(chains * draws) + 16 * Double(count) * Double(chains),
      memoryUse: "\(chains * draws) draws of \(count) parameters", cheaper: "fewer draws, chains or units"
    ) { $0.draws }
  }
}
