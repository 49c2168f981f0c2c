//  LinearModelAverage.swift — which of several linear models, and the prediction that does not have to choose.
//
//  Equations  (1) p(M | D) ∝ p(M) p(D | M)
//             (2) E y = Σ p(M | D) E[y | M],   Var y = Σ p(M | D) (Var[y | M] + E[y | M]²) − (E y)²

public import Arrays
import Evaluation
import Foundation

/// Several models of the same data.
public struct LinearModelAverage: Sendable {
  public let models: [BayesianLinearRegression]
  /// p(M | D), equation (1).
  public let probabilities: [Double]
  /// log Σ p(M) p(D | M). Unit: nats.
  public let logEvidence: Double

  /// - Parameter prior: p(M), not necessarily normalised; all alike by default.
  ///
  /// Precondition: at least one model; a prior for each, none negative and not all 0.
  public init(_ models: [BayesianLinearRegression], prior: [Double]? = nil) {
    precondition(!models.isEmpty, "an average of no models")
    let prior = prior ?? models.map { _ in 1 }
    precondition(
      prior.count == models.count && prior.allSatisfy { $0 >= 0 } && prior.contains { $0 > 0 },
      "\(prior.count) prior probabilities of \(models.count) models")
    let sum = prior.reduce(0, +)
    let terms = zip(models, prior).map { $0.logEvidence + log($1 / sum) }
    let total = logSumOfExponentials(terms)
    self.models = models
    logEvidence = total
    probabilities = terms.map { exp($0 - total) }
  }

  /// The mixture of the models' predictions at each row. Shape [N, D] → [N].
  public func predict(_ inputs: DenseArray<Double>) -> [NormalMixture] {
    let parts = models.map { $0.predict(inputs).distributions }
    return (0..<inputs.shape[0]).map { row in
      NormalMixture(weights: probabilities, components: parts.map { $0[row] })
    }
  }
}
