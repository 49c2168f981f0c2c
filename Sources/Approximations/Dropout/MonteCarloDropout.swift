//  MonteCarloDropout.swift — train with random masks, and keep them for predictions.
//
//  Notation   W  a weight whose inputs pass through a mask of rate p     s  the scale of its normal prior     N  rows
//
//  Dropout is variational inference with q(W): W diag(m), m = 0 with probability p and otherwise 1 / (1 − p). Training
//  lowers a one-draw estimate of the negative evidence bound; what of KL(q ‖ prior) depends on W is the mean of the log
//  prior over m [Gal 2016]:
//
//    (1) −E log p(W diag m) = ‖W‖² / (2 s² (1 − p)) + const          a normal prior, of the scale s √(1 − p)
//    (2) loss = −(1/N) [N/B Σ log p(yₙ | xₙ, θ, mₙ) + Σ E log p(W diag m)],  mₙ a mask for each row of the minibatch
//
//  Learned rates: see `DropoutObjective`.
//
//  A Laplace prior has E |w m| = |w| and stays as it is; so do, by choice, the other priors, biases and whatever no mask precedes.
//
//  Cost       training as for a mode, and a random number of 16 bits for each dropped unit; T passes for a prediction. One
//             network in memory: cheaper than an ensemble, and usually a little less sure of its doubt.

import Arrays
public import Networks
import Probability
public import Training

/// Dropout as approximate inference.
public struct MonteCarloDropout: InferenceMethod {
  public static let name = "dropout"

  /// The rate of the masks that are put after each hidden activation: `nil` is 0.2 where all of them have 200 units or
  /// more, otherwise 0.05, since the noise of a sum over U units grows with p / U. A network with layers that drop keeps its
  /// own.
  public var rate: DropoutRate?
  /// T.
  public var passes: Int
  public var masks: DropoutPosterior.Masks
  public var training: TrainingConfiguration

  /// Precondition: passes ≥ 1.
  public init(
    rate: DropoutRate? = nil, passes: Int = 30, masks: DropoutPosterior.Masks = .perInput,
    training: TrainingConfiguration
  ) {
    precondition(passes >= 1, "\(passes) passes")
    self.rate = rate
    self.passes = passes
    self.masks = masks
    self.training = training
  }

  /// The fixed rates of the masks that the method gives a model; none where it takes no masks.
  package func rates(in model: BayesianModel) -> [Double] {
    let masks = (try? model.dropping(rate))?.network.masks ?? []
    return masks.compactMap { mask in if case .fixed(let rate) = mask.rate { rate } else { nil } }
  }

  public func fit(
    _ model: BayesianModel, to examples: Examples, seed: UInt64, control: RunControl
  ) throws(TrainingError) -> DropoutPosterior {
    let model = try model.dropping(rate)
    if let problem = model.network.problemWithLearnedRates {
      throw .unusable("\(problem); give it a fixed rate, or move it before a layer with weights")
    }
    var recipe = TrainingRecipe.mode(of: model, training)
    recipe.identity = "dropout"
    recipe.objective = model.dropoutObjective
    let result = try train(model, on: examples, recipe, members: 1, seed: seed, control: control)[0].result
    return DropoutPosterior(
      model: model, parameters: DenseArray(result.vector), state: DenseArray(result.state), seed: seed, passes: passes,
      masks: masks)
  }
}

extension BayesianModel {
  /// The model itself where its network drops, otherwise with masks after the hidden activations.
  func dropping(_ rate: DropoutRate?) throws(TrainingError) -> BayesianModel {
    if network.isStochastic { return self }
    do {
      var changed = try network.insertingDropout(rate ?? .fixed(0.05))
      if rate == nil, changed?.masks.allSatisfy({ $0.count >= 200 }) == true {
        changed = try network.insertingDropout(.fixed(0.2))
      }
      guard let changed else {
        throw TrainingError.unusable(
          "dropout needs a network with a hidden activation, after which to drop, or with dropout layers of its own")
      }
      return BayesianModel(changed, prior: prior, likelihood: likelihood)
    } catch let error as TrainingError {
      throw error
    } catch {
      throw .unusable("the network cannot drop: \(error)")
    }
  }

  /// The model whose log prior is the mean over masks, equation (1).
  var withPriorOverMasks: BayesianModel {
    let factors = prior.factors(over: layout)
    var narrower: [String: Prior] = [:]
    for masked in network.maskedWeights {
      var kept = 1.0
      for mask in masked.masks { if case .fixed(let rate) = mask.rate { kept *= 1 - rate } }
      guard let factor = factors.first(where: { $0.range.contains(masked.weight.offset) }),
        case .normal(mean: 0, let scale) = factor.element
      else { continue }
      narrower[masked.weight.name] = .normal(scale: scale * kept.squareRoot())
    }
    if narrower.isEmpty { return self }
    return BayesianModel(network, prior: .bySlice(narrower, default: prior), likelihood: likelihood)
  }
}
