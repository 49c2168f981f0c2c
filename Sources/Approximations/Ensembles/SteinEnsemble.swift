//  SteinEnsemble.swift — particles that follow the posterior's gradient and push each other apart.
//
//  Notation   M  particles     θᵢ  [P]     fᵢ  [B, O] the outputs of particle i     Jᵢ  ∂fᵢ/∂θᵢ     k, φ  see `SteinKernel`
//             N  rows     B  rows of a minibatch
//
//  Equations  (1) θᵢ moves along φ(θᵢ), or in the space of functions by (2): fᵢ takes the place of θᵢ in φ, with ∇_f of the log
//                 likelihood alone
//             (2) Jᵢᵀ φ(fᵢ) + (1/M) Σⱼ k(fⱼ, fᵢ) ∇ log p(θᵢ)                     [Wang 2019; D'Angelo and Fortuin 2021]
//
//  In (2) the gradient of the log prior weighs what the gradients of the log likelihood weigh together in φ, so that particles
//  that agree are at a mode of the posterior, however many there are. It is a particle's own. Smoothed as the likelihood's, Σⱼ k ∇ log p(θⱼ),
//  it would be exact for linear models with many particles, where (2) is narrower; but in a network the weights of another particle that
//  predicts alike may be any others, and would pull at random. The noise, which is no output, moves with its whole log density by
//  the same weight.
//
//  Repulsion of weights says little for large networks, where distances between any particles are alike and many weights
//  give one function; repulsion of functions acts on what is predicted.
//
//  The optimiser divides (1) and (2) by N, as every objective. Rows are not held back: a configuration's early stopping is left out,
//  since it would judge one particle alone.
//
//  Cost       M gradients a step, and two products of M × M with M × P. All particles move together, on all threads.

import Arrays
public import Networks
import Probability
import Programs
public import Training

/// Stein variational gradient descent: an ensemble with repulsion.
public struct SteinEnsemble: InferenceMethod {
  public static let name = "stein"

  /// What the particles are kept apart in.
  public enum Space: String, Hashable, Sendable, Codable { case weights, functions }

  /// M.
  public var members: Int
  public var space: Space
  public var training: TrainingConfiguration

  /// Precondition: members ≥ 2.
  public init(members: Int = 5, space: Space = .functions, training: TrainingConfiguration) {
    precondition(members >= 2, "\(members) particles: repulsion needs two")
    self.members = members
    self.space = space
    self.training = training
  }

  /// Throws: `TrainingError.unusable` for a network with running statistics, and what training throws.
  public func fit(
    _ model: BayesianModel, to examples: Examples, seed: UInt64, control: RunControl
  ) throws(TrainingError) -> DrawsPosterior {
    try Self.check(model)
    var configuration = training
    configuration.earlyStopping = nil
    let members = members
    var recipe = TrainingRecipe.mode(of: model, configuration)
    recipe.identity = "stein \(members) \(space)"
    recipe.start = { _, random in
      (0..<members).flatMap { member in
        var own = random.substream(UInt64(member))
        return model.initialParameters(Float.self, using: &own).elements
      }
    }
    recipe.objective = space == .weights ? weightObjective(model) : functionObjective(model)
    let result = try train(model, on: examples, recipe, members: 1, seed: seed, control: control)[0].result
    return DrawsPosterior(
      model: model, draws: DenseArray(result.vector, shape: [members, model.parameterCount]),
      states: DenseArray([], shape: [members, 0]))
  }

  /// Throws: `TrainingError.unusable` for a network with running statistics.
  package static func check(_ model: BayesianModel) throws(TrainingError) {
    try model.refuseRunningStatistics(for: "particles that move together")
  }

  private func particles(_ vector: Tensor, _ count: Int) -> [Tensor] {
    (0..<members).map { vector.slice(axis: 0, $0 * count..<($0 + 1) * count) }
  }

  private func weightObjective(_ model: BayesianModel) -> TrainingObjective {
    let count = model.parameterCount
    let particleCount = Double(members)
    return TrainingObjective(count: members * count) { a in
      var joint = Tensor.constant(0)
      var likelihood = Tensor.constant(0)
      for theta in particles(a.vector, count) {
        let one = model.minibatchLogJoint(theta, a.inputs, a.targets, dataCount: a.dataCount).logJoint
        joint = joint + one
        likelihood = likelihood + one - model.logPrior(theta)
      }
      let shape: Shape = [members, count]
      let drive = gradient(of: joint, withRespectTo: a.vector).reshaped(shape)
      let direction = SteinKernel(a.vector.reshaped(shape)).direction(drive: drive)  // (1)
      let scale = -1 / Double(a.dataCount)
      return TrainingObjective.Results(
        loss: likelihood * (scale / particleCount), gradient: (direction * scale).reshaped([members * count]),
        state: a.state)
    }
  }

  private func functionObjective(_ model: BayesianModel) -> TrainingObjective {
    let count = model.parameterCount
    let particleCount = Double(members)
    return TrainingObjective(count: members * count) { a in
      let share = Double(a.dataCount) / Double(a.inputs.shape[0])
      var functions: [Tensor] = []
      var drives: [Tensor] = []
      var likelihood = Tensor.constant(0)
      var others: [Tensor] = []
      for theta in particles(a.vector, count) {
        let outputs = model.outputs(theta, a.inputs, state: a.state, mode: .training).outputs
        let logNoise = model.logNoise(theta)
        func density(_ outputs: Tensor) -> Tensor {
          model.likelihood.logDensity(outputs: outputs, targets: a.targets, logNoise: logNoise).sum() * share
        }
        let one = density(outputs)
        likelihood = likelihood + one
        functions.append(outputs)
        drives.append(gradient(of: one, withRespectTo: outputs))
        let prior = model.logPrior(theta)
        others.append(logNoise == nil ? prior : prior + density(outputs.stoppingGradient))
      }
      let width = functions[0].shape.count
      func stacked(_ parts: [Tensor], _ width: Int) -> Tensor {
        concatenate(parts.map { $0.reshaped([1, width]) }, axis: 0)
      }
      let values = stacked(functions, width)
      let kernel = SteinKernel(values)
      let direction = kernel.direction(drive: stacked(drives, width)).stoppingGradient  // (1), of f
      let weights = kernel.weights.stoppingGradient.reshaped([members, 1])
      let surrogate = (direction * values).sum() + (weights * stacked(others, 1)).sum()  // (2)
      let scale = -1 / Double(a.dataCount)
      return TrainingObjective.Results(
        loss: likelihood * (scale / particleCount),
        gradient: gradient(of: surrogate * scale, withRespectTo: a.vector), state: a.state)
    }
  }
}
