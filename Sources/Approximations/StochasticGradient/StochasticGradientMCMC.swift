//  StochasticGradientMCMC.swift — draws from the posterior by dynamics that see a minibatch at a time.
//
//  Notation   θ [P],  N rows,  B rows of a minibatch,  T temperature,  U(θ) = −log p(θ, D)
//
//  Equations  (1) p(θ) ∝ exp(−U(θ) / T),  T = 1 the posterior, T < 1 a cold one                  [Wenzel et al. 2020]
//             (2) U is estimated by N / B times the sum over a minibatch, plus the prior: `BayesianModel`
//
//  The dynamics are in `StochasticDynamics`, the course of the rates in `SamplingPath`, what lowers the noise of gradients in
//  `ControlVariate`. Chains differ in their start, their order of the rows and their noise, and run side by side.
//
//  Cost       a step is a training step with normal numbers in place of an optimiser's moments. Memory: C S (P + Q) numbers for
//             the draws, or files. No step is rejected: the step size biases the draws, so halve it and compare.

public import Networks
import Probability
public import Training

/// How the noise of minibatch gradients is lowered.
public enum GradientControl: Hashable, Sendable, Codable {
  case none
  /// A second gradient at the parameters of the beginning of every so many epochs [Dubey et al. 2016].
  case anchored(everyEpochs: Int = 1)
  /// A second gradient at given parameters, such as a mode, where the chains also start. Shape [P] [Baker et al. 2019].
  case mode([Float])
}

/// A sampler of the posterior of a network.
public struct StochasticGradientMCMC: InferenceMethod {
  public static let name = "sgmcmc"

  public var dynamics: StochasticDynamics
  public var path: SamplingPath
  public var epochs: Int
  /// B; the last minibatch of an epoch holds what is left.
  public var batchSize: Int
  /// S, the draws that each chain keeps.
  public var draws: Int
  /// C.
  public var chains: Int
  /// T of equation (1).
  public var temperature: Double
  public var control: GradientControl
  public var storage: DrawStorage

  /// Precondition: all counts ≥ 1, temperature ≥ 0, and numbers of the dynamics and the path in their ranges.
  public init(
    _ dynamics: StochasticDynamics = .hamiltonian(), path: SamplingPath, epochs: Int, batchSize: Int = 32,
    draws: Int = 30, chains: Int = 1, temperature: Double = 1, control: GradientControl = .none,
    storage: DrawStorage = .memory()
  ) {
    precondition(
      epochs >= 1 && batchSize >= 1 && draws >= 1 && chains >= 1,
      "\(epochs) epochs of minibatches of \(batchSize) for \(draws) draws of each of \(chains) chains")
    precondition(temperature >= 0, "a temperature of \(temperature)")
    if let problem = dynamics.problem ?? path.problem { preconditionFailure(problem) }
    self.dynamics = dynamics
    self.path = path
    self.epochs = epochs
    self.batchSize = batchSize
    self.draws = draws
    self.chains = chains
    self.temperature = temperature
    self.control = control
    self.storage = storage
  }

  public func fit(
    _ model: BayesianModel, to examples: Examples, seed: UInt64, control run: RunControl
  ) throws(TrainingError) -> ChainsPosterior {
    let recipe = try recipe(model, run)
    let trainers = try train(model, on: examples, recipe, members: chains, seed: seed, control: run)
    return ChainsPosterior(model, drawsPerChain: draws, chains: trainers.compactMap { $0.collector as? DrawCollector })
  }

  private func recipe(_ model: BayesianModel, _ run: RunControl) throws(TrainingError) -> TrainingRecipe {
    let (p, q) = (model.parameterCount, model.network.stateCount)
    let bytes = 4 * chains * draws * (p + q)  // (1) of `DrawStorage`
    if let problem = storage.problem(bytes: bytes, draws: chains * draws) { throw .unusable(problem) }
    try check(model)
    let folder = storage.folder(bytes: bytes)
    var recipe = TrainingRecipe.mode(
      of: model, TrainingConfiguration(epochs: epochs, batchSize: batchSize, schedule: path.schedule))
    recipe.identity = "\(Self.name) \(dynamics) \(path) \(draws) \(temperature) \(identity(of: control))"
    recipe.rule = { [dynamics, path, temperature] extent in
      DynamicsRule(dynamics, path: path, temperature: temperature, extent: extent)
    }
    recipe.collector = { [path, draws] extent throws(TrainingError) in
      if let problem = path.problem(keeping: draws, of: extent.steps) { throw .unusable(problem) }
      let steps = path.keptSteps(draws, of: extent.steps) ?? []
      let file: DrawFile? =
        if let folder {
          try DrawFile(
            path: "\(folder)/chain-\(extent.member).safetensors", rows: draws, parameterCount: p, stateCount: q,
            keeps: run.checkpoint?.resumes == true)
        } else {
          nil
        }
      return DrawCollector(steps: steps, parameterCount: p, stateCount: q, file: file)
    }
    switch control {
    case .none: break
    case .anchored(let epochs): recipe.controlVariate = .everyEpochs(epochs)
    case .mode(let mode):
      guard mode.count == p else {
        throw .unusable("a mode of \(mode.count) numbers for a model of \(p) parameters")
      }
      recipe.controlVariate = .fixed(mode)
      recipe.start = { _, _ in mode }
    }
    return recipe
  }

  /// Throws: `TrainingError.unusable` for a flat prior, and for control variates over a network with running statistics.
  package func check(_ model: BayesianModel) throws(TrainingError) {
    guard model.prior != .flat || temperature == 0 else {
      throw .unusable("under a flat prior the posterior may have no finite mass; give the parameters a prior")
    }
    guard control != .none && model.network.stateCount > 0 else { return }
    throw .unusable(
      "control variates compare two gradients of one minibatch, and batch normalisation makes the gradient of a row "
        + "depend on the other rows; use no control variates, or group or layer normalisation")
  }

  /// Names the control in checkpoints: a mode by a hash of its bits.
  private func identity(of control: GradientControl) -> String {
    guard case .mode(let mode) = control else { return "\(control)" }
    let hash = mode.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1.bitPattern)) &* 0x100_0000_01b3 }
    return "mode \(String(hash, radix: 16))"
  }
}
