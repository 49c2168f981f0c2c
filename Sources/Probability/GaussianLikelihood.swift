//  GaussianLikelihood.swift — real targets with normal noise.
//
//    log p(y | μ, σ) = −½ ((y − μ) / σ)² − log σ − ½ log 2π, summed over the targets of an example

import Arrays
import Programs

/// Shape [N, D] → [N]. Unit: nats.
func gaussianLogDensity(_ outputs: LocationAndScale, _ targets: Tensor) -> Tensor {
  let standardised = (targets - outputs.location) * outputs.inverseScale
  let constant = Double(targets.shape[1]) * NormalDensity.halfLogTwoPi
  return standardised.squared.sum(axes: [1]) * -0.5 - (outputs.sumOfLogScales + constant)
}
