//  LinearisedEvidence.swift — log p(D) of the network linearised at parameters that need not be a mode.
//
//  Notation   θ₀ [P]  the parameters     m, δ  mean and precision of the model's prior     α  a factor on δ
//             L, R, n, s, k  of `FitTerms`     c = sᵏ     F, g  curvature and gradient of log p(D | θ) at θ₀
//             μ, E  eigenvalues and eigenvectors of δ^(−½) F δ^(−½)     ĝ = Eᵀ δ^(−½) g     ê = Eᵀ δ^½ (θ₀ − m)
//
//  Equations  (1) log p(D | θ) ≈ L(s) + Σ (s ĝ t − ½ c μ t²),  t = Eᵀ δ^½ (θ − θ₀)
//             (2) its optimum with the prior:  u = ê + t = (s ĝ + c μ ê) / (α + c μ);  u = 0 where μ = 0
//             (3) log p(D) ≈ L(s) + Σ (s ĝ t − ½ c μ t²) − ½ Σ [log(1 + c μ/α) + α u²]
//             (4) at the maximum  α = γ / Σ u²,  s = (n − k γ) / (R − Σ (2 ĝ t − k c/s μ t²)),  γ = Σ c μ / (α + c μ)
//                                                                                             [MacKay 1992]
//
//  Where training stops early, θ₀ still holds much of its random start, and a marginal likelihood that takes θ₀ for a mode takes
//  Σ δ (θ₀ − m)² for what the data ask of the prior. The network that is linear around θ₀ has an optimum of its own, (2), and
//  (3) is about that one; the network's prediction stays the centre [Antorán et al. 2022]. For normal noise and an exact F
//  (1) is an equation, otherwise a step of Newton's method. At a mode t = 0, and (3) is (1) of `MarginalLikelihood`.
//
//  Cost       a gradient and a rotation into the eigenvectors; then a pass over μ for each step towards (4).

import Curvatures

/// What the evidence of a linearised network needs to know of it: μ, ĝ and ê.
package struct WhitenedSpectrum: Hashable, Sendable {
  package var curvatures: [Double]
  package var slopes: [Double]
  package var offsets: [Double]

  package init(curvatures: [Double], slopes: [Double], offsets: [Double]) {
    // A direction without curvature has no part in anything but rounding.
    self.curvatures = curvatures.map { max($0, 0) }
    self.slopes = slopes
    self.offsets = offsets
  }
}

/// Equation (3).
package struct LinearisedEvidence: Sendable {
  package let spectrum: WhitenedSpectrum
  package let fit: FitTerms

  package init(_ spectrum: WhitenedSpectrum, fit: FitTerms) {
    self.spectrum = spectrum
    self.fit = fit
  }

  /// Sums over the directions at one α and s.
  private struct Sums {
    /// Σ ĝ t.
    var gain = 0.0
    /// Σ μ t².
    var loss = 0.0
    /// Σ u².
    var length = 0.0
    /// γ.
    var determined = 0.0
    /// Σ log(1 + c μ/α).
    var logarithms = 0.0
  }

  private func sums(factor: Double, scale: Double, withLogarithms: Bool) -> Sums {
    var sums = Sums()
    let curving = fit.curvatureScale(scale)
    for (place, curvature) in spectrum.curvatures.enumerated() where curvature > 0 {
      let (slope, offset) = (spectrum.slopes[place], spectrum.offsets[place])
      let sum = factor + curving * curvature
      let optimum = (scale * slope + curving * curvature * offset) / sum  // (2)
      let move = optimum - offset
      sums.gain += slope * move
      sums.loss += curvature * move * move
      sums.length += optimum * optimum
      sums.determined += curving * curvature / sum
      if withLogarithms { sums.logarithms += logarithm(1 + curving * curvature / factor) }
    }
    return sums
  }

  /// Equation (3) with the precisions of the prior multiplied by α. Unit: nats.
  package func callAsFunction(factor: Double, scale: Double = 1) -> Double {
    let sums = sums(factor: factor, scale: scale, withLogarithms: true)
    return fit.logLikelihood(scale: scale) + scale * sums.gain
      - 0.5 * (fit.curvatureScale(scale) * sums.loss + sums.logarithms + factor * sums.length)
  }

  /// The α and s of equation (4), each within e^±23.
  ///
  /// - Parameter tunesNoise: Whether s is chosen, too; otherwise it stays 1.
  package func maximiser(tunesNoise: Bool) -> (factor: Double, scale: Double) {
    var (logFactor, scale) = (0.0, 1.0)
    for _ in 0..<Self.steps {
      let sums = sums(factor: exponential(logFactor), scale: scale, withLogarithms: false)
      var moved = (logFactor: logFactor, scale: scale)
      moved.logFactor = logarithm(max(sums.determined, 1e-300) / max(sums.length, 1e-300))
      moved.logFactor = min(max(moved.logFactor, -Self.limit), Self.limit)
      if tunesNoise, let residuals = fit.residuals {
        let (count, power) = (Double(residuals.count), Double(fit.curvaturePower))
        // Kept away from what a perfect fit would make of it. With a curvature that is none of the residuals', as that of drawn
        // targets, the gain may be more than there is.
        let gain = 2 * sums.gain - power * fit.curvatureScale(scale) / scale * sums.loss
        let left = max(residuals.sum - gain, 0.01 * residuals.sum, 1e-300)
        moved.scale = max(count - power * sums.determined, 0.01 * count) / left
        // Where the curvature goes with s², a whole step overshoots: half of one, in the logarithm.
        if power > 1 { moved.scale = (scale * moved.scale).squareRoot() }
        moved.scale = min(max(moved.scale, exponential(-Self.limit)), exponential(Self.limit))
      }
      let change = max(abs(moved.logFactor - logFactor), abs(logarithm(moved.scale / scale)))
      (logFactor, scale) = moved
      if change < 1e-8 { break }
    }
    return (exponential(logFactor), scale)
  }

  private static let steps = 1000
  private static let limit = 23.0
}
