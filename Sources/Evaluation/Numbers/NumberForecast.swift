//  NumberForecast.swift — predictions of D numbers for each of N rows: a distribution for each of S posterior draws.
//
//  Given a draw, the targets of a row are independent; what the draws disagree on makes them depend on each other:
//
//    (1) p(y) = 1/S Σₛ Πₐ p(yₐ | draw s),  a = 1…D

public import Arrays

/// Predictions of numbers, in the unit of the targets.
public struct NumberForecast: Hashable, Sendable {
  /// The distribution of a target given a draw. All shapes [S, N, D].
  public enum Components: Hashable, Sendable {
    /// Normal. `functionDeviations` is the uncertainty that a single draw has of its mean, where it has one, as
    /// Gaussian processes and linearised networks do: the variance is noise² + function².
    case normal(
      means: DenseArray<Double>, noiseDeviations: DenseArray<Double>, functionDeviations: DenseArray<Double>?)
    /// Student's t around a location.
    case studentT(degreesOfFreedom: Double, locations: DenseArray<Double>, scales: DenseArray<Double>)
    /// Counts.
    case poisson(rates: DenseArray<Double>)
  }

  public let components: Components

  /// Precondition: equal shapes of rank 3, S ≥ 1, D ≥ 1; degrees of freedom > 0; no deviation, scale or rate is negative.
  public init(_ components: Components) {
    self.components = components
    let shape = shape
    precondition(
      components.arrays.allSatisfy { $0.shape == shape } && shape.rank == 3 && shape[0] >= 1 && shape[2] >= 1,
      "the distributions of D targets for N rows by S draws are [S, N, D], not \(components.arrays.map(\.shape))")
  }

  /// Normal distributions of one target. Shapes [S, N].
  public init(means: DenseArray<Double>, standardDeviations: DenseArray<Double>) {
    precondition(
      means.rank == 2 && means.shape == standardDeviations.shape,
      "of S draws for N rows, means and deviations are [S, N], not \(means.shape) and \(standardDeviations.shape)")
    let shape: Shape = [means.shape[0], means.shape[1], 1]
    self.init(
      .normal(
        means: means.reshaped(shape), noiseDeviations: standardDeviations.reshaped(shape), functionDeviations: nil))
  }

  private var shape: Shape { components.arrays[0].shape }

  /// The number of draws, S.
  public var drawCount: Int { shape[0] }
  /// The number of rows, N.
  public var count: Int { shape[1] }
  /// The number of targets of a row, D.
  public var targetCount: Int { shape[2] }

  /// The distribution of each row. Precondition: D = 1; otherwise choose a `target`.
  public var rows: [any NumberDistribution] {
    precondition(targetCount == 1, "a distribution of one number was asked of a forecast of \(targetCount)")
    return (0..<count).map { distribution(row: $0, target: 0) }
  }

  /// The marginal of one target. Precondition: index < D.
  public func target(_ index: Int) -> NumberForecast {
    precondition(index >= 0 && index < targetCount, "target \(index) of \(targetCount)")
    let (stride, shape) = (targetCount, Shape([drawCount, count, 1]))
    return NumberForecast(
      components.mapped { array in
        DenseArray((0..<shape.count).map { array.elements[$0 * stride + index] }, shape: shape)
      })
  }

  /// The marginal distribution of one number.
  private func distribution(row: Int, target: Int) -> any NumberDistribution {
    let (stride, first) = (count * targetCount, row * targetCount + target)
    func draws(_ array: DenseArray<Double>) -> [Double] {
      (0..<drawCount).map { array.elements[$0 * stride + first] }
    }
    switch components {
    case .normal(let means, let noise, nil):
      return GaussianMixture(means: draws(means), standardDeviations: draws(noise))
    case .normal(let means, let noise, let function?):
      return GaussianMixture(
        means: draws(means), noiseDeviations: draws(noise), functionDeviations: draws(function))
    case .studentT(let degrees, let locations, let scales):
      return StudentTMixture(degreesOfFreedom: degrees, locations: draws(locations), scales: draws(scales))
    case .poisson(let rates): return PoissonMixture(rates: draws(rates))
    }
  }
}

extension NumberForecast.Components {
  var arrays: [DenseArray<Double>] {
    switch self {
    case .normal(let means, let noise, let function): [means, noise] + (function.map { [$0] } ?? [])
    case .studentT(_, let locations, let scales): [locations, scales]
    case .poisson(let rates): [rates]
    }
  }

  func mapped(_ change: (DenseArray<Double>) -> DenseArray<Double>) -> Self {
    switch self {
    case .normal(let means, let noise, let function):
      .normal(means: change(means), noiseDeviations: change(noise), functionDeviations: function.map(change))
    case .studentT(let degrees, let locations, let scales):
      .studentT(degreesOfFreedom: degrees, locations: change(locations), scales: change(scales))
    case .poisson(let rates): .poisson(rates: change(rates))
    }
  }
}
