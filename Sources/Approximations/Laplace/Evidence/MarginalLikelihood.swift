//  MarginalLikelihood.swift — log p(D) of a Laplace approximation as a function of the prior's precision and of the noise.
//
//  Notation   L  log p(D | θ*) at the model's noise σ₀     R = Σ (y − f)²/σ₀²     n  residuals     s = σ₀²/σ²
//             αg  the factor of group g on the model's precisions     Pg its parameters     rg = Σ δ (Λ⁻¹)ᵢᵢ over it
//
//  Equations  (1) log p(D) ≈ L(s) − ½ [log det Λ − Σ log δ + Σ δ (θ* − m)²]           [MacKay 1992]
//             (2) L(s) = L + ½ R (1 − s) + ½ n log s                                for a Gaussian likelihood
//             (3) ∂/∂ log αg = −½ [rg − Pg + Σ δ (θ* − m)² over g]
//             (4) ∂/∂ log s  = ½ [n − s R − k (P − Σ rg)],  decreasing;  k of `FitTerms`, whose sᵏ F stands in Λ
//             (5) an element's own optimum, F diagonal:  t δ² + t λ δ − λ = 0 with t = (θ* − m)², λ = s F
//
//  All sums run over the P parameters that the curvature is about; of chosen ones the others are fixed at θ*.
//
//  (1) is maximised with θ* and F held fixed: one group by the root of (3) in the logarithm, several groups and the noise in
//  turn. Groups are independent where F is block diagonal; otherwise the turns are repeated.

import Arrays
package import Curvatures
import Probability

