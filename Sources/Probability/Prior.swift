//  Prior.swift — what is believed of θ before the data.
//
//  Notation   θ  parameters, [P]     s  scale of one slice     n  its number of elements     g  gain
//
//  All parameters are independent. Log densities of a slice, centred on zero:
//    normal      −½ Σ θ² / s² − n (log s + ½ log 2π)                                                        (1)
//    laplace     −Σ |θ| / s − n log 2s                                                                       (2)
//    student-t   −½ (ν + 1) Σ log(1 + θ² / (ν s²)) + n (log Γ(½(ν + 1)) − log Γ(½ν) − ½ log νπ − log s)      (3)
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
  /// Equation (4) for weights and embeddings; a normal of `biasScale` for biases and shifts, and the same around one for
  /// the scales of normalisation layers. Precondition: both > 0.
  case fanIn(gain: Double, biasScale: Double = 1)
  /// A prior for each slice by name. A key is the name of a slice ("0.dense.weight"), or the beginning of names up to a
  /// dot ("0.dense"); the longest that fits counts. Precondition: each key fits a slice.
  case bySlice([String: Prior], default: Prior)
}
