//  AdversarialTraining.swift — each row is also seen where a small step of its input raises the loss most.
//
//  Notation   ℓ(x) = −log p(y | x, θ)     rᵢ  the range of input i in the data     ε  a share of it
//
//    (1) x′ᵢ = xᵢ + ε rᵢ sign ∂ℓ / ∂xᵢ                         fast gradient sign [Goodfellow 2015]
//    (2) the density of a row is the mean of log p(y | x, θ) and log p(y | x′, θ)     [Lakshminarayanan et al. 2017]
//
//  It smooths the prediction around the data. The mean rather than the sum in (2) keeps the weight of the prior.
//
//  Cost       a second forward and backward pass, and the derivative with respect to the inputs: about 2.3 times a step.

import Arrays
import Networks
import Probability
import Programs
import Training

/// Training on worst cases near the data, equation (2).
public struct AdversarialTraining: Hashable, Sendable, Codable {
  /// ε.
  public var share: Double

  /// Precondition: share > 0.
  public init(share: Double = 0.01) {
    precondition(share > 0 && share.isFinite, "an adversarial step of \(share)")
    self.share = share
  }

  /// The objective of a mode with (2) in the place of the densities of the rows.
  func objective(_ model: BayesianModel, _ examples: Examples) -> TrainingObjective {
    let steps = examples.inputRanges.map { Double($0) * share }
    let shape = Shape([1] + examples.inputs.shape.extents.dropFirst())
    return TrainingObjective(count: model.parameterCount) { a in
      func density(_ x: Tensor) -> (density: Tensor, state: Tensor) {
        let outputs = model.outputs(a.vector, x, state: a.state, mode: .training)
        return (
          model.likelihood.logDensity(
            outputs: outputs.outputs, targets: a.targets, logNoise: model.logNoise(a.vector)
          ).sum(), outputs.state
        )
      }
      let (clean, state) = density(a.inputs)
      let slope = gradient(of: -clean, withRespectTo: a.inputs).stoppingGradient
      let moved = a.inputs + sign(slope) * Tensor.constant(DenseArray(steps, shape: shape))  // (1)
      let (worst, _) = density(moved)
      let rows = Double(a.inputs.shape[0])
      let objective = (clean + worst) * (-0.5 / rows) - model.logPrior(a.vector) * (1 / Double(a.dataCount))  // (2)
      return TrainingObjective.Results(
        loss: clean * (-1 / rows), gradient: gradient(of: objective, withRespectTo: a.vector), state: state)
    }
  }
}

extension Examples {
  /// The largest minus the smallest value of each input. One number for each element of an example.
  var inputRanges: [Float] {
    let stride = inputs.shape.extents.dropFirst().reduce(1, *)
    guard count > 0 else { return [Float](repeating: 0, count: stride) }
    return inputs.withUnsafeElements { elements in
      var lowest = Array(elements[..<stride])
      var highest = lowest
      for start in Swift.stride(from: stride, to: elements.count, by: stride) {
        for place in 0..<stride {
          lowest[place] = min(lowest[place], elements[start + place])
          highest[place] = max(highest[place], elements[start + place])
        }
      }
      return zip(highest, lowest).map { $0 - $1 }
    }
  }
}
