//  DualAveraging.swift — the step size at which a share of proposals is accepted.
//
//  Notation   δ  target acceptance     αₜ  acceptance of transition t     ε  step size
//
//  Equations  (1) h ← (1 − 1/(t + t₀)) h + (δ − αₜ)/(t + t₀)
//             (2) log ε = μ − √t/γ · h,   log ε̄ ← t^(−κ) log ε + (1 − t^(−κ)) log ε̄       [Hoffman and Gelman 2014]
//
//  μ = log(10 ε₀): the search leans towards large steps. γ = 0.05, t₀ = 10, κ = 0.75.

import Foundation

package struct DualAveraging: Codable, Hashable, Sendable {
  private let target: Double
  private var centre: Double
  private var error = 0.0
  private var count = 0.0
  private var averaged = 0.0
  /// ε, to be used for the next transition.
  package private(set) var stepSize: Double

  package init(target: Double, stepSize: Double) {
    self.target = target
    self.stepSize = stepSize
    centre = log(10 * stepSize)
  }

  /// Begins anew from a step size.
  mutating func restart(at stepSize: Double) { self = DualAveraging(target: target, stepSize: stepSize) }

  package mutating func learn(acceptance: Double) {
    count += 1
    let weight = 1 / (count + 10)
    error = (1 - weight) * error + weight * (target - (acceptance.isNaN ? 0 : acceptance))  // (1)
    let logStep = centre - count.squareRoot() / 0.05 * error
    let share = pow(count, -0.75)
    averaged = share * logStep + (1 - share) * averaged  // (2)
    stepSize = exp(logStep)
  }

  /// ε̄, to be kept after the warm-up.
  package var averagedStepSize: Double { count == 0 ? stepSize : exp(averaged) }
}
