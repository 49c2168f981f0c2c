//  Predictive.swift — the predictive distribution of every posterior, with its uncertainty taken apart.
//
//  Notation   S draws θₛ,  N inputs,  mₛ and σₛ the mean and standard deviation of y given θₛ,  p the class probabilities
//
//  Equations  (1) mean        m̄ = (1/S) Σ mₛ
//             (2) epistemic   (1/S) Σ (mₛ − m̄)²           what more data would take away
//             (3) aleatoric   (1/S) Σ σₛ²                  what it would not
//             (4) variance    (2) + (3)                                        [the law of total variance]
//             (5) entropy     H[(1/S) Σ pₛ]                in nats
//             (6) mutual information   (5) − (1/S) Σ H[pₛ]                      [Houlsby 2011]

public import Arrays
public import Evaluation

/// What a posterior says of new targets.
public struct Predictive: Sendable {
  public enum Content: Sendable {
    /// A mixture of normals with equal weights for each input and target. Shapes [S, N, D]. Under a likelihood that is
    /// not normal (Student-t, Poisson) each normal has the mean and the standard deviation of that likelihood.
    case numbers(means: DenseArray<Double>, standardDeviations: DenseArray<Double>)
    /// Class probabilities of each draw. Shape [S, N, C]. With several labels of zero or one an input, each label is a row
    /// of its own with C = 2: the labels of the first input, then those of the second.
    case classes(probabilities: DenseArray<Double>)
  }

  public let content: Content

  public init(_ content: Content) { self.content = content }

  /// N.
  public var count: Int {
    switch content {
    case .numbers(let means, _): means.shape[1]
    case .classes(let probabilities): probabilities.shape[1]
    }
  }
}

/// Predictions of numbers. Precondition of each: the predictive is one of numbers, of a single target.
extension Predictive {
  /// The mixture of normals at each input, for scores and quantiles.
  public var mixture: GaussianMixtureForecast {
    guard case .numbers(let means, let deviations) = content, means.shape[2] == 1 else {
      preconditionFailure("a predictive of one number was asked of one with another content")
    }
    let shape: Shape = [means.shape[0], means.shape[1]]
    return GaussianMixtureForecast(means: means.reshaped(shape), standardDeviations: deviations.reshaped(shape))
  }

  /// Equation (1). N numbers, in the unit of the targets.
  public var mean: [Double] { mixture.rows.map(\.mean) }

  /// The square root of equation (4). N numbers, in the unit of the targets.
  public var standardDeviation: [Double] {
    mixture.rows.map(\.standardDeviation)
  }

  /// The square root of equation (2). N numbers, in the unit of the targets.
  public var epistemic: [Double] { mixture.rows.map { $0.epistemicVariance.squareRoot() } }

  /// The square root of equation (3). N numbers, in the unit of the targets.
  public var aleatoric: [Double] { mixture.rows.map { $0.aleatoricVariance.squareRoot() } }

  /// The central interval that holds the target with probability `level`, by quantiles of the mixture.
  ///
  /// Precondition: 0 < level < 1.
  public func interval(_ level: Double) -> [(lower: Double, upper: Double)] {
    mixture.rows.map { $0.interval(level) }
  }

  /// The same predictions in another unit: y ↦ offset + scale · y. Precondition: scale > 0.
  public func rescaled(offset: Double, scale: Double) -> Predictive {
    precondition(scale > 0, "a scale of \(scale)")
    guard case .numbers(let means, let deviations) = content else {
      preconditionFailure("a predictive of classes has no unit")
    }
    return Predictive(
      .numbers(
        means: DenseArray(means.elements.map { offset + scale * $0 }, shape: means.shape),
        standardDeviations: DenseArray(deviations.elements.map { scale * $0 }, shape: deviations.shape)))
  }
}

/// Predictions of classes. Precondition of each: the predictive is one of classes.
extension Predictive {
  /// The probabilities of each draw, for scores and entropies.
  public var classes: ClassForecast {
    guard case .classes(let probabilities) = content else {
      preconditionFailure("a predictive of classes was asked of one of numbers")
    }
    return ClassForecast(probabilities)
  }
}
