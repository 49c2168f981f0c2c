//  KnownTarget.swift — densities of which the truth is known, as a user would write them.

import Arrays
import Foundation
import Probability
import Programs
import Testing

/// A density, and quantities of which moments and quantiles are known.
struct KnownTarget: Sendable {
  struct Quantity: Sendable {
    let name: String
    let value: @Sendable ([Double]) -> Double
    /// `nil` where it is not known, or dominated by rare draws.
    let mean, standardDeviation: Double?
    var meanError = 0.0
    var standardDeviationError = 0.0
    var quantiles: [Quantile] = []
  }

  /// The value below which a quantity lies with a probability of `level`, and its Monte Carlo standard error where it is of draws.
  struct Quantile: Sendable {
    let level, value: Double
    var error = 0.0

    static func exact(_ levels: [Double]?, _ values: [Double]?) -> [Quantile] {
      zip(levels ?? [], values ?? []).map { Quantile(level: $0, value: $1) }
    }
  }

  let density: LogDensity
  let quantities: [Quantity]

  /// The sum of log N(x; m, s²) over the elements.
  static func normal(_ x: Tensor, _ mean: Tensor, sd: Tensor) -> Tensor {
    let z = (x - mean) / sd
    return ((z.squared + log(2 * Double.pi)) * -0.5 - log(sd)).sum()
  }

  static func normal(_ x: Tensor, mean: Double = 0, sd: Double) -> Tensor {
    normal(x, .constant(mean), sd: .constant(sd))
  }

  private static func coordinates(_ moments: TargetReference.Moments) -> [Quantity] {
    moments.mean.indices.map { index in
      Quantity(
        name: "x\(index)", value: { $0[index] }, mean: moments.mean[index], standardDeviation: moments.sd[index],
        meanError: moments.mcseMean?[index] ?? 0, standardDeviationError: moments.mcseSd?[index] ?? 0,
        quantiles: quantiles(moments, index))
    }
  }

  /// The quantiles of one quantity; none where the reference has none.
  private static func quantiles(_ moments: TargetReference.Moments, _ index: Int) -> [Quantile] {
    guard let levels = moments.quantileLevels, let values = moments.quantiles?[index] else { return [] }
    let errors = moments.mcseQuantiles?[index] ?? levels.map { _ in 0 }
    return levels.indices.map { Quantile(level: levels[$0], value: values[$0], error: errors[$0]) }
  }

  static let names = [
    "eight_schools_noncentred", "logistic_regression", "banana", "correlated_gaussian", "tiny_bnn", "neals_funnel",
    "gaussian_mixture_2d",
  ]

  static func named(_ name: String) throws -> KnownTarget {
    let reference = try TargetReference.named(name)
    switch name {
    case "eight_schools_noncentred": return try eightSchools(reference)
    case "logistic_regression": return try logisticRegression(reference)
    case "banana": return try banana(reference)
    case "correlated_gaussian": return try correlatedGaussian(reference)
    case "tiny_bnn": return try network(reference)
    case "neals_funnel": return funnel(reference)
    default: return try mixture(reference)
    }
  }

  /// The parameters of eight schools.
  static let schoolSpace = ParameterSpace([
    Parameter("mu"), Parameter("tau", .positive), Parameter("theta", shape: [8]),
  ])

  private static func schoolPrior(_ p: ParameterValues) -> Tensor {
    let scale = log(2 / (Double.pi * 5)) - log1p((p["tau"] / 5).squared)
    return normal(p["mu"], sd: 5) + scale + normal(p["theta"], sd: 1)
  }

  private static func schoolLikelihood(_ p: ParameterValues, _ y: Tensor, _ sigma: Tensor) -> Tensor {
    normal(y, p["mu"] + p["tau"] * p["theta"], sd: sigma)
  }

