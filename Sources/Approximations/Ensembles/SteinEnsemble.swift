//  SteinEnsemble.swift — particles that follow the posterior's gradient and push each other apart.
//
//  Notation   M  particles     θᵢ  [P]     k  the kernel     h  its width     N  rows     B  rows of a minibatch
//
//  Equations  (1) φ(θᵢ) = (1/M) Σⱼ [k(θⱼ, θᵢ) ∇ log p(θⱼ, D) + ∇_θⱼ k(θⱼ, θᵢ)],  θᵢ moves along φ    [Liu and Wang 2016]
//             (2) k(a, b) = exp(−‖a − b‖² / h),  h = the mean ‖θᵢ − θⱼ‖² over pairs / log(M + 1)
//             (3) Σⱼ ∇_θⱼ k(θⱼ, θᵢ) = (2 / h) Σⱼ (θᵢ − θⱼ) k(θⱼ, θᵢ)
//
//  In the space of functions fᵢ, the outputs of particle i for the rows of the minibatch, take the places of θᵢ in (1) to (3),
//  with ∇_f of the log likelihood; Jᵢᵀ φ(fᵢ) moves the parameters, and so does the gradient of the log prior of the weights,
//  divided by M: an approximation of the prior over functions [Wang 2019; D'Angelo and Fortuin 2021].
//
//  Repulsion of weights says little for large networks, where distances between any particles are alike and many weights
//  give one function; repulsion of functions acts on what is predicted.
//
//  The optimiser divides (1) by N, as every objective. Rows are not held back: a configuration's early stopping is left out,
//  since it would judge one particle alone.
//
//  Cost       M gradients a step, and two products of M × M with M × P. All particles move together, on all threads.

import Arrays
import Foundation
public import Networks
import Probability
package import Programs
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
      let direction = steinDirection(a.vector.reshaped(shape), drive: drive)  // (1)
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
      var others = Tensor.constant(0)
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
        others = others + model.logPrior(theta)
        if logNoise != nil { others = others + density(outputs.stoppingGradient) }
      }
      let width = functions[0].shape.count
      func stacked(_ parts: [Tensor]) -> Tensor { concatenate(parts.map { $0.reshaped([1, width]) }, axis: 0) }
      let values = stacked(functions)
      let direction = steinDirection(values, drive: stacked(drives)).stoppingGradient  // (1), of f
      let surrogate = (direction * values).sum() + others * (1 / particleCount)  // Jᵀ φ, and the prior
      let scale = -1 / Double(a.dataCount)
      return TrainingObjective.Results(
        loss: likelihood * (scale / particleCount),
        gradient: gradient(of: surrogate * scale, withRespectTo: a.vector), state: a.state)
    }
  }
}

/// Equation (1) with the kernel (2).
///
/// - Parameters:
///   - positions: Shape [M, D].
///   - drive: The gradients of the log density there. Shape [M, D].
/// - Returns: φ. Shape [M, D].
package func steinDirection(_ positions: Tensor, drive: Tensor) -> Tensor {
  let count = positions.shape[0]
  // About their mean, so that distances are not differences of large numbers.
  let centred = positions - positions.mean(axes: [0], keepingAxes: true)
  let products = matmul(centred, centred, transposeRight: true)
  let squares = products.diagonal
  let distances = squares.reshaped([count, 1]) + squares.reshaped([1, count]) - products * 2
  let squared = maximum(distances, distances.filled(0))
  let pairs = Double(count * (count - 1))
  let inverseWidth = pairs * Foundation.log(Double(count + 1)) / (squared.sum() + 1e-30)
  let kernel = exp(-(squared * inverseWidth))  // (2)
  // (3)
  let repulsion =
    (kernel.sum(axes: [1], keepingAxes: true) * centred - matmul(kernel, centred)) * (inverseWidth * 2)
  return (matmul(kernel, drive) + repulsion) * (1 / Double(count))
}
