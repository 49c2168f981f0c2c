//  SteinKernel.swift — how near particles are, and where gradients and nearness take them.
//
//  Notation   M  particles     θᵢ  [D] their places, parameters or functions     k  the kernel     h  its width
//
//  Equations  (1) φ(θᵢ) = (1/M) Σⱼ [k(θⱼ, θᵢ) ∇ log p(θⱼ, D) + ∇_θⱼ k(θⱼ, θᵢ)],  θᵢ moves along φ    [Liu and Wang 2016]
//             (2) k(a, b) = exp(−‖a − b‖² / h),  h = the mean ‖θᵢ − θⱼ‖² over pairs / log(M + 1)
//             (3) Σⱼ ∇_θⱼ k(θⱼ, θᵢ) = (2 / h) Σⱼ (θᵢ − θⱼ) k(θⱼ, θᵢ)

import Arrays
import Foundation
package import Programs

/// The kernel (2) between all particles.
package struct SteinKernel {
  /// k(θⱼ, θᵢ). Shape [M, M].
  private let values: Tensor
  /// The places about their mean. Shape [M, D].
  private let centred: Tensor
  private let inverseWidth: Tensor

  /// - Parameter positions: Shape [M, D].
  package init(_ positions: Tensor) {
    let count = positions.shape[0]
    // About their mean, so that distances are not differences of large numbers.
    centred = positions - positions.mean(axes: [0], keepingAxes: true)
    let products = matmul(centred, centred, transposeRight: true)
    let squares = products.diagonal
    let distances = squares.reshaped([count, 1]) + squares.reshaped([1, count]) - products * 2
    let squared = maximum(distances, distances.filled(0))
    let pairs = Double(count * (count - 1))
    inverseWidth = pairs * Foundation.log(Double(count + 1)) / (squared.sum() + 1e-30)
    values = exp(-(squared * inverseWidth))  // (2)
  }

  private var share: Double { 1 / Double(values.shape[0]) }

  /// (1/M) Σⱼ k(θⱼ, θᵢ), what the gradients in (1) weigh together. Shape [M].
  package var weights: Tensor { values.sum(axes: [1]) * share }

  /// φ, equation (1).
  ///
  /// - Parameter drive: The gradients of the log density at the places. Shape [M, D].
  /// - Returns: Shape [M, D].
  package func direction(drive: Tensor) -> Tensor {
    // (3)
    let repulsion =
      (values.sum(axes: [1], keepingAxes: true) * centred - matmul(values, centred)) * (inverseWidth * 2)
    return (matmul(values, drive) + repulsion) * share
  }
}
