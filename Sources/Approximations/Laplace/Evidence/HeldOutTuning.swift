//  HeldOutTuning.swift — precision and noise chosen by rows that training has held back.
//
//  Notation   δ  the precisions of the model's prior     α  a factor on them     F  the curvature of the training rows at θ*
//             f, r  outputs and residuals of the n held-out rows, D targets each     σ₀  the noise of θ*     s = σ₀²/σ²
//             v_α = diag J (F + α δ)⁻¹ Jᵀ
//
//  Equations  (1) loss(α) = −(1/n) Σ log p(yₙ | xₙ, D)
//             (2) normal with learned noise:  Λ = s (F + α δ), so that y ~ N(f, (σ₀² + v_α)/s);  1/s = (1/nD) Σ r²/(σ₀² + v_α),
//                 loss(α) = ½ [1 + log 2π − log s] D + (1/2n) Σ log(σ₀² + v_α)
//                 with the curvature sᵏ F of `FitTerms`:  Λ = sᵏ (F + α δ), so that y ~ N(f, V),  V = σ₀²/s + v_α/sᵏ;  s at the root of
//                 Σ (σ₀²/s + k v_α/sᵏ)/V (1 − r²/V)
//
//  Parameters that early stopping has chosen are no mode of the training rows: the marginal likelihood takes what is left of the
//  random start for what the data ask of the prior, finds far too small a δ, and with it far too wide a posterior, also where
//  F is exact [Antorán et al. 2022]. The rows that have chosen the epoch, and the noise of the point estimate, choose α and s
//  as well. For α → ∞ the posterior is the point, so that on these rows it predicts no worse than MAP; elsewhere it may, by
//  what few rows leave to chance.
//
//  A minimum of (1) over few rows is mostly chance, and often at α → ∞, where nothing of the doubt is left. So `narrowed` asks
//  less of them: it begins with the α that the evidence of the linearised network has chosen, and doubles it while
//
//             (3) the mean over rows of loss(α) − loss(∞) is above its standard error, and the sum above ¼
//
//  A quarter of a nat is odds of 5 to 4 in favour of the point: no evidence. On many rows it is next to nothing a row, on the dozen
//  that small tables hold back it keeps what a dozen rows that were all predicted well would take away.
//
//  Cost       some fifteen predictions of the held-out rows; two for (3) where the rows agree with the evidence.

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
  /// Of the training rows.
  let fit: FitTerms

  let threads: Int

  /// log₄ α of the first trials, from the narrowest posterior on, until one is clearly worse than the best; then between
  /// the best one and its neighbours.
  private static let exponents = (start: 14.0, end: -6.0)
  private static let refinements = [1, 0.5, 0.25]
  /// Unit: nats a row.
  private static let clearlyWorse = 0.05

  /// The α and s with the least loss; of equals, those of the narrowest posterior.
  func choice() throws(CurvatureError) -> (factor: Double, scale: Double) {
    var best = (loss: Double.infinity, exponent: 0.0, scale: 1.0)
    func attempt(_ exponent: Double) throws(CurvatureError) -> Double {
      let (loss, scale): (Double, Double)
      do {
        (loss, scale) = try self.loss(exponential(exponent * logarithm(4)))
      } catch  where error == .indefinite {
        // An exact Hessian asks for a prior that is narrow enough.
        return .infinity
      }
      if loss < best.loss { best = (loss, exponent, scale) }
      return loss
    }
    for exponent in stride(from: Self.exponents.start, through: Self.exponents.end, by: -2)
    where try attempt(exponent) > best.loss + Self.clearlyWorse { break }
    guard best.loss.isFinite else { throw .notFinite("the prediction of the rows held back") }
    for width in Self.refinements {
      let centre = best.exponent
      for exponent in [centre + width, centre - width] { _ = try attempt(exponent) }
    }
    return (exponential(best.exponent * logarithm(4)), best.scale)
  }

  /// The least α of α₀, 2 α₀, 4 α₀, … at which (3) does not hold, and its s.
  func narrowed(from factor: Double) throws(CurvatureError) -> (factor: Double, scale: Double) {
    let point = try losses(Self.narrowest)
    let count = Double(rows.count)
    var factor = factor
    while factor < Self.narrowest {
      let (own, scale) = try losses(factor)
      let excesses = zip(own, point.rows).map { $0 - $1 }
      let mean = excesses.reduce(0, +) / count
      let squares = excesses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let error = (squares / (count * max(count - 1, 1))).squareRoot()
      if mean <= max(error, Self.noEvidence / count) { return (factor, scale) }  // (3)
      factor *= 2
    }
    return (Self.narrowest, point.scale)
  }

  /// Unit: nats, summed over the rows.
  private static let noEvidence = 0.25
  private static let narrowest = exponential(exponents.start * logarithm(4))

  private func loss(_ factor: Double) throws(CurvatureError) -> (loss: Double, scale: Double) {
    let (rows, scale) = try losses(factor)
    return (rows.reduce(0, +) / Double(rows.count), scale)
  }

  /// The summands of (1), and s.
  private func losses(_ factor: Double) throws(CurvatureError) -> (rows: [Double], scale: Double) {
    let posterior = try posterior(factor)
    let predictive = posterior.predict(rows.inputs, threads: threads)
    guard learnsNoise, case .numbers(let forecast) = predictive.content,
      case .normal(let means, let noise, let function?) = forecast.components
    else { return (losses(of: predictive), 1) }
    let targets = rows.targets.elements
    let parts = targets.indices.map { place in
      let deviation = Double(targets[place]) - means.elements[place]
      let (noise, function) = (noise.elements[place], function.elements[place])
      return VariancePart(square: deviation * deviation, noise: noise * noise, function: function * function)
    }
    let scale = scale(parts)
    let width = targets.count / rows.count
    return (
      (0..<rows.count).map { row in
        parts[row * width..<(row + 1) * width].reduce(0) { sum, part in
          let variance = part.noise / scale + part.function / fit.curvatureScale(scale)
          return sum + 0.5 * (logarithm(2 * Double.pi * variance) + part.square / variance)
        }
      }, scale
    )
  }

  /// r², σ₀² and v_α.
  private struct VariancePart {
    let square: Double
    let noise: Double
    let function: Double
  }

  /// s of (2).
  private func scale(_ parts: [VariancePart]) -> Double {
    let squares = parts.reduce(0) { $0 + $1.square / ($1.noise + $1.function) }
    let closed = Double(parts.count) / max(squares, 1e-300)
    if fit.curvaturePower == 1 { return closed }
    func slope(_ logScale: Double) -> Double {
      let scale = exponential(logScale)
      return parts.reduce(0) { sum, part in
        let (noise, function) = (part.noise / scale, part.function / fit.curvatureScale(scale))
        let variance = noise + function
        return sum + (noise + Double(fit.curvaturePower) * function) / variance * (1 - part.square / variance)
      }
    }
    return exponential(RootBracket(from: logarithm(closed), limit: 23).root(of: slope))
  }

  /// The summands of (1) at the noise of the posterior.
  private func losses(of predictive: Predictive) -> [Double] {
    switch predictive.content {
    case .numbers(let forecast):
      let targets: DenseArray<Double> = rows.targets.converted()
      return forecast.jointLogDensity(targets.reshaped([forecast.count, forecast.targetCount])).map { -$0 }
    case .classes: return predictive.classes.negativeLogLikelihoods(rows.targets.elements.map { Int($0) })
    }
  }
}
