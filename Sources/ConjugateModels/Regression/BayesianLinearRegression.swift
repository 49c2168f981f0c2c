//  BayesianLinearRegression.swift — the exact posterior of a model that is linear in its weights.
//
//  Notation   y = φ(x)ᵀw + ε,   w ~ N(0, I/α),   ε ~ N(0, 1/β)     Φ [N, P], s, V, z, ρ of `LeastSquaresFactors`
//
//  Equations  (1) Σ = (αI + βΦᵀΦ)⁻¹ = V diag(1/(α + βs²)) Vᵀ + (I − VVᵀ)/α
//             (2) m = βΣΦᵀy = V diag(βs/(α + βs²)) z
//             (3) y* | x* ~ N(mᵀφ, φᵀΣφ + 1/β)
//             (4) log p(y) = N/2 log(β/2π) − 1/2 Σ log(1 + βs²/α) − β/2 (ρ + Σ z² α/(α + βs²))
//             (5) γ = Σ βs²/(α + βs²), the number of directions that the data determine      [Bishop 2006 for (1) to (5)]
//
//  Cost       one singular value decomposition, about 6 N P² flops; then P a feature vector for a mean, r P for a variance. (4) for
//             other α and β costs r.

public import Arrays
import Foundation

/// Bayesian linear regression on fixed features, with known precisions of prior and noise.
public struct BayesianLinearRegression: Sendable {
  public let basis: BasisFunctions
  /// D, the number of inputs.
  public let inputCount: Int
  /// α.
  public let priorPrecision: Double
  /// β.
  public let noisePrecision: Double
  let factors: LeastSquaresFactors

  /// The prior, before any observation.
  ///
  /// Precondition: both precisions are positive and finite.
  public init(_ basis: BasisFunctions, inputs: Int, priorPrecision: Double, noisePrecision: Double) {
    self.init(
      basis, inputs, priorPrecision, noisePrecision, LeastSquaresFactors(features: basis.featureCount(inputs: inputs)))
  }

  init(
    _ basis: BasisFunctions, _ inputs: Int, _ priorPrecision: Double, _ noisePrecision: Double,
    _ factors: LeastSquaresFactors
  ) {
    precondition(
      priorPrecision > 0 && noisePrecision > 0 && priorPrecision.isFinite && noisePrecision.isFinite,
      "precisions \(priorPrecision) of the prior and \(noisePrecision) of the noise: both are positive")
    self.basis = basis
    inputCount = inputs
    self.priorPrecision = priorPrecision
    self.noisePrecision = noisePrecision
    self.factors = factors
  }

  /// N.
  public var observationCount: Int { factors.rowCount }

  /// P.
  public var featureCount: Int { factors.featureCount }

  /// The posterior after further rows. Any order and any batches give the same posterior.
  ///
  /// - Parameters:
  ///   - inputs: Shape [N′, D].
  ///   - targets: Shape [N′].
  public func observing(_ inputs: DenseArray<Double>, _ targets: [Double]) -> BayesianLinearRegression {
    precondition(
      inputs.shape == [targets.count, inputCount],
      "inputs of shape \(inputs.shape) for \(targets.count) targets and \(inputCount) inputs a row")
    var factors = factors
    factors.append(basis.design(inputs), targets)
    return BayesianLinearRegression(basis, inputCount, priorPrecision, noisePrecision, factors)
  }

  /// The same data under other precisions; no decomposition is repeated.
  public func with(priorPrecision: Double, noisePrecision: Double) -> BayesianLinearRegression {
    BayesianLinearRegression(basis, inputCount, priorPrecision, noisePrecision, factors)
  }

  /// m, equation (2). Shape [P].
  public var weights: [Double] {
    var weights = [Double](repeating: 0, count: featureCount)
    for (index, coefficient) in coefficients.enumerated() {
      for column in weights.indices { weights[column] += coefficient * factors.directions[index, column] }
    }
    return weights
  }

  /// Σ, equation (1). Shape [P, P].
  public var covariance: DenseArray<Double> {
    let count = featureCount
    var covariance = DenseArray<Double>(repeating: 0, shape: [count, count])
    let isComplete = factors.singularValues.count == count
    let rest = isComplete ? 0 : 1 / priorPrecision
    for i in 0..<count {
      for j in 0...i {
        var sum = i == j ? rest : 0
        for (index, value) in factors.singularValues.enumerated() {
          sum += factors.directions[index, i] * factors.directions[index, j] * (1 / precision(value) - rest)
        }
        covariance[i, j] = sum
        covariance[j, i] = sum
      }
    }
    return covariance
  }

  /// log p(y), equation (4); 0 before the first row. Unit: nats, summed over the data.
  public var logEvidence: Double {
    let values = zip(factors.singularValues, factors.targets)
    let misfit = values.reduce(factors.residual) {
      $0 + $1.1 * $1.1 * priorPrecision / precision($1.0)
    }
    let volume = factors.singularValues.reduce(0) { $0 + log1p(noisePrecision * $1 * $1 / priorPrecision) }
    let noise = Double(observationCount) * log(noisePrecision / (2 * .pi))
    return 0.5 * (noise - volume - noisePrecision * misfit)
  }

  /// γ, equation (5).
  public var effectiveParameters: Double {
    factors.singularValues.reduce(0) { $0 + noisePrecision * $1 * $1 / precision($1) }
  }

  /// Equation (3) for each row. Shape [N, D].
  public func predict(_ inputs: DenseArray<Double>) -> LinearPrediction {
    let design = basis.design(inputs)
    let coefficients = coefficients
    let isComplete = factors.singularValues.count == featureCount
    var means: [Double] = []
    var variances: [Double] = []
    for row in 0..<design.shape[0] {
      let features = design.elements[row * featureCount..<(row + 1) * featureCount]
      let coordinates = factors.coordinates(features)
      means.append(zip(coordinates, coefficients).reduce(0) { $0 + $1.0 * $1.1 })
      var variance = zip(coordinates, factors.singularValues).reduce(0) { $0 + $1.0 * $1.0 / precision($1.1) }
      if !isComplete {
        let unseen = features.reduce(0) { $0 + $1 * $1 } - coordinates.reduce(0) { $0 + $1 * $1 }
        variance += max(0, unseen) / priorPrecision
      }
      variances.append(variance)
    }
    return LinearPrediction(means: means, latentVariances: variances, noiseVariance: 1 / noisePrecision)
  }

  /// α + βs².
  private func precision(_ singularValue: Double) -> Double {
    priorPrecision + noisePrecision * singularValue * singularValue
  }

  /// m in the coordinates V. Shape [r].
  private var coefficients: [Double] {
    zip(factors.singularValues, factors.targets).map { noisePrecision * $0 * $1 / precision($0) }
  }
}
