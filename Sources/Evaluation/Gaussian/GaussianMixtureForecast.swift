//  GaussianMixtureForecast.swift — predictions for N rows, each a mixture of one Gaussian a posterior draw.

public import Arrays

/// Predictions of one number for each of N rows, in the original unit of the target.
public struct GaussianMixtureForecast: Hashable, Sendable {
  /// The mixture for each row, S components each.
  public let rows: [GaussianMixture]

  /// Takes the mean and the standard deviation of the noise, given each draw. Shapes [S, N].
  ///
  /// Precondition: equal shapes of rank 2, S ≥ 1.
  public init(means: DenseArray<Double>, standardDeviations: DenseArray<Double>) {
    precondition(
      means.rank == 2 && means.shape == standardDeviations.shape && means.shape[0] > 0,
      "of S draws for N rows, means and deviations are [S, N], not \(means.shape) and \(standardDeviations.shape)")
    let (draws, count) = (means.shape[0], means.shape[1])
    rows = (0..<count).map { row in
      let places = (0..<draws).map { $0 * count + row }
      return GaussianMixture(
        means: places.map { means.elements[$0] }, standardDeviations: places.map { standardDeviations.elements[$0] })
    }
  }

  /// The number of rows, N.
  public var count: Int { rows.count }

  /// Pairs each row with its target. Precondition: N targets.
  func paired<Value>(with targets: [Double], _ value: (GaussianMixture, Double) -> Value) -> [Value] {
    precondition(targets.count == count, "\(count) predictions need as many targets, not \(targets.count)")
    return zip(rows, targets).map(value)
  }

  /// The probability below each target, F(y). Shape [N]. Uniform on [0, 1] where the forecast is calibrated.
  public func probabilityIntegralTransform(_ targets: [Double]) -> [Double] {
    paired(with: targets) { $0.cumulative($1) }
  }

  /// −log p(y) of each target. Shape [N]. Unit: nats.
  public func negativeLogLikelihood(_ targets: [Double]) -> [Double] { paired(with: targets) { -$0.logDensity($1) } }

  /// The CRPS of each target. Shape [N]. Unit: that of the target.
  public func continuousRankedProbabilityScore(_ targets: [Double]) -> [Double] {
    paired(with: targets) { $0.continuousRankedProbabilityScore($1) }
  }
}
