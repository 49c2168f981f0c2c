//  HeldOutTuning.swift — precision and noise chosen by rows that training has held back.
//
//  Notation   δ  the precisions of the model's prior     α  a factor on them     F  the curvature of the training rows at θ*
//             f, r  outputs and residuals of the n held-out rows, D targets each     σ₀  the noise of θ*     s = σ₀²/σ²
//             v_α = diag J (F + α δ)⁻¹ Jᵀ
//
//  Equations  (1) loss(α) = −(1/n) Σ log p(yₙ | xₙ, D)
//             (2) normal with learned noise:  Λ = s (F + α δ), so that y ~ N(f, (σ₀² + v_α)/s);  1/s = (1/nD) Σ r²/(σ₀² + v_α),
//                 loss(α) = ½ [1 + log 2π − log s] D + (1/2n) Σ log(σ₀² + v_α)
//
//  Parameters that early stopping has chosen are no mode of the training rows: the marginal likelihood takes what is left of the
//  random start for what the data ask of the prior, finds far too small a δ, and with it far too wide a posterior, also where
//  F is exact [Antorán et al. 2022]. The rows that have chosen the epoch, and the noise of the point estimate, choose α and s
//  as well. For α → ∞ the posterior is the point, so that on these rows it predicts no worse than MAP; elsewhere it may, by
//  what few rows leave to chance.
//
//  Cost       some fifteen predictions of the held-out rows.

import Arrays
import Curvatures
import Evaluation
import Probability
import Training

/// The choice of α, and of s where noise is learned.
struct HeldOutTuning {
  let rows: Examples
  /// The posterior whose precisions are α δ, at the noise of the mode.
  let posterior: (_ factor: Double) throws(CurvatureError) -> LaplacePosterior
  /// Whether s is chosen; otherwise it is 1.
  let learnsNoise: Bool

  let threads: Int

  /// log₄ α of the first trials, from the narrowest posterior on, until one is clearly worse than the best; then between
  /// the best one and its neighbours.
  private static let exponents = stride(from: 14.0, through: -6, by: -2)
  private static let refinements = [1, 0.5, 0.25]
  /// Unit: nats a row.
  private static let clearlyWorse = 0.05

  /// The α and s with the least loss; of equals, those of the narrowest posterior.
  func choice() throws(CurvatureError) -> (factor: Double, scale: Double) {
    var best = (loss: Double.infinity, exponent: 0.0, scale: 1.0)
    func attempt(_ exponent: Double) throws(CurvatureError) -> Double {
      let (loss, scale) = try loss(exponential(exponent * logarithm(4)))
      if loss < best.loss { best = (loss, exponent, scale) }
      return loss
    }
    for exponent in Self.exponents where try attempt(exponent) > best.loss + Self.clearlyWorse { break }
    guard best.loss.isFinite else { throw .notFinite("the prediction of the rows held back") }
    for width in Self.refinements {
      let centre = best.exponent
      for exponent in [centre + width, centre - width] { _ = try attempt(exponent) }
    }
    return (exponential(best.exponent * logarithm(4)), best.scale)
  }

  private func loss(_ factor: Double) throws(CurvatureError) -> (loss: Double, scale: Double) {
    let posterior = try posterior(factor)
    let predictive = posterior.predict(rows.inputs, threads: threads)
    guard learnsNoise, case .numbers(let forecast) = predictive.content,
      case .normal(let means, let noise, let function?) = forecast.components
    else { return (meanLoss(predictive), 1) }
    let (targets, count) = (rows.targets.elements, Double(rows.count))
    var (ratios, logarithms) = (0.0, 0.0)
    for place in targets.indices {
      let deviation = Double(targets[place]) - means.elements[place]
      let (own, spread) = (noise.elements[place], function.elements[place])
      let variance = own * own + spread * spread
      ratios += deviation * deviation / variance
      logarithms += logarithm(variance)
    }
    let scale = Double(targets.count) / max(ratios, 1e-300)
    let width = Double(targets.count) / count
    return (0.5 * width * (1 + logarithm(2 * Double.pi) - logarithm(scale)) + 0.5 * logarithms / count, scale)  // (2)
  }

  /// Equation (1).
  private func meanLoss(_ predictive: Predictive) -> Double {
    switch predictive.content {
    case .numbers(let forecast):
      let targets: DenseArray<Double> = rows.targets.converted()
      let densities = forecast.jointLogDensity(targets.reshaped([forecast.count, forecast.targetCount]))
      return -densities.reduce(0, +) / Double(densities.count)
    case .classes: return predictive.classes.negativeLogLikelihood(rows.targets.elements.map { Int($0) })
    }
  }
}
