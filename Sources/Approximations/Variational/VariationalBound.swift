//  VariationalBound.swift — bounds on the evidence, and the divergence of normals in closed form.
//
//  Notation   wₖ = p(D, θₖ) / q(θₖ),  θ₁ … θ_K drawn from q
//
//  Equations  (1) KL(N(μ, σ²) ‖ N(c, s²)) = log(s / σ) + (σ² + (μ − c)²) / 2s² − ½,  summed over elements
//             (2) L_α = 1 / (1 − α) log (1/K) Σ wₖ^(1 − α);  α = 1: (1/K) Σ log wₖ, the evidence lower bound;
//                 α = 0: the importance-weighted bound;  α = −∞: max log wₖ                    [Li and Turner 2016]
//             (3) bound of a fit = E_q Σₙ log p(yₙ | xₙ, θ) + log p(points) − KL(q ‖ p)
//             (4) KL(N(μ, σ²) ‖ Laplace(b)) = log 2b + E|θ| / b − log σ − ½ (1 + log 2π),  likewise,
//                 E|θ| = σ √(2/π) exp(−μ² / 2σ²) + μ erf(μ / σ√2)

import Arrays
import Foundation
import Networks
import Probability
import Programs
public import Training

/// Bounds and divergences as numbers.
public enum VariationalBound {
  /// Equation (1). Unit: nats.
  public static func normalDivergence(
    means: [Double], deviations: [Double], centre: Double, scale: Double
  ) -> Double {
    precondition(means.count == deviations.count, "\(means.count) means with \(deviations.count) deviations")
    var sum = 0.0
    for (mean, deviation) in zip(means, deviations) {
      let (distance, ratio) = ((mean - centre) / scale, deviation / scale)
      sum += 0.5 * (ratio * ratio + distance * distance - 1) - log(ratio)
    }
    return sum
  }

  /// Equation (4). Unit: nats.
  public static func laplaceDivergence(means: [Double], deviations: [Double], scale: Double) -> Double {
    precondition(means.count == deviations.count, "\(means.count) means with \(deviations.count) deviations")
    var sum = 0.0
    for (mean, deviation) in zip(means, deviations) {
      let distance = mean / deviation
      let size =
        deviation * (2 / Double.pi).squareRoot() * exp(-0.5 * distance * distance)
        + mean * erf(distance * 0.5.squareRoot())
      sum += log(2 * scale) + size / scale - log(deviation) - 0.5 * (1 + log(2 * .pi))
    }
    return sum
  }

  /// Equation (2) of the logarithms of the weights. Unit: nats.
  ///
  /// Precondition: at least one weight.
  public static func renyi(logWeights: [Double], alpha: Double) -> Double {
    guard let largest = logWeights.max() else { preconditionFailure("a bound of no weights") }
    let count = Double(logWeights.count)
    if alpha == 1 { return logWeights.reduce(0, +) / count }
    if alpha == -.infinity { return largest }
    let power = 1 - alpha
    // For a negative power the smallest weight leads.
    let lead = power > 0 ? largest : logWeights.min() ?? largest
    let sum = logWeights.reduce(0) { $0 + exp(power * ($1 - lead)) }
    return lead + log(sum / count) / power
  }
}

extension VariationalPosterior {
  /// Equation (3), the expectation over `draws` draws: an unbiased estimate of a lower bound of log p(D).
  ///
  /// - Parameter examples: The data of the fit.
  /// - Returns: The estimate and its standard error, which is infinite for one draw. Unit: nats.
  public func evidenceLowerBound(
    on examples: Examples, draws: Int = 30, seed: UInt64 = 0
  ) -> (value: Double, standardError: Double) {
    precondition(draws >= 1, "a bound from \(draws) draws")
    let sample = sample(draws, seed: seed)
    let batch = min(1024, examples.count)
    var values = [Double](repeating: 0, count: draws)
    for start in stride(from: 0, to: examples.count, by: batch) {
      let rows = examples.rows(at: Array(start..<min(start + batch, examples.count)))
      let program = Program(
        inputs: [[model.parameterCount], [model.network.stateCount], rows.inputs.shape, rows.targets.shape]
      ) { t in
        [model.logLikelihood(t[0], t[2], t[3], state: t[1]).sum()]
      }
      let executor = Executor<Float>(Plan(program))
      _ = executor.input(1).update(fromContentsOf: state.elements)
      _ = executor.input(2).update(fromContentsOf: rows.inputs.elements)
      _ = executor.input(3).update(fromContentsOf: rows.targets.elements)
      for draw in 0..<draws {
        let parameters = sample.draws.rows(draw..<draw + 1).elements
        _ = executor.input(0).update(fromContentsOf: parameters)
        executor.run()
        values[draw] += Double(executor.output(0)[0])
      }
    }
    let terms = distribution.priorTerms(of: model, draws: sample.draws, seed: seed)
    for draw in 0..<draws { values[draw] += terms[draw] }
    let mean = values.reduce(0, +) / Double(draws)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(draws - 1)
    return (mean, draws == 1 ? .infinity : (variance / Double(draws)).squareRoot())
  }
}

extension VariationalDistribution {
  /// log p(θ) − log q(θ) of each draw, or its expectation where that is in closed form.
  fileprivate func priorTerms(of model: BayesianModel, draws: DenseArray<Float>, seed: UInt64) -> [Double] {
    let count = draws.shape[0]
    switch self {
    case .blocks(let blocks): return blocks.priorTerms(of: model, count, seed: seed)
    case .meanField(let normal):
      var closed = 0.0
      var sampled: [(range: Range<Int>, element: ElementPrior)] = []
      for (range, element) in model.prior.factors(over: model.layout) {
        let means = normal.means.elements[range].map(Double.init)
        let deviations = normal.deviations.elements[range].map(Double.init)
        if case .normal(let centre, let scale) = element, !deviations.contains(0) {
          closed -= VariationalBound.normalDivergence(
            means: means, deviations: deviations, centre: centre, scale: scale)
        } else if case .laplace(let scale) = element, !deviations.contains(0) {
          closed -= VariationalBound.laplaceDivergence(means: means, deviations: deviations, scale: scale)
        } else {
          closed += deviations.reduce(0) { $1 > 0 ? $0 + log($1) + 0.5 * (1 + log(2 * .pi)) : $0 }
          sampled.append((range, element))
        }
      }
      let program = Program(inputs: [[model.parameterCount]]) { t in
        var sum = Tensor.constant(0)
        if let logNoise = model.logNoise(t[0]) { sum = sum + model.likelihood.logPrior(logNoise: logNoise) }
        for (range, element) in sampled { sum = sum + element.logDensity(t[0].slice(axis: 0, range)) }
        return [sum]
      }
      let executor = Executor<Double>(Plan(program))
      return (0..<count).map { draw in
        _ = executor.input(0).update(fromContentsOf: draws.rows(draw..<draw + 1).elements.map(Double.init))
        executor.run()
        return closed + executor.output(0)[0]
      }
    }
  }
}
