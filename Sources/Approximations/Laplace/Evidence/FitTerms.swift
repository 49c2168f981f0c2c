//  FitTerms.swift — the log likelihood at the mode, as a function of the noise.
//
//  Notation   L  log p(D | θ*) at the model's noise σ₀     R = Σ (y − f)²/σ₀²     n  residuals     s = σ₀²/σ²
//
//  Equation   L(s) = L + ½ R (1 − s) + ½ n log s

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

  package init(logLikelihood: Double, residuals: (sum: Double, count: Int)? = nil) {
    self.logLikelihood = logLikelihood
    self.residuals = residuals
  }

  package static func == (a: FitTerms, b: FitTerms) -> Bool {
    a.logLikelihood == b.logLikelihood && a.residuals?.sum == b.residuals?.sum
      && a.residuals?.count == b.residuals?.count
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(logLikelihood) }

  /// The log likelihood with the curvature scaled by s = σ₀²/σ².
  package func logLikelihood(scale: Double) -> Double {
    guard let residuals else { return logLikelihood }
    return logLikelihood + 0.5 * residuals.sum * (1 - scale) + 0.5 * Double(residuals.count) * logarithm(scale)
  }
}

extension FitTerms {
  /// The log likelihood of the data, and its residuals where the noise is a number of its own.
  package init<Element: Scalar>(
    of point: CurvaturePoint<Element>, run: CurvatureRun
  ) throws(CurvatureError) {
    let likelihood = point.model.likelihood
    let hasResiduals = likelihood.hasResiduals
    let pass = try DataPass(point, rows: 256, run: run) { trace in
      let logNoise = trace.model.logNoise(trace.parameters)
      let density = likelihood.logDensity(outputs: trace.outputs, targets: trace.targets, logNoise: logNoise)
      guard hasResiduals else { return [density] }
      let scale = likelihood.scale(outputs: trace.outputs, logNoise: logNoise)
      let deviations = (trace.targets.reshaped(trace.outputs.shape) - trace.outputs) / scale
      return [density, deviations.squared.sum(axes: [1])]
    }
    var sums = [0.0, 0.0]
    try pass.forEachBatch { buffers, _ in
      for (index, buffer) in buffers.enumerated() { sums[index] += buffer.reduce(0) { $0 + Double($1) } }
    }
    let count = point.count * point.model.targetCount
    self.init(
      logLikelihood: sums[0],
      residuals: hasResiduals ? (sums[1], count) : nil)
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
