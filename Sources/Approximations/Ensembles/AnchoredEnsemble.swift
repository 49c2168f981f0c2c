//  AnchoredEnsemble.swift — each member has a prior of its own, centred on a draw from the prior.           [Pearce 2020]
//
//  Notation   a  the anchor of a member, [P]     s  the scale of the normal prior     σ  the noise of a Gaussian likelihood
//             X̃  the inputs of a linear model, [N, P]
//
//  Equations  (1) a ~ p(θ)
//             (2) θ* = argmax Σₙ log p(yₙ + εₙ | xₙ, θ) + log p(θ − a),  εₙ = 0, or εₙ ~ N(0, σ²) drawn once
//
//  For a linear model with A = (X̃ᵀX̃ / σ² + I / s²)⁻¹, θ* = A (X̃ᵀ(y + ε) / σ² + a / s²): with ε the covariance of θ* is
//  A (X̃ᵀX̃ / σ² + I / s²) A = A, that of the posterior, exactly. Without ε it is A / s² A, which is smaller, and little
//  so only where the prior decides: [Pearce 2020] leave ε out.
//
//  So targets are perturbed by default where the noise is known: a Gaussian likelihood of fixed noise. Otherwise ε = 0.
//
//  Members keep to their anchors where the data are silent, which is what makes them differ there; members of a deep ensemble
//  differ by their starts and their orders of the data alone.
//
//  Cost       as of a deep ensemble, and P numbers for the anchor.

import Arrays
public import Networks
import Probability
import Programs
public import Training

/// An ensemble of modes, each under a prior about its own anchor.
public struct AnchoredEnsemble: InferenceMethod {
  public static let name = "anchored"

  /// M.
  public var members: Int
  /// Whether targets get the noise ε of (2) where a Gaussian likelihood has fixed noise.
  public var perturbsTargets: Bool
  public var training: TrainingConfiguration

  /// Precondition: members ≥ 1.
  public init(members: Int = 5, perturbsTargets: Bool = true, training: TrainingConfiguration) {
    precondition(members >= 1, "an ensemble of \(members) members")
    self.members = members
    self.perturbsTargets = perturbsTargets
    self.training = training
  }

  /// Throws: `TrainingError.unusable` for a prior that is not normal for all parameters, and what training throws.
  public func fit(
    _ model: BayesianModel, to examples: Examples, seed: UInt64, control: RunControl
  ) throws(TrainingError) -> DrawsPosterior {
    let anchors = try Anchors(model)
    let noise = targetNoise(model)
    let count = model.parameterCount
    var recipe = TrainingRecipe.mode(of: model, training)
    recipe.identity = "anchored \(noise)"
    recipe.start = { _, random in
      let start = model.initialParameters(Float.self, using: &random).elements
      return start + anchors.draw(using: &random)
    }
    if noise > 0 {
      let target = Shape(Array(examples.targets.shape.extents.dropFirst()))
      recipe.rowNumbers = RowNumbers(shape: target) { _, rows, random in
        random.normal(shape: Shape([rows] + target.extents), as: Float.self).elements.map { $0 * Float(noise) }
      }
    }
    recipe.objective = TrainingObjective(count: 2 * count) { a in
      let (theta, anchor) = (a.vector.slice(axis: 0, 0..<count), a.vector.slice(axis: 0, count..<2 * count))
      let targets = noise > 0 ? a.targets + a.rowNumbers : a.targets
      let outputs = model.outputs(theta, a.inputs, state: a.state, mode: .training)
      let loss =
        model.likelihood.logDensity(outputs: outputs.outputs, targets: targets, logNoise: model.logNoise(theta)).mean()
        * -1
      let objective = loss - anchors.logDensity(theta, about: anchor) * (1 / Double(a.dataCount))  // (2)
      let slope = gradient(of: objective, withRespectTo: theta)
      // The rule moves θ alone.
      return TrainingObjective.Results(
        loss: loss, gradient: concatenate([slope, .constant(0, shape: [count])], axis: 0), state: outputs.state)
    }
    recipe.rule = { _ in OptimizerRule(training, count: count) }
    return DrawsPosterior(
      model: model, try train(model, on: examples, recipe, members: members, seed: seed, control: control))
  }
}

extension AnchoredEnsemble {
  /// The deviation of ε.
  private func targetNoise(_ model: BayesianModel) -> Double {
    guard perturbsTargets, case .gaussian(.fixed(let scale)) = model.likelihood.family else { return 0 }
    return scale
  }
}

/// The prior about an anchor. The scale of learned noise keeps its own prior and has no anchor.
private struct Anchors {
  private let model: BayesianModel
  private let parts: [(range: Range<Int>, mean: Double, scale: Double)]

  init(_ model: BayesianModel) throws(TrainingError) {
    self.model = model
    var parts: [(range: Range<Int>, mean: Double, scale: Double)] = []
    for factor in model.prior.factors(over: model.layout) {
      guard case .normal(let mean, let scale) = factor.element else {
        throw .unusable("anchors are drawn from a normal prior, and this model's prior is another for some parameters")
      }
      parts.append((factor.range, mean, scale))
    }
    self.parts = parts
  }

  /// Equation (1). P numbers; zero where there is no anchor.
  func draw(using random: inout Philox) -> [Float] {
    var anchor = [Float](repeating: 0, count: model.parameterCount)
    for part in parts {
      let normals = random.normal(shape: [part.range.count], as: Double.self).elements
      for (index, normal) in zip(part.range, normals) { anchor[index] = Float(part.mean + part.scale * normal) }
    }
    return anchor
  }

  /// log p(θ − a), without constants. Shape [].
  func logDensity(_ parameters: Tensor, about anchor: Tensor) -> Tensor {
    var terms = parts.map { part in
      (parameters.slice(axis: 0, part.range) - anchor.slice(axis: 0, part.range)).squared.sum()
        * (-0.5 / (part.scale * part.scale))
    }
    if let logNoise = model.logNoise(parameters) { terms.append(model.likelihood.logPrior(logNoise: logNoise)) }
    return terms.dropFirst().reduce(terms.first ?? .constant(0), +)
  }
}
