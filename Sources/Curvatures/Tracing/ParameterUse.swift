//  ParameterUse.swift — one place where a slice of θ enters a traced network.
//
//  Notation   N  examples of the batch     T  positions at which the parameter is used for one example
//             z  the node whose value the use gives     D = ∂ℓ/∂z its cotangent, [N, T, O]     a  inputs, [N, T, I]
//
//  Equations  (1) a product z = a Wᵀ:               ∂ℓₙ/∂W = Σₜ Dₙₜ aₙₜᵀ         [O, I]
//             (2) an elementwise use z = w ∘ θ:     ∂ℓₙ/∂θ = Σₜ Dₙₜ ∘ w          [O]
//
//  A convolution is the product with patches, T their number; a bias is the elementwise use with w = 1.

import Arrays
package import Probability
package import Programs

/// A use of a slice of the parameters, with all that its curvature needs.
package struct ParameterUse {
  package enum Kind {
    /// Equation (1). `inputs` has shape [N, T, I].
    case product(inputs: Tensor)
    /// Equation (2). `factor` w has shape [O]; `nil` is one.
    case elementwise(factor: Tensor?)
  }

  /// How the node's axes are read as [N, T, O].
  enum Arrangement {
    /// [N · T, O].
    case rows
    /// [N, O, H, W], T = H W.
    case images
    /// Any rank: the axis of examples, then repeated ones, then those of the parameter.
    case broadcast(repeated: [Int], kept: [Int])
  }

  package let slice: ParameterSlice
  package let kind: Kind
  /// z.
  package let node: Tensor
  let arrangement: Arrangement
  /// N.
  let examples: Int

  var isProduct: Bool {
    if case .product = kind { true } else { false }
  }

  /// T.
  package var positions: Int {
    switch arrangement {
    case .rows: node.shape[0] / Swift.max(examples, 1)
    case .images: node.shape[2] * node.shape[3]
    case .broadcast(let repeated, _): repeated.reduce(1) { $0 * node.shape[$1] }
    }
  }

  /// O.
  package var outputs: Int {
    switch arrangement {
    case .rows, .images: node.shape[1]
    case .broadcast(_, let kept): kept.reduce(1) { $0 * node.shape[$1] }
    }
  }

  /// K cotangents of z, [K, …], as [K, N, T, O].
  package func rows(_ cotangents: Tensor) -> Tensor {
    let count = cotangents.shape[0]
    let shape: Shape = [count, examples, positions, outputs]
    switch arrangement {
    case .rows: return cotangents.reshaped(shape)
    case .images: return cotangents.reshaped([count, examples, outputs, positions]).transposed([0, 1, 3, 2])
    case .broadcast(let repeated, let kept):
      return cotangents.transposed([0, 1] + (repeated + kept).map { $0 + 1 }).reshaped(shape)
    }
  }

  /// The derivative with respect to the slice, example by example: equations (1) and (2).
  ///
  /// - Parameter rows: D, shape [N, T, O].
  /// - Returns: Shape [N, slice.shape.count].
  package func exampleGradients(_ rows: Tensor) -> Tensor {
    switch kind {
    case .product(let inputs):
      let width = inputs.shape[2]
      let outer: Tensor
      if positions == 1 {
        outer = rows.reshaped([examples, outputs, 1]) * inputs.reshaped([examples, 1, width])
      } else {
        outer = matmul(rows, inputs, transposeLeft: true)
      }
      return outer.reshaped([examples, outputs * width])
    case .elementwise(let factor):
      let sums = rows.sum(axes: [1])
      return factor.map { sums * $0 } ?? sums
    }
  }
}
