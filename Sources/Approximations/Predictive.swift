//  Predictive.swift — the predictive distribution of every posterior, with its uncertainty taken apart.
//
//  Notation   S draws θₛ,  N inputs,  D targets,  mₛ and σₛ the mean and standard deviation of y given θₛ,
//             gₛ the standard deviation of mₛ itself, where a draw leaves it open,  p the class probabilities
//
//  Equations  (1) mean        m̄ = (1/S) Σ mₛ
//             (2) epistemic   (1/S) Σ (mₛ − m̄)² + gₛ²     what more data would take away
//             (3) aleatoric   (1/S) Σ σₛ²                  what it would not
//             (4) variance    (2) + (3)                                        [the law of total variance]
//             (5) entropy     H[(1/S) Σ pₛ]                in nats
//             (6) mutual information   (5) − (1/S) Σ H[pₛ]                      [Houlsby 2011]

public import Arrays
public import Evaluation
import Foundation

/// What a posterior says of new targets.
public struct Predictive: Sendable {
  public enum Content: Sendable {
    /// For each input, a mixture of the likelihood's distributions with equal weights.
    case numbers(NumberForecast)
    /// Class probabilities of each draw. Shape [S, N, C]. With several labels of zero or one an input, each label is a row
    /// of its own with C = 2: the labels of the first input, then those of the second.
    case classes(probabilities: DenseArray<Double>)
  }

  public let content: Content
  /// The logarithms of the class probabilities, where they are known. Shape [S, N, C].
  private let logProbabilities: DenseArray<Double>?
  /// Of draws that are distributions over probabilities: see `ClassForecast`. Shape [S, N].
  private let drawEntropies: DenseArray<Double>?

  public init(_ content: Content) {
    self.content = content
    logProbabilities = nil
    drawEntropies = nil
  }

  /// Classes by a forecast of them.
  public init(_ forecast: ClassForecast) {
    content = .classes(probabilities: forecast.draws)
    logProbabilities = forecast.logDraws
    drawEntropies = forecast.drawEntropies
  }

  /// Classes, by the logarithms of their probabilities: scores of classes that seem impossible stay finite. Shape as that of
  /// the probabilities.
  public init(logProbabilities: DenseArray<Double>) {
    content = .classes(probabilities: DenseArray(logProbabilities.elements.map(exp), shape: logProbabilities.shape))
    self.logProbabilities = logProbabilities
    drawEntropies = nil
  }

  /// N.
  public var count: Int {
    switch content {
    case .numbers(let forecast): forecast.count
    case .classes(let probabilities): probabilities.shape[1]
    }
  }
}

extension Predictive.Content {
  /// Normal distributions: the mean and the standard deviation of the noise given each draw. Shapes [S, N, D].
  public static func numbers(means: DenseArray<Double>, standardDeviations: DenseArray<Double>) -> Self {
    .numbers(
      NumberForecast(.normal(means: means, noiseDeviations: standardDeviations, functionDeviations: nil)))
  }

  /// Normal distributions where a draw does not know its mean: a Gaussian process or a linearised network has S = 1, and all
  /// of its ignorance in `functionDeviations`. Shapes [S, N, D].
  public static func numbers(
    means: DenseArray<Double>, noiseDeviations: DenseArray<Double>, functionDeviations: DenseArray<Double>
  ) -> Self {
    .numbers(
      NumberForecast(
        .normal(means: means, noiseDeviations: noiseDeviations, functionDeviations: functionDeviations)))
  }
}

/// Predictions of numbers. Precondition of each: the predictive is one of numbers.
extension Predictive {
  /// The mixtures, for scores and quantiles of each row and for the joint density of several targets.
  public var mixture: NumberForecast {
    guard case .numbers(let forecast) = content else {
      preconditionFailure("a predictive of numbers was asked of one of classes")
    }
    return forecast
  }

  /// D.
  public var targetCount: Int { mixture.targetCount }

  /// The predictive distribution of one target alone. Precondition: 0 ≤ index < D.
  public func target(_ index: Int) -> Predictive { Predictive(.numbers(mixture.target(index))) }

  /// The same predictions in another unit: y ↦ offset + scale · y for every target. Precondition: scale > 0; counts have no
  /// other unit.
  public func rescaled(offset: Double, scale: Double) -> Predictive {
    let targets = targetCount
    return rescaled(
      offsets: [Double](repeating: offset, count: targets), scales: [Double](repeating: scale, count: targets))
  }

  /// The same predictions in another unit for each target. Precondition: D offsets and scales, scales > 0; counts have no
  /// other unit.
  public func rescaled(offsets: [Double], scales: [Double]) -> Predictive {
    Predictive(.numbers(mixture.rescaled(offsets: offsets, scales: scales)))
  }
}

/// Predictions of one number. Precondition of each: D = 1; otherwise choose a `target`.
extension Predictive {
  /// Equation (1). N numbers, in the unit of the targets.
  public var mean: [Double] { mixture.rows.map { $0.mean } }

  /// The square root of equation (4). N numbers, in the unit of the targets.
  public var standardDeviation: [Double] { mixture.rows.map { $0.standardDeviation } }

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
}

/// Predictions of classes. Precondition of each: the predictive is one of classes.
extension Predictive {
  /// The probabilities of each draw, for scores and entropies.
  public var classes: ClassForecast {
    guard case .classes(let probabilities) = content else {
      preconditionFailure("a predictive of classes was asked of one of numbers")
    }
    return logProbabilities.map { ClassForecast(logProbabilities: $0, drawEntropies: drawEntropies) }
      ?? ClassForecast(probabilities, drawEntropies: drawEntropies)
  }
}
