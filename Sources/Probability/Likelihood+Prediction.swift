//  Likelihood+Prediction.swift — what outputs say of a new target, for given parameters.
//
//  Temperature and weights belong to fitting and play no part here.

import Arrays
public import Programs

extension Likelihood {
  /// Whether targets are numbers, which have a mean and a variance, or else labels, which have probabilities.
  public var predictsNumbers: Bool {
    switch family {
    case .gaussian, .studentT, .poisson: true
    case .categorical, .bernoulli, .multiLabel: false
    }
  }

  /// E[y | f]. For labels of zero and one, their probabilities; for classes, those of all classes. Shape [N, O] → [N, D],
  /// for classes [N, C].
  public func mean(outputs: Tensor, logNoise: Tensor? = nil) -> Tensor {
    switch family {
    case .gaussian(let noise): LocationAndScale(outputs, noise, logNoise: logNoise).location
    case .studentT(_, let scale): LocationAndScale(outputs, scale, logNoise: logNoise).location
    case .categorical: outputs.softmax()
    case .bernoulli, .multiLabel: sigmoid(outputs)
    case .poisson: exp(outputs)
    }
  }

  /// Var[y | f]: the aleatoric part. Infinite for a Student-t of at most two degrees of freedom. Shape as `mean`.
  public func variance(outputs: Tensor, logNoise: Tensor? = nil) -> Tensor {
    switch family {
    case .gaussian(let noise):
      let parts = LocationAndScale(outputs, noise, logNoise: logNoise)
      return parts.scale.squared.broadcast(to: parts.location.shape)
    case .studentT(let degrees, let scale):
      let parts = LocationAndScale(outputs, scale, logNoise: logNoise)
      let factor = degrees > 2 ? degrees / (degrees - 2) : Double.infinity
      return (parts.scale.squared * factor).broadcast(to: parts.location.shape)
    case .categorical, .bernoulli, .multiLabel:
      let probabilities = mean(outputs: outputs)
      return probabilities * (1 - probabilities)
    case .poisson:
      return exp(outputs)
    }
  }

  /// The scale of a Gaussian or Student-t likelihood. Shape [N, O] → [N, D]. Precondition: it is one of these.
  public func scale(outputs: Tensor, logNoise: Tensor? = nil) -> Tensor {
    switch family {
    case .gaussian(let noise), .studentT(_, let noise):
      let parts = LocationAndScale(outputs, noise, logNoise: logNoise)
      return parts.scale.broadcast(to: parts.location.shape)
    default: preconditionFailure("the likelihood \(family) has no scale")
    }
  }
}
