//  ClassForecast+Scores.swift — proper scores and accuracy against labels.
//
//  Equations  (1) NLL   = −1/N Σₙ log p̄ₙ,yₙ
//                 log p̄ = m + log 1/S Σₛ exp(log pₛ − m), m = maxₛ log pₛ, where the logarithms are known
//             (2) Brier = 1/N Σₙ Σ꜀ (p̄ₙ꜀ − 1{c = yₙ})²                          [Brier 1950], in [0, 2]

import Arrays
import Foundation

extension ClassForecast {
  /// Equation (1). Unit: nats a row; infinite if a class of probability 0 came.
  public func negativeLogLikelihood(_ labels: [Int]) -> Double { average(negativeLogLikelihoods(labels)) }

  /// −log p̄ of the label of each row. Unit: nats.
  package func negativeLogLikelihoods(_ labels: [Int]) -> [Double] {
    check(labels)
    return labels.indices.map { -logProbability(ofRow: $0, of: labels[$0]) }
  }

  /// log p̄ of a class. Unit: nats.
  private func logProbability(ofRow row: Int, of label: Int) -> Double {
    let place = row * classCount + label
    guard let logDraws else { return log(mean.elements[place]) }
    let drawCount = draws.shape[0]
    let each = (0..<drawCount).map { logDraws.elements[$0 * count * classCount + place] }
    guard let greatest = each.max(), greatest.isFinite, !each.contains(where: \.isNaN) else {
      return log(mean.elements[place])
    }
    return logSumOfExponentials(each) - log(Double(drawCount))
  }

  /// Equation (2).
  public func brierScore(_ labels: [Int]) -> Double {
    check(labels)
    return average(
      labels.indices.map { row in
        zip(0..<classCount, probabilities(ofRow: row)).reduce(0) { sum, entry in
          let error = entry.1 - (entry.0 == labels[row] ? 1 : 0)
          return sum + error * error
        }
      })
  }

  /// The share of rows whose predicted class came.
  public func accuracy(_ labels: [Int]) -> Double { average(correctness(labels)) }

  /// 1 where the predicted class came, 0 where another came, not a number where the prediction is none. Shape [N].
  public func correctness(_ labels: [Int]) -> [Double] {
    check(labels)
    return zip(zip(predictions, confidences), labels).map { prediction, label in
      prediction.1.isNaN ? .nan : prediction.0 == label ? 1 : 0
    }
  }

  /// Precondition: N labels from 0 to C − 1.
  func check(_ labels: [Int]) {
    precondition(labels.count == count, "\(count) predictions need as many labels, not \(labels.count)")
    precondition(
      labels.allSatisfy { $0 >= 0 && $0 < classCount }, "labels of \(classCount) classes are 0 to \(classCount - 1)")
  }
}
