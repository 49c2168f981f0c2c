//  Tensor+Products.swift — matrix products, convolutions, pooling, triangular factors.

import Arrays

/// A B over the last two axes, with either one transposed. Leading axes must agree.
public func matmul(_ a: Tensor, _ b: Tensor, transposeLeft: Bool = false, transposeRight: Bool = false) -> Tensor {
  Tensor(.matmul(transposeLeft: transposeLeft, transposeRight: transposeRight), [a, b])
}

/// x Wᵀ + b. Shapes [N, I], [O, I], [O] → [N, O].
public func linear(_ x: Tensor, weight: Tensor, bias: Tensor) -> Tensor { Tensor(.linear, [x, weight, bias]) }

/// Cross-correlation of images. Shapes [N, C, H, W], [O, C / groups, h, w] → [N, O, H′, W′].
public func convolution(
  _ x: Tensor, weight: Tensor, stride: [Int] = [1, 1], padding: [Int] = [0, 0], dilation: [Int] = [1, 1],
  groups: Int = 1
) -> Tensor {
  precondition(weight.shape.rank == 4, "a convolution's weight has rank 4, not shape \(weight.shape)")
  let window = Window(
    size: [weight.shape[2], weight.shape[3]], stride: stride, padding: padding, dilation: dilation, groups: groups)
  return Tensor(.convolution(window), [x, weight])
}

/// The largest element of each window; padding counts as −∞. Shape [N, C, H, W] → [N, C, H′, W′].
public func maxPool(_ x: Tensor, size: [Int], stride: [Int]? = nil, padding: [Int] = [0, 0]) -> Tensor {
  precondition(
    padding[0] < size[0] && padding[1] < size[1],
    "maximum pooling of windows \(size) with padding \(padding): each window needs an element")
  return Tensor(.maxPool(Window(size: size, stride: stride ?? size, padding: padding)), [x])
}

/// The mean of each window, padding counted as zeros. Shape [N, C, H, W] → [N, C, H′, W′].
public func averagePool(_ x: Tensor, size: [Int], stride: [Int]? = nil, padding: [Int] = [0, 0]) -> Tensor {
  precondition(x.shape.rank == 4, "pooling of \(x.shape), which needs rank 4")
  let (batch, channels) = (x.shape[0], x.shape[1])
  let kernel = Tensor.constant(1 / Double(size[0] * size[1]), shape: [1, 1, size[0], size[1]])
  let images = x.reshaped([batch * channels, 1, x.shape[2], x.shape[3]])
  let pooled = convolution(images, weight: kernel, stride: stride ?? size, padding: padding)
  return pooled.reshaped([batch, channels, pooled.shape[2], pooled.shape[3]])
}

extension Tensor {
  /// The lower triangular L with L Lᵀ = self, of which the lower triangle is read. Not positive definite: NaN.
  public var choleskyFactor: Tensor { Tensor(.cholesky, [self]) }

  /// L⁻¹ B, or L⁻ᵀ B, where `self` is the lower triangular L.
  public func triangularSolve(_ right: Tensor, transposed: Bool = false) -> Tensor {
    Tensor(.triangularSolve(transposed: transposed), [self, right])
  }

  /// The lower triangle with the diagonal, zeros above.
  public var lowerTriangle: Tensor { Tensor(.lowerTriangle, [self]) }

  /// The diagonal of a square matrix. Shape [n].
  public var diagonal: Tensor {
    precondition(shape.rank == 2 && shape[0] == shape[1], "the diagonal of \(shape), which is not square")
    let n = shape[0]
    return reshaped([n * n]).slice(axis: 0, 0..<n * n, stride: n + 1)
  }
}
