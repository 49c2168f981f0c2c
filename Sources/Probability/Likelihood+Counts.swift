//  Likelihood+Counts.swift — how many outputs and parameters a likelihood needs.

import Arrays
public import Programs

extension Likelihood {
  /// O, the number of network outputs for D targets an example; `nil` when the likelihood has no use for D targets.
  public func outputCount(targets: Int) -> Int? {
    switch family {
    case .gaussian(.perInput), .studentT(_, .perInput): targets >= 1 ? 2 * targets : nil
    case .gaussian, .studentT, .poisson: targets >= 1 ? targets : nil
    case .categorical(let classes, _): targets == 1 ? classes : nil
    case .bernoulli: targets == 1 ? 1 : nil
    case .multiLabel(let labels, _): targets == labels ? labels : nil
    }
  }

  /// D, the number of targets an example for O network outputs; `nil` when the likelihood has no use for O outputs.
  public func targetCount(outputs: Int) -> Int? {
    let candidate =
      switch family {
      case .gaussian(.perInput), .studentT(_, .perInput): outputs / 2
      case .gaussian, .studentT, .poisson, .multiLabel: outputs
      case .categorical, .bernoulli: 1
      }
    return outputCount(targets: candidate) == outputs ? candidate : nil
  }

  /// The name of the slice that holds log σ where the noise is learned.
  public static let logNoiseName = "likelihood.logNoise"

  /// Adds the parameters of the likelihood behind those of the network.
  public func appendParameters(to layout: inout ParameterLayout, targets: Int) {
    guard initialLogNoise != nil else { return }
    layout.append(name: Likelihood.logNoiseName, shape: [targets], role: .likelihood)
  }

  /// log σ₀ where the noise is learned, otherwise `nil`. Unit: log of the targets' unit.
  public var initialLogNoise: Double? {
    switch family {
    case .gaussian(.learned(let initial)), .studentT(_, .learned(let initial)): logarithm(initial)
    default: nil
    }
  }

  /// The log prior density of the likelihood's own parameters, summed. Shape [D] → []. Unit: nats.
  ///
  /// Source: `NoiseModel`, equation (1).
  public func logPrior(logNoise: Tensor) -> Tensor {
    guard let centre = initialLogNoise else { return .constant(0) }
    return ElementPrior.normal(mean: centre, scale: NoiseModel.priorScaleOfLogNoise).logDensity(logNoise)
  }
}
