//  FitTerms.swift — the log likelihood at the mode, and its curvature, as functions of the noise.
//
//  Notation   L  log p(D | θ*) at the model's noise σ₀     R = Σ (y − f)²/σ₀²     n  residuals     s = σ₀²/σ²
//
//  Equations  (1) L(s) = L + ½ R (1 − s) + ½ n log s
//             (2) of several targets, each with a noise of its own, R = Σ R_d
//             (3) F(s) = sᵏ F:  k = 1, and 2 for the squared gradients r²/σ⁴ J Jᵀ of the empirical Fisher matrix

package import Arrays
package import Curvatures
import Networks
import Probability
import Programs

/// How well parameters fit the data, as a function of the noise.
package struct FitTerms: Hashable, Sendable {
  /// log p(D | θ*). Unit: nats.
  package var logLikelihood: Double
  /// R and n where the likelihood is Gaussian with noise of its own, otherwise `nil`.
  package var residuals: (sum: Double, count: Int)?

  /// R_d of each target where there are residuals, otherwise empty.
  package var residualsByTarget: [Double]

  /// k.
  package var curvaturePower: Int

  package init(
    logLikelihood: Double, residuals: (sum: Double, count: Int)? = nil, residualsByTarget: [Double] = [],
    curvature: Curvature = .gaussNewton
  ) {
    self.logLikelihood = logLikelihood
    self.residuals = residuals
    self.residualsByTarget = residualsByTarget
    curvaturePower = curvature == .empiricalFisher ? 2 : 1
  }

  package static func == (a: FitTerms, b: FitTerms) -> Bool {
    a.logLikelihood == b.logLikelihood && a.residuals?.sum == b.residuals?.sum
      && a.residuals?.count == b.residuals?.count && a.residualsByTarget == b.residualsByTarget
      && a.curvaturePower == b.curvaturePower
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(logLikelihood) }

  /// sᵏ, equation (3).
  package func curvatureScale(_ scale: Double) -> Double { curvaturePower == 1 ? scale : scale * scale }

  /// The log likelihood at the noise of s = σ₀²/σ².
  package func logLikelihood(scale: Double) -> Double {
    guard let residuals else { return logLikelihood }
    return logLikelihood + 0.5 * residuals.sum * (1 - scale) + 0.5 * Double(residuals.count) * logarithm(scale)
  }
}

extension FitTerms {
  /// The log likelihood of the data, and its residuals where the noise is a number of its own.
  package init<Element: Scalar>(
    of point: CurvaturePoint<Element>, curvature: Curvature = .gaussNewton, run: CurvatureRun
  ) throws(CurvatureError) {
    let likelihood = point.model.likelihood
    let hasResiduals = likelihood.hasResiduals
    let pass = try DataPass(point, rows: 256, run: run) { trace in
      let logNoise = trace.model.logNoise(trace.parameters)
      let density = likelihood.logDensity(outputs: trace.outputs, targets: trace.targets, logNoise: logNoise)
      guard hasResiduals else { return [density] }
      let scale = likelihood.scale(outputs: trace.outputs, logNoise: logNoise)
      let deviations = (trace.targets.reshaped(trace.outputs.shape) - trace.outputs) / scale
      return [density, deviations.squared]
    }
    let targets = point.model.targetCount
    var logLikelihood = 0.0
    var residuals = [Double](repeating: 0, count: hasResiduals ? targets : 0)
    try pass.forEachBatch { buffers, _ in
      logLikelihood += buffers[0].reduce(0) { $0 + Double($1) }
      guard hasResiduals else { return }
      for (place, square) in buffers[1].enumerated() { residuals[place % targets] += Double(square) }
    }
    self.init(
      logLikelihood: logLikelihood,
      residuals: hasResiduals ? (residuals.reduce(0, +), point.count * targets) : nil,
      residualsByTarget: residuals, curvature: curvature)
  }
}

extension Likelihood {
  /// Whether the log likelihood depends on its noise by the equation above: the evidence chooses the noise of Gaussian likelihoods
  /// only. That of others, a Student-t's, is a parameter that is trained to its mode.
  var hasResiduals: Bool {
    guard case .gaussian(let noise) = family else { return false }
    return noise != .perInput && temperature == 1
  }
}

/// ∇ log p(D | θ), over some slices. Unit: nats per unit of the parameter.
func logLikelihoodGradient<Element: Scalar>(
  at point: CurvaturePoint<Element>, slices: [ParameterSlice], run: CurvatureRun
) throws(CurvatureError) -> [Double] {
  let likelihood = point.model.likelihood
  let pass = try DataPass(point, rows: 256, run: run) { trace in
    let density = likelihood.logDensity(
      outputs: trace.outputs, targets: trace.targets, logNoise: trace.model.logNoise(trace.parameters))
    return [gradient(of: density.sum(), withRespectTo: trace.parameters)]
  }
  var sums = [Double](repeating: 0, count: point.parameters.count)
  try pass.forEachBatch { buffers, _ in
    for (place, value) in buffers[0].enumerated() { sums[place] += Double(value) }
  }
  return slices.flatMap { sums[$0.range] }
}
