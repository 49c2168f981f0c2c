//  Prior.swift — what is believed of θ before the data.
//
//  Notation   θ  parameters, [P]     s  scale of one slice     n  its number of elements     g  gain
//
//  All parameters are independent. Log densities of a slice, centred on zero:
//    normal      −½ Σ θ² / s² − n (log s + ½ log 2π)                                                        (1)
//    laplace     −Σ |θ| / s − n log 2s                                                                       (2)
//    student-t   −½ (ν + 1) Σ log(1 + θ² / (ν s²)) + n (log Γ(½(ν + 1)) − log Γ(½ν) − ½ log νπ − log s)      (3)
//    mixture     Σ log (w N(θ; 0, s₁²) + (1 − w) N(θ; 0, s₂²)), s₁ wide and s₂ narrow: a smooth spike and slab
//                                                                                            (5) [Blundell et al. 2015]
//    horseshoe   Σ log p, p = eᶻ E₁(z) / (s √(2π³)), z = θ² / 2s²: the normal of scale λ s with λ half-Cauchy, λ integrated
//                out. Infinite at zero: weights are pulled there or let go                  (6) [Carvalho et al. 2010]
//    fan-in      normal, for weights s² = g² / fan-in; then the variance of a layer's outputs does not grow
//                with its width, and wide networks tend to a Gaussian process                        (4) [Neal 1996]
//
//  Cost: one pass over θ; neighbouring slices of one distribution are read as one.

/// A prior on the parameters of a network. Parameters of a likelihood have their own: see `NoiseModel`.
public indirect enum Prior: Hashable, Sendable, Codable {
  /// The improper density 1: the maximum of the posterior is that of the likelihood.
  case flat
  /// Equation (1). Precondition: scale > 0.
  case normal(scale: Double)
  /// Equation (2); its variance is 2 scale². Precondition: scale > 0.
  case laplace(scale: Double)
  /// Equation (3). Precondition: both > 0.
  case studentT(degreesOfFreedom: Double, scale: Double)
  /// Equation (5). Precondition: 0 < weight < 1, scales > 0.
  case scaleMixture(weight: Double, wide: Double, narrow: Double)
  /// Equation (6). Precondition: scale > 0.
  case horseshoe(scale: Double)
  /// Equation (4) for weights and embeddings; a normal of `biasScale` for biases and shifts, and the same around one for
  /// the scales of normalisation layers. Precondition: both > 0.
  case fanIn(gain: Double, biasScale: Double = 1)
  /// A prior for each slice by name. A key is the name of a slice ("0.dense.weight"), or the beginning of names up to a
  /// dot ("0.dense"); the longest that fits counts. Precondition: each key fits a slice.
  case bySlice([String: Prior], default: Prior)
}