  /// Prior and likelihood by themselves, of (μ, log τ, θ).
  static func eightSchoolsApart(
    _ reference: TargetReference
  ) throws -> (prior: LogDensity, likelihood: LogDensity) {
    let y = DenseArray(try #require(reference.data.y))
    let sigma = DenseArray(try #require(reference.data.sigma))
    return (
      schoolSpace.logDensity { schoolPrior($0) },
      schoolSpace.logLikelihood { schoolLikelihood($0, .constant(y), .constant(sigma)) }
    )
  }

  /// - Parameter withJacobian: False makes the density of (μ, τ) one of (μ, log τ), which is wrong.
  static func eightSchools(_ reference: TargetReference, withJacobian: Bool = true) throws -> KnownTarget {
    let y = DenseArray(try #require(reference.data.y))
    let sigma = DenseArray(try #require(reference.data.sigma))
    let density = schoolSpace.logDensity { p in
      let density = schoolPrior(p) + schoolLikelihood(p, .constant(y), .constant(sigma))
      return withJacobian ? density : density - log(p["tau"])
    }
    // Moments by quadrature; quantiles by quadrature for τ, and from draws for the others.
    let exact = try #require(reference.exact)
    let draws = try #require(reference.reference)
    var quantities = [
      Quantity(
        name: "mu", value: { $0[0] }, mean: exact.mean[0], standardDeviation: exact.sd[0],
        quantiles: quantiles(draws, 0)),
      Quantity(
        name: "tau", value: { exp($0[1]) }, mean: exact.mean[1], standardDeviation: exact.sd[1],
        quantiles: Quantile.exact(exact.tauQuantiles?.levels, exact.tauQuantiles?.values)),
    ]
    for school in 0..<8 {
      quantities.append(
        Quantity(
          name: "theta\(school)", value: { $0[0] + exp($0[1]) * $0[2 + school] }, mean: exact.mean[2 + school],
          standardDeviation: exact.sd[2 + school], quantiles: quantiles(draws, 2 + school)))
    }
    return KnownTarget(density: density, quantities: quantities)
  }

  private static func logisticRegression(_ reference: TargetReference) throws -> KnownTarget {
    let x = DenseArray(rows: try #require(reference.data.design))
    let y = DenseArray(try #require(reference.data.y))
    let density = LogDensity(dimension: 4) { b in
      let logits = matmul(.constant(x), b.reshaped([4, 1])).reshaped([x.shape[0]])
      return (.constant(y) * logits - softplus(logits)).sum() + normal(b, sd: 2)
    }
    return KnownTarget(density: density, quantities: coordinates(try #require(reference.reference)))
  }

  private static func banana(_ reference: TargetReference) throws -> KnownTarget {
    let density = LogDensity(dimension: 2) { x in
      let (a, b) = (x.slice(axis: 0, 0..<1), x.slice(axis: 0, 1..<2))
      return normal(a, sd: 10) + normal(b, (a.squared - 100) * -0.1, sd: .constant(1))
    }
    let exact = try #require(reference.exact)
    var quantities = coordinates(exact)
    quantities[0].quantiles = Quantile.exact(exact.quantileLevels, exact.x1Quantiles)
    quantities[1].quantiles = Quantile.exact(exact.quantileLevels, exact.x2Quantiles)
    return KnownTarget(density: density, quantities: quantities)
  }

  private static func correlatedGaussian(_ reference: TargetReference) throws -> KnownTarget {
    let (mean, sd) = (try #require(reference.data.mean), try #require(reference.data.sd))
    let rho = try #require(reference.data.rho)
    // With z = (x − m)/sd: z₁ ~ N(0, 1), zᵢ | zᵢ₋₁ ~ N(ρ zᵢ₋₁, 1 − ρ²).
    let density = LogDensity(dimension: 50) { x in
      let z = (x - .constant(DenseArray(mean))) / .constant(DenseArray(sd))
      let (before, after) = (z.slice(axis: 0, 0..<49), z.slice(axis: 0, 1..<50))
      return normal(z.slice(axis: 0, 0..<1), sd: 1)
        + normal(after, before * rho, sd: .constant((1 - rho * rho).squareRoot()))
        - sd.reduce(0) { $0 + log($1) }
    }
    return KnownTarget(density: density, quantities: coordinates(try #require(reference.exact)))
  }

  private static func network(_ reference: TargetReference) throws -> KnownTarget {
    let (x, y) = (try #require(reference.data.x), try #require(reference.data.y))
    let noise = try #require(reference.data.noiseSd)
    let density = LogDensity(dimension: 16) { theta in
      func part(_ start: Int, _ count: Int) -> Tensor { theta.slice(axis: 0, start..<start + count) }
      let inputs = Tensor.constant(DenseArray(x, shape: [x.count, 1]))
      let hidden = tanh(matmul(inputs, part(0, 5).reshaped([1, 5])) + part(5, 5))
      let outputs = matmul(hidden, part(10, 5).reshaped([5, 1])).reshaped([x.count]) + part(15, 1)
      return normal(.constant(DenseArray(y)), outputs, sd: .constant(noise)) + normal(theta, sd: 1)
    }
    let grid = try #require(reference.data.xGrid)
    let moments = try #require(reference.reference)
    let function: @Sendable ([Double], Double) -> Double = { w, x in
      (0..<5).reduce(w[15]) { $0 + w[10 + $1] * tanh(w[$1] * x + w[5 + $1]) }
    }
    var quantities = grid.indices.map { index in
      Quantity(
        name: "f(\(grid[index]))", value: { function($0, grid[index]) }, mean: moments.mean[index],
        standardDeviation: moments.sd[index], meanError: moments.mcseMean?[index] ?? 0,
        standardDeviationError: moments.mcseSd?[index] ?? 0,
        // Neighbours on the grid say the same.
        quantiles: index % 6 == 0 ? quantiles(moments, index) : [])
    }
    let logDensity = try #require(reference.referenceLogDensity)
    quantities.append(
      Quantity(
        name: "log p",
        value: { w in
          let misfit = zip(x, y).reduce(0) { $0 + pow(($1.1 - function(w, $1.0)) / noise, 2) }
          let size = w.reduce(0) { $0 + $1 * $1 }
          return -0.5 * (misfit + size + Double(x.count + w.count) * log(2 * .pi)) - Double(x.count) * log(noise)
        }, mean: logDensity.mean[0], standardDeviation: logDensity.sd[0], meanError: logDensity.mcseMean?[0] ?? 0,
        standardDeviationError: logDensity.mcseSd?[0] ?? 0, quantiles: quantiles(logDensity, 0)))
    return KnownTarget(density: density, quantities: quantities)
  }

  /// The scales of x are dominated by rare draws: tested are v, the quantiles of x, and whether |x| is below its quartile.
  private static func funnel(_ reference: TargetReference) -> KnownTarget {
    let density = LogDensity(dimension: 3) { x in
      let (v, rest) = (x.slice(axis: 0, 0..<1), x.slice(axis: 0, 1..<3))
      return normal(v, sd: 3) + normal(rest, .constant(0), sd: exp(v * 0.5))
    }
    let quartile = reference.exact?.xQuantiles?[3] ?? .nan
    // About a half √(p (1 − p)) is 1/2 − (p − 1/2)²: flat, so that its error is no normal one. Where p is off by four errors of 200
    // effective draws it is off by 0.02, which is four times what stands here.
    let inside: @Sendable (Int) -> Quantity = { index in
      Quantity(
        name: "|x\(index)| < q", value: { abs($0[index]) < quartile ? 1 : 0 }, mean: 0.5, standardDeviation: 0.5,
        standardDeviationError: 0.005)
    }
    let (levels, exact) = (reference.exact?.quantileLevels, reference.exact)
    let narrow: @Sendable (Int) -> Quantity = { index in
      Quantity(
        name: "x\(index)", value: { $0[index] }, mean: nil, standardDeviation: nil,
        quantiles: Quantile.exact(levels, exact?.xQuantiles))
    }
    return KnownTarget(
      density: density,
      quantities: [
        Quantity(
          name: "v", value: { $0[0] }, mean: 0, standardDeviation: 3,
          quantiles: Quantile.exact(levels, exact?.vQuantiles)), inside(1), inside(2), narrow(1), narrow(2),
      ])
  }

  private static func mixture(_ reference: TargetReference) throws -> KnownTarget {
    let data = reference.data
    let weight = try #require(data.weight)
    let parts = [
      (log(weight), try #require(data.mean0), try #require(data.cov0)),
      (log1p(-weight), try #require(data.mean1), try #require(data.cov1)),
    ]
    let density = LogDensity(dimension: 2) { x in
      let terms = parts.map { logWeight, mean, cov in
        let determinant = cov[0][0] * cov[1][1] - cov[0][1] * cov[1][0]
        let (a, b) = (x.slice(axis: 0, 0..<1) - mean[0], x.slice(axis: 0, 1..<2) - mean[1])
        let square = a.squared * cov[1][1] - a * b * (2 * cov[0][1]) + b.squared * cov[0][0]
        return square * (-0.5 / determinant) + (logWeight - log(2 * Double.pi) - 0.5 * log(determinant))
      }
      return concatenate(terms, axis: 0).reshaped([1, 2]).logSumExp().reshaped(.scalar)
    }
    let exact = try #require(reference.exact)
    let cross = try #require(exact.cov)[0][1] + exact.mean[0] * exact.mean[1]
    // The probability that x is of the first part is log-odds of two normal densities.
    let first: @Sendable ([Double]) -> Double = { x in
      let logs = parts.map { logWeight, mean, cov in
        let determinant = cov[0][0] * cov[1][1] - cov[0][1] * cov[1][0]
        let (a, b) = (x[0] - mean[0], x[1] - mean[1])
        let square = (a * a * cov[1][1] - 2 * a * b * cov[0][1] + b * b * cov[0][0]) / determinant
        return logWeight - 0.5 * (square + log(determinant))
      }
      return 1 / (1 + exp(logs[1] - logs[0]))
    }
    return KnownTarget(
      density: density,
      quantities: coordinates(exact) + [
        Quantity(name: "x0 x1", value: { $0[0] * $0[1] }, mean: cross, standardDeviation: nil),
        Quantity(name: "of the first part", value: first, mean: exact.massOfComponent0, standardDeviation: nil),
      ])
  }
}
