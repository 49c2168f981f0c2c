//  DropConnect.swift — random masks on weights instead of units.                                          [Wan 2013]
//
//  Notation   W  a weight     m  its mask, 0 with probability p and otherwise 1 / (1 − p)     s  the scale of its normal prior
//
//  Equations  (1) q(θ): every weight is W ∘ m, all other parameters are as they are
//             (2) loss = −(1/N) [N/B Σ log p(yₙ | xₙ, W ∘ m) + E log p(W ∘ m)],  one m for a minibatch
//             (3) −E log p(W ∘ m) = ‖W‖² / (2 s² (1 − p)) + const for a normal prior; other priors count at W
//
//  A draw is a vector of parameters, whatever the layers are: convolutions too. Masks of a minibatch are shared by its rows, so that
//  gradients are noisier than with `MonteCarloDropout`, where each row has its own.
//
//  Cost       a training step draws 16 random bits for every weight; predictions as of an ensemble of T draws, which are
//             made anew each time.

public import Arrays
public import Networks
import Probability
import Programs
public import Training

/// Dropped weights as approximate inference.
public struct DropConnect: InferenceMethod {
  public static let name = "dropconnect"

  /// p.
  public var rate: Double
  /// T, the draws of a prediction.
  public var passes: Int
  public var training: TrainingConfiguration

  /// Precondition: 0 < rate < 1 and passes ≥ 1.
  public init(rate: Double = 0.05, passes: Int = 30, training: TrainingConfiguration) {
    precondition(rate > 0 && rate < 1 && passes >= 1, "a rate of \(rate) and \(passes) passes")
    self.rate = rate
    self.passes = passes
    self.training = training
  }

  public func fit(
    _ model: BayesianModel, to examples: Examples, seed: UInt64, control: RunControl
  ) throws(TrainingError) -> DropConnectPosterior {
    var recipe = TrainingRecipe.mode(of: model, training)
    recipe.identity = "dropconnect \(rate)"
    recipe.objective = objective(model)
    let result = try train(model, on: examples, recipe, members: 1, seed: seed, control: control)[0].result
    return DropConnectPosterior(
      model: model, parameters: DenseArray(result.vector), state: DenseArray(result.state), rate: rate, seed: seed,
      passes: passes)
  }

  /// Equation (2).
  private func objective(_ model: BayesianModel) -> TrainingObjective {
    let rate = rate
    let prior = model.withPriorOverDroppedWeights(rate)
    return TrainingObjective(count: model.parameterCount) { a in
      let dropped = model.droppingWeights(of: a.vector, rate: rate)
      let outputs = model.outputs(dropped, a.inputs, state: a.state, mode: .training)
      let density = model.likelihood.logDensity(
        outputs: outputs.outputs, targets: a.targets, logNoise: model.logNoise(a.vector))
      let loss = density.mean() * -1
      let objective = loss - prior.logPrior(a.vector) * (1 / Double(a.dataCount))  // (2)
      return TrainingObjective.Results(
        loss: loss, gradient: gradient(of: objective, withRespectTo: a.vector), state: outputs.state)
    }
  }
}

/// The distribution (1).
public struct DropConnectPosterior: Posterior {
  public let model: BayesianModel
  /// θ. Shape [P].
  public let parameters: DenseArray<Float>
  /// Running statistics. Shape [Q].
  public let state: DenseArray<Float>
  /// p.
  public let rate: Double
  /// The masks of `predict` are a function of it.
  public let seed: UInt64
  /// T.
  public var passes: Int

  /// Precondition: the shapes are those of the model, 0 < rate < 1 and passes ≥ 1.
  public init(
    model: BayesianModel, parameters: DenseArray<Float>, state: DenseArray<Float>, rate: Double, seed: UInt64,
    passes: Int = 30
  ) {
    precondition(
      parameters.shape == [model.parameterCount] && state.shape == [model.network.stateCount],
      "parameters of shape \(parameters.shape) with statistics of shape \(state.shape) for a model with "
        + "\(model.parameterCount) and \(model.network.stateCount)")
    precondition(rate > 0 && rate < 1 && passes >= 1, "a rate of \(rate) and \(passes) passes")
    self.model = model
    self.parameters = parameters
    self.state = state
    self.rate = rate
    self.seed = seed
    self.passes = passes
  }

  public func predict(_ inputs: DenseArray<Float>, threads: Int) -> Predictive {
    sample(passes, seed: seed).predict(inputs, threads: threads)
  }

  public func sample(_ count: Int, seed: UInt64) -> DrawsPosterior {
    precondition(count >= 1, "a sample of \(count) draws")
    let program = Program(inputs: [[model.parameterCount]]) { t in [model.droppingWeights(of: t[0], rate: rate)] }
    let executor = Executor<Float>(Plan(program))
    _ = executor.input(0).update(fromContentsOf: parameters.elements)
    var draws: [Float] = []
    draws.reserveCapacity(count * model.parameterCount)
    for draw in 0..<count {
      executor.run(key: DropoutPosterior.key(seed: seed, pass: draw, block: 0))
      draws += executor.output(0)
    }
    return DrawsPosterior(
      model: model, draws: DenseArray(draws, shape: [count, model.parameterCount]),
      states: state.reshaped([1, state.count]).rows(at: [Int](repeating: 0, count: count)))
  }
}

extension BayesianModel {
  /// θ with every weight masked, equation (1). Shape [P] → [P].
  fileprivate func droppingWeights(of parameters: Tensor, rate: Double) -> Tensor {
    let parts = layout.slices.enumerated().map { number, slice in
      let part = parameters.slice(axis: 0, slice.range)
      guard slice.role == .weight else { return part }
      let zeros = Tensor.random(.coarseUniform, shape: part.shape, site: UInt32(number)) .< rate
      return part * select(zeros, part.filled(0), part.filled(1 / (1 - rate)))
    }
    return concatenate(parts, axis: 0)
  }

  /// The model whose log prior is the mean over masks, equation (3).
  fileprivate func withPriorOverDroppedWeights(_ rate: Double) -> BayesianModel {
    let factors = prior.factors(over: layout)
    var narrower: [String: Prior] = [:]
    for slice in layout.slices where slice.role == .weight {
      if let factor = factors.first(where: { $0.range.contains(slice.offset) }),
        case .normal(mean: 0, let scale) = factor.element
      {
        narrower[slice.name] = .normal(scale: scale * (1 - rate).squareRoot())
      }
    }
    return narrower.isEmpty
      ? self : BayesianModel(network, prior: .bySlice(narrower, default: prior), likelihood: likelihood)
  }
}
