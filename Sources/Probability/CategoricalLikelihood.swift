//  CategoricalLikelihood.swift — one of C classes.
//
//    log p(y | f) = w_y (f_y − log Σ_c exp f_c), w = 1 unless weights are given

import Arrays
import Programs

/// - Parameters:
///   - logits: Shape [N, C].
///   - labels: Shape [N]; whole numbers in 0..<C.
/// - Returns: Shape [N]. Unit: nats.
func categoricalLogDensity(logits: Tensor, labels: Tensor, weights: [Double]?) -> Tensor {
  let density = -softmaxCrossEntropy(logits: logits, labels: labels)
  guard let weights else { return density }
  return density * Tensor.constant(DenseArray(weights)).gatherRows(at: labels)
}
