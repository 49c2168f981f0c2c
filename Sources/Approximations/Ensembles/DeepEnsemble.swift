//  DeepEnsemble.swift — several networks from different starting points; their disagreement is the epistemic part.
//
//  Equation   p(y | x, D) ≈ (1/M) Σₘ p(y | x, θₘ),  each θₘ a mode found from its own start  [Lakshminarayanan et al. 2017]
//
//  With adversarial training the density of a row is averaged with that of a worst case near it: see `AdversarialTraining`.
//  With bagging each member sees N rows drawn with repetitions [Breiman 1996]: more disagreement, and less data for each.
//
//  Cost       M training runs and M passes for a prediction; members run side by side.

public import Networks
public import Training

/// An ensemble of modes with equal weights.
public struct DeepEnsemble: InferenceMethod {
  public static let name = "ensemble"

  /// M.
  public var members: Int
  public var bagging: Bool
  /// `nil` trains on the rows as they are.
  public var adversarial: AdversarialTraining?
  public var training: TrainingConfiguration

  /// Precondition: members ≥ 1.
  public init(
    members: Int = 5, bagging: Bool = false, adversarial: AdversarialTraining? = nil, training: TrainingConfiguration
  ) {
    precondition(members >= 1, "an ensemble of \(members) members")
    self.members = members
    self.bagging = bagging
    self.adversarial = adversarial
    self.training = training
  }

  /// Throws: `TrainingError.unusable` for adversarial training on indices of an embedding, and what training throws.
  public func fit(
    _ model: BayesianModel, to examples: Examples, seed: UInt64, control: RunControl
  ) throws(TrainingError) -> DrawsPosterior {
    var recipe = TrainingRecipe.mode(of: model, training)
    recipe.bagging = bagging
    if let adversarial {
      guard !(model.network.layers.first is Embedding) else {
        throw .unusable(
          "adversarial training moves inputs by their gradient, and indices of an embedding have none; leave it out"
        )
      }
      recipe.identity = "adversarial \(adversarial.share)"
      recipe.objective = adversarial.objective(model, examples)
    }
    return DrawsPosterior(
      model: model, try train(model, on: examples, recipe, members: members, seed: seed, control: control))
  }
}
