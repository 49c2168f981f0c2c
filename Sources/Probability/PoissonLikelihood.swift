//  PoissonLikelihood.swift — counts, with the logarithm of the rate as the network's output.
//
//    log p(y | f) = y f − exp f − log y!, summed over the targets of an example

import Arrays
import Programs

/// - Parameters:
///   - logRates: Shape [N, D].
///   - counts: Shape [N, D]; whole numbers, at least zero.
/// - Returns: Shape [N]. Unit: nats.
func poissonLogDensity(logRates: Tensor, _ counts: Tensor) -> Tensor {
  (counts * logRates - exp(logRates) - lgamma(counts + 1)).sum(axes: [1])
}
