//  LinearPrediction.swift — Gaussian predictions of a linear model.

/// A Gaussian for each row.
public struct LinearPrediction: Hashable, Sendable {
  /// Shape [N].
  public let means: [Double]
  /// The variance of φᵀw: what is not known of the weights. Shape [N].
  public let latentVariances: [Double]
  /// 1/β.
  public let noiseVariance: Double

  /// Of a new observation. Shape [N].
  public var variances: [Double] { latentVariances.map { $0 + noiseVariance } }

  /// The distribution of a new observation at each row. Shape [N].
  public var distributions: [NormalDistribution] {
    zip(means, variances).map { NormalDistribution(mean: $0, variance: $1) }
  }
}
