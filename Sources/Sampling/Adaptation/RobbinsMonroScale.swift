//  RobbinsMonroScale.swift — the scale of a proposal at which a share of proposals is accepted.
//
//  Equation   (1) log s ← log s + (α − δ)/t^0.6                                       [Andrieu and Thoms 2008]
//
//  After the warm-up the scale is the geometric mean over the second half of the steps since the last restart.

import Foundation

package struct RobbinsMonroScale: Codable, Hashable, Sendable {
  private let start: Double
  private let target: Double
  private var logScale: Double
  private var count = 0.0
  private var logs: [Double] = []

  package init(start: Double, target: Double) {
    self.start = start
    self.target = target
    logScale = log(start)
  }

  package var value: Double { exp(logScale) }

  package mutating func learn(acceptance: Double) {
    count += 1
    logScale += (acceptance - target) / pow(count, 0.6)  // (1)
    logs.append(logScale)
  }

  /// Begins anew, for a proposal of another shape.
  mutating func restart() {
    logScale = log(start)
    count = 0
    logs = []
  }

  package mutating func finish() {
    let half = logs.suffix((logs.count + 1) / 2)
    if !half.isEmpty { logScale = half.reduce(0, +) / Double(half.count) }
    logs = []
  }
}