/// Equation (1) of one curvature at one mode.
package struct MarginalLikelihood<Spectrum: CurvatureSpectrum>: Sendable {
  package let spectrum: Spectrum
  package let fit: FitTerms
  package let deviations: SquaredDeviations

  /// - Parameters:
  ///   - mode: θ*, all of it.
  ///   - prior: For the slices and the means.
  package init(_ spectrum: Spectrum, fit: FitTerms, mode: [Double], prior: PriorPrecision) {
    self.spectrum = spectrum
    self.fit = fit
    deviations = prior.squaredDeviations(of: mode)
  }

  /// Equation (1). Unit: nats. Throws: `CurvatureError` when Λ is not positive definite.
  package func callAsFunction(_ prior: PriorPrecision, scale: Double = 1) throws(CurvatureError) -> Double {
    let terms = try terms(prior, scale: scale)
    let penalty = prior.penalties(deviations).reduce(0, +)
    return fit.logLikelihood(scale: scale)
      - 0.5 * (terms.logDeterminant - prior.sliceLogSums.reduce(0, +) + penalty)  // (1)
  }

  private func terms(_ prior: PriorPrecision, scale: Double) throws(CurvatureError) -> PrecisionTerms {
    try spectrum.terms(prior, scale: fit.curvatureScale(scale))
  }

  /// tr F (F + δ)⁻¹: how many parameters the data determine.
  package func effectiveParameters(_ prior: PriorPrecision, scale: Double = 1) throws(CurvatureError) -> Double {
    Double(prior.counts.reduce(0, +)) - (try terms(prior, scale: scale)).priorShares.reduce(0, +)
  }

  /// The maximiser of (1).
  ///
  /// - Parameter tunesNoise: Whether s is chosen, too; otherwise it stays 1.
  package func maximiser(
    _ tuning: PrecisionTuning, from prior: PriorPrecision, tunesNoise: Bool
  ) throws(CurvatureError) -> (prior: PriorPrecision, scale: Double) {
    var (prior, scale) = (prior, 1.0)
    let groups = Self.groups(tuning, prior.slices)
    let turns = tunesNoise || groups.count > 1 ? 200 : 1
    for _ in 0..<turns {
      let (before, scaleBefore) = (prior.bySlice, scale)
      if tuning == .perParameter {
        prior.byElement = try ownOptima(prior, scale: scale)
      } else {
        for group in groups { try optimise(group, of: &prior, scale: scale) }
      }
      if tunesNoise, let residuals = fit.residuals {
        scale = try noiseOptimum(residuals, prior, from: scale)
      }
      let moves = zip(before, prior.bySlice).map { abs(logarithm($1 / $0)) } + [abs(logarithm(scale / scaleBefore))]
      if (moves.max() ?? 0) < 1e-10 { break }
    }
    return (prior, scale)
  }

  /// Equation (4) at zero, kept away from what a perfect fit would make of it.
  private func noiseOptimum(
    _ residuals: (sum: Double, count: Int), _ prior: PriorPrecision, from scale: Double
  ) throws(CurvatureError) -> Double {
    let (count, sum) = (Double(residuals.count), max(residuals.sum, 1e-300))
    func left(_ scale: Double) throws(CurvatureError) -> Double {
      max(count - Double(fit.curvaturePower) * (try effectiveParameters(prior, scale: scale)), 0.01 * count)
    }
    // Where the curvature goes with s², its own s would overshoot.
    guard fit.curvaturePower > 1 else { return try left(scale) / sum }
    let root = try RootBracket(from: logarithm(scale), limit: 46).root { logScale throws(CurvatureError) in
      try left(exponential(logScale)) - exponential(logScale) * sum
    }
    return exponential(root)
  }

  private static func groups(_ tuning: PrecisionTuning, _ slices: [ParameterSlice]) -> [[Int]] {
    switch tuning {
    case .fixed, .perParameter, .duringTraining: []
    case .shared, .heldOut, .linearised: [Array(slices.indices)]
    case .perLayer: layers(slices)
    }
  }

  /// The slices of each layer.
  private static func layers(_ slices: [ParameterSlice]) -> [[Int]] {
    Dictionary(grouping: slices.indices) { index in
      slices[index].name.split(separator: ".").dropLast().joined(separator: ".")
    }.values.sorted { $0[0] < $1[0] }
  }

  /// Equations (3), for each layer or for all parameters together, and P − Σ rg of equation (4).
  package func slopes(
    _ prior: PriorPrecision, scale: Double, byLayer: Bool
  ) throws(CurvatureError) -> (groups: [(slices: [Int], slope: Double)], determined: Double) {
    let shares = try terms(prior, scale: scale).priorShares
    let penalties = prior.penalties(deviations)
    let counts = prior.counts.map { Double($0) }
    let groups = Self.groups(byLayer ? .perLayer : .shared, prior.slices).map { group in
      (slices: group, slope: 0.5 * group.reduce(0) { $0 + counts[$1] - shares[$1] - penalties[$1] })  // (3)
    }
    return (groups, zip(counts, shares).reduce(0) { $0 + $1.0 - $1.1 })
  }

  /// Equation (3) at zero, uphill from where the group is, by factors from e⁻²³ to e²³ at most.
  private func optimise(_ group: [Int], of prior: inout PriorPrecision, scale: Double) throws(CurvatureError) {
    let start = prior.bySlice
    let count = Double(group.reduce(0) { $0 + prior.counts[$1] })
    func slope(_ logFactor: Double) throws(CurvatureError) -> Double {
      var moved = prior
      for index in group { moved.bySlice[index] = start[index] * exponential(logFactor) }
      let shares = try terms(moved, scale: scale).priorShares
      let penalties = moved.penalties(deviations)
      return count - group.reduce(0) { $0 + shares[$1] + penalties[$1] }
    }
    let best = try RootBracket(from: 0, limit: 23).root(of: slope)
    for index in group { prior.bySlice[index] = start[index] * exponential(best) }
  }

  /// Equation (5), within a factor of 10⁶ of the precision of the slice.
  private func ownOptima(_ prior: PriorPrecision, scale: Double) throws(CurvatureError) -> [Double] {
    guard let curvature = spectrum.diagonal else {
      throw .unsupported("a precision for each parameter needs a diagonal curvature; tune one, or one for each layer")
    }
    var optima: [Double] = []
    var place = 0
    for (slice, precision) in zip(prior.slices, prior.bySlice) {
      for _ in 0..<slice.shape.count {
        let (square, own) = (deviations.squares[place], fit.curvatureScale(scale) * curvature[place])
        let product = square * own
        let root = (product * product + 4 * product).squareRoot()
        // 2λ / (tλ + √(t²λ² + 4tλ)): the positive root, without cancellation.
        let optimum = own > 0 ? 2 * own / (product + root) : 0
        optima.append(min(max(optimum, 1e-6 * precision), 1e6 * precision))
        place += 1
      }
    }
    return optima
  }
}
