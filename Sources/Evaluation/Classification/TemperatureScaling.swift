//  TemperatureScaling.swift — one number that makes a classifier's probabilities calibrated.    [Guo et al. 2017]
//
//  Notation   z logits, [N, C]     y labels     β = 1/T     p = softmax(β z)
//
//  Equations  (1) L(β)  = 1/N Σₙ (logsumexp(β zₙ) − β zₙ,yₙ)
//             (2) L′(β) = 1/N Σₙ (E_p zₙ − zₙ,yₙ)
//             (3) L″(β) = 1/N Σₙ Var_p zₙ ≥ 0
//
//  L is convex in β, so its minimum is the zero of the increasing function (2), found by Newton's method inside a bracket.

public import Arrays
import Foundation

/// The temperature T that divides the logits.
public struct TemperatureScaling: Hashable, Sendable {
  /// T ≥ 0. It is 0 where the best β is infinite (every label has the greatest logit of its row), infinite where it is 0 (the
  /// logits speak against the labels), and not a number where a logit is not finite.
  public let temperature: Double

  public init(temperature: Double) { self.temperature = temperature }

  /// The minimiser of (1) for logits [N, C] and N labels. Precondition: N ≥ 1, labels from 0 to C − 1.
  public static func fit(logits: DenseArray<Double>, labels: [Int]) -> TemperatureScaling {
    precondition(
      logits.rank == 2 && logits.shape[0] == labels.count && !labels.isEmpty,
      "logits of \(labels.count) labels are [\(labels.count), C], not \(logits.shape)")
    let problem = Problem(logits: logits, labels: labels)
    guard logits.elements.allSatisfy(\.isFinite) else { return TemperatureScaling(temperature: .nan) }
    if problem.derivatives(0).first >= 0 { return TemperatureScaling(temperature: .infinity) }
    if problem.isSeparated { return TemperatureScaling(temperature: 0) }
    var (lower, upper) = (0.0, 1.0)
    while problem.derivatives(upper).first < 0 { (lower, upper) = (upper, 2 * upper) }
    return TemperatureScaling(temperature: 1 / problem.zero(lower, upper))
  }

  /// softmax(z / T) of logits [N, C]. Shape [N, C].
  public func probabilities(_ logits: DenseArray<Double>) -> DenseArray<Double> {
    precondition(logits.rank == 2, "logits are [N, C], not \(logits.shape)")
    let rows = (0..<logits.shape[0]).flatMap { row in
      Problem.softmax(logits.rows(row..<row + 1).elements, inverseTemperature: 1 / temperature)
    }
    return DenseArray(rows, shape: logits.shape)
  }

  private struct Problem {
    let logits: [[Double]]
    let labels: [Int]

    init(logits: DenseArray<Double>, labels: [Int]) {
      self.logits = labels.indices.map { logits.rows($0..<$0 + 1).elements }
      self.labels = labels
    }

    /// Whether every label has the greatest logit of its row, so that (2) stays below 0 for every β. Otherwise it ends above.
    var isSeparated: Bool { zip(logits, labels).allSatisfy { z, label in z.allSatisfy { $0 <= z[label] } } }

    /// L′ and L″, equations (2) and (3).
    func derivatives(_ inverseTemperature: Double) -> (first: Double, second: Double) {
      var (first, second) = (0.0, 0.0)
      for (z, label) in zip(logits, labels) {
        let p = Self.softmax(z, inverseTemperature: inverseTemperature)
        // Logits less that of the label: where p is all but certain, nothing is left to cancel.
        let mean = zip(p, z).reduce(0) { $0 + $1.0 * ($1.1 - z[label]) }
        first += mean
        second += zip(p, z).reduce(0) { $0 + $1.0 * ($1.1 - z[label] - mean) * ($1.1 - z[label] - mean) }
      }
      return (first / Double(labels.count), second / Double(labels.count))
    }

    /// The zero of L′ between two values of β at which it has different signs.
    func zero(_ lower: Double, _ upper: Double) -> Double {
      var (lower, upper) = (lower, upper)
      var beta = 0.5 * (lower + upper)
      while upper - lower > 2 * upper.ulp {
        let slope = derivatives(beta)
        if slope.first < 0 { lower = beta } else { upper = beta }
        let newton = beta - slope.first / slope.second
        let next = newton > lower && newton < upper ? newton : 0.5 * (lower + upper)
        if abs(next - beta) <= 2 * beta.ulp { return next }
        beta = next
      }
      return beta
    }

    static func softmax(_ logits: [Double], inverseTemperature: Double) -> [Double] {
      let largest = logits.reduce(-.infinity, max)
      let weights = logits.map { exp(inverseTemperature * ($0 - largest)) }
      let sum = weights.reduce(0, +)
      return weights.map { $0 / sum }
    }
  }
}
