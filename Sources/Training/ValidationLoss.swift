//  ValidationLoss.swift — how well the parameters predict rows that training does not see.
//
//  Notation   n held-out rows,  r residuals,  σ the noise of a Gaussian likelihood
//
//  Equations  (1) loss = −(1/n) Σ log p(yₙ | xₙ, θ)
//             (2) σ̂² = (1/n) Σ r²,  loss = ½ log(2π σ̂²) + ½       (1) at the best σ
//
//  Training rows that a network has learnt by heart say nothing of the noise: its learnt σ falls towards zero, and (1) rises
//  while the mean is still getting better. Where the noise is learnt, the held-out rows therefore choose both the
//  epoch and σ, by (2).

import Arrays
import Foundation
import Networks
import Probability
import Programs

final class ValidationLoss {
  private let executors: [Executor<Float>]
  private let count: Int
  /// Where log σ lies in θ, when equation (2) is used.
  private let noise: Range<Int>?

  init(_ model: BayesianModel, _ examples: Examples, rows: [Int]) {
    count = rows.count
    if case .gaussian(.learned) = model.likelihood.family {
      noise = model.layout[Likelihood.logNoiseName]?.range
    } else {
      noise = nil
    }
    let held = examples.rows(at: rows)
    let largest = 1024
    let refitsNoise = noise != nil
    executors = stride(from: 0, to: rows.count, by: largest).map { start in
      let range = start..<min(start + largest, rows.count)
      let (x, y) = (held.inputs.rows(range), held.targets.rows(range))
      let program = Program(inputs: [[model.parameterCount], [model.network.stateCount], x.shape, y.shape]) { t in
        guard refitsNoise else { return [-model.logLikelihood(t[0], t[2], t[3], state: t[1]).sum()] }
        let outputs = model.outputs(t[0], t[2], state: t[1]).outputs
        return [(t[3].reshaped(outputs.shape) - outputs).squared.sum(axes: [0])]
      }
      let executor = Executor<Float>(Plan(program), boundInputs: [0])
      _ = executor.input(2).update(fromContentsOf: x.elements)
      _ = executor.input(3).update(fromContentsOf: y.elements)
      return executor
    }
  }

  /// The loss, and the best log σ of each target where the noise is learnt.
  func evaluate(
    parameters: UnsafeBufferPointer<Float>, state: UnsafeBufferPointer<Float>
  ) -> (loss: Double, logNoise: [Double]) {
    var sums = [Double](repeating: 0, count: noise?.count ?? 1)
    for executor in executors {
      executor.bindInput(0, to: parameters)
      if !state.isEmpty { _ = executor.input(1).update(fromContentsOf: state) }
      executor.run()
      for (target, value) in executor.output(0).enumerated() { sums[target] += Double(value) }
    }
    guard noise != nil else { return (sums[0] / Double(count), []) }  // (1)
    let logNoise = sums.map { 0.5 * log(max($0 / Double(count), Self.leastVariance)) }
    return (logNoise.reduce(0) { $0 + $1 + 0.5 * log(2 * .pi) + 0.5 }, logNoise)  // (2)
  }

  /// Puts the best log σ into θ.
  func writeNoise(_ logNoise: [Double], into parameters: inout [Float]) {
    guard let noise else { return }
    for (place, value) in zip(noise, logNoise) { parameters[place] = Float(value) }
  }

  /// Below the rounding of Float on standardised targets.
  private static let leastVariance = 1e-10
}
