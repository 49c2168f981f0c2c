//  StudentTLikelihood.swift — real targets with heavy-tailed noise: an outlier pulls with a bounded force.
//
//    log p(y | μ, σ) = log Γ(½(ν + 1)) − log Γ(½ν) − ½ log νπ − log σ − ½ (ν + 1) log(1 + ((y − μ) / σ)² / ν),
//    summed over the targets of an example

import Arrays
import Programs

/// Shape [N, D] → [N]. Unit: nats.
func studentTLogDensity(_ outputs: LocationAndScale, degrees: Double, _ targets: Tensor) -> Tensor {
  let standardised = (targets - outputs.location) * outputs.inverseScale
  let tails = log1p(standardised.squared * (1 / degrees)).sum(axes: [1])
  let constant = Double(targets.shape[1]) * StudentTDensity.logNormaliser(degrees: degrees, scale: 1)
  return tails * (-0.5 * (degrees + 1)) - (outputs.sumOfLogScales + constant)
}
