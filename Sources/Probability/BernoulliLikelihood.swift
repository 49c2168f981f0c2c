//  BernoulliLikelihood.swift — targets of zero or one, one or several of them.
//
//    log p(y | f) = y f − log(1 + exp f), summed over the labels of an example                               (1)
//    weighted     = w y (f − log(1 + exp f)) − (1 − y) log(1 + exp f), w the weight of ones                  (2)

import Arrays
import Programs

/// - Parameters:
///   - logits: Shape [N, L].
///   - targets: Shape [N, L], of zeros and ones.
/// - Returns: Shape [N]. Unit: nats.
func bernoulliLogDensity(logits: Tensor, _ targets: Tensor, positiveWeights: [Double]?) -> Tensor {
  guard let positiveWeights else { return (targets * logits - softplus(logits)).sum(axes: [1]) }  // (1)
  let weights = Tensor.constant(DenseArray(positiveWeights))
  return (-(weights * targets * softplus(-logits)) - (1 - targets) * softplus(logits)).sum(axes: [1])  // (2)
}
