//  NoiseModel.swift — where the scale of a likelihood comes from.
//
//  Notation   N  examples     D  targets an example     σ  scale, in the units of the targets
//
//    fixed      σ is given
//    learned    log σ, one for each target, is part of θ: the slice "likelihood.logNoise". Its prior is
//               log σ ~ N(log σ₀, 2²), σ₀ the initial value: within a factor of 50 either way with probability 0.95   (1)
//    perInput   the network has 2D outputs, D locations and then D numbers r with σ = softplus(r) + 0.001: the floor
//               keeps the density bounded where an example is met exactly. Its unit is that of standardised targets  (2)

import Arrays
import Programs

/// How a Gaussian or Student-t likelihood gets its scale.
public enum NoiseModel: Hashable, Sendable, Codable {
  /// Precondition: > 0.
  case fixed(Double)
  /// Precondition: initial > 0.
  case learned(initial: Double)
  case perInput

  /// Learned, beginning at half of the spread of standardised targets.
  public static var learned: NoiseModel { .learned(initial: 0.5) }

  /// The smallest scale in (2).
  public static let perInputFloor = 0.001

  /// The standard deviation of log σ in (1).
  public static let priorScaleOfLogNoise = 2.0

  var problem: String? {
    switch self {
    case .fixed(let scale) where !(scale > 0 && scale.isFinite),
      .learned(let scale) where !(scale > 0 && scale.isFinite):
      "a noise scale is positive and finite, not \(scale)"
    default: nil
    }
  }
}

/// Outputs taken apart: the location, and the scale in the forms that densities need.
struct LocationAndScale {
  /// Shape [N, D].
  let location: Tensor
  /// σ, 1 / σ and log σ. Shape [], [D] or [N, D].
  let scale: Tensor
  let inverseScale: Tensor
  let logScale: Tensor

  /// Σ log σ over the targets. Shape [] or [N].
  var sumOfLogScales: Tensor {
    switch logScale.shape.rank {
    case 0: logScale * Double(location.shape[1])
    case 1: logScale.sum()
    default: logScale.sum(axes: [1])
    }
  }

  /// - Parameters:
  ///   - outputs: Shape [N, D], or [N, 2D] with a scale for each input.
  ///   - logNoise: Shape [D] where the noise is learned.
  init(_ outputs: Tensor, _ noise: NoiseModel, logNoise: Tensor?) {
    let width = outputs.shape[1]
    switch noise {
    case .fixed(let value):
      location = outputs
      scale = .constant(value)
      inverseScale = .constant(1 / value)
      logScale = .constant(logarithm(value))
    case .learned:
      guard let logNoise, logNoise.shape == [width] else {
        let given = logNoise.map { "\($0.shape)" } ?? "none"
        preconditionFailure("learned noise of \(width) targets needs a parameter of shape [\(width)], not \(given)")
      }
      location = outputs
      scale = exp(logNoise)
      inverseScale = exp(-logNoise)
      logScale = logNoise
    case .perInput:  // (2)
      precondition(
        width % 2 == 0, "a scale for each input needs two outputs a target, but outputs have shape \(outputs.shape)")
      location = outputs.slice(axis: 1, 0..<width / 2)
      scale = softplus(outputs.slice(axis: 1, width / 2..<width)) + NoiseModel.perInputFloor
      inverseScale = 1 / scale
      logScale = log(scale)
    }
  }
}
