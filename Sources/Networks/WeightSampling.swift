//  WeightSampling.swift — how a pass samples normal weights without one shared draw of them.
//
//  Notation   W, b  weight and bias of a layer, independent normals with means M, m and variances V, v
//             x  inputs of B examples     Δ, δ  one draw of W − M and b − m     e  normal, r and s  random signs, all for each example
//
//  Equations  (1) local reparameterisation   z = x Mᵀ + m + √(x² Vᵀ + v) e                           [Kingma et al. 2015]
//             (2) flipout                    z = x Mᵀ + m + ((x r) Δᵀ + δ) s                           [Wen et al. 2018]
//
//  Each example has the distribution of z that a draw of its own weights would give. In (1) outputs are independent given x,
//  as those of a layer whose outputs share no weight are; where positions share weights (convolution) they are not, and
//  (1) is refused. In (2) examples share |Δ|.
//
//  Cost       two products a layer in place of one; no noise for each weight in (1).

package import Arrays
public import Programs

/// How the weights of a pass are sampled. The parameters of the pass are the means.
public struct WeightSampling {
  public enum Estimator: String, Hashable, Sendable, Codable {
    /// Equation (1).
    case localReparameterisation
    /// Equation (2).
    case flipout
  }

  public let estimator: Estimator
  /// Variances for (1), one draw of the deviations from the means for (2). Shape [P].
  public let spread: Tensor
  /// The noise e, or the signs r and then s, of a shape, at a random site.
  package let noise: (_ shape: Shape, _ site: UInt32) -> Tensor

  public init(_ estimator: Estimator, spread: Tensor) {
    self.init(estimator, spread: spread) { shape, site in
      switch estimator {
      case .localReparameterisation: return .random(.normal, shape: shape, site: site)
      case .flipout: return (Tensor.random(.coarseUniform, shape: shape, site: site) .< 0.5) * 2 - 1
      }
    }
  }

  package init(
    _ estimator: Estimator, spread: Tensor, noise: @escaping (_ shape: Shape, _ site: UInt32) -> Tensor
  ) {
    self.estimator = estimator
    self.spread = spread
    self.noise = noise
  }

  /// Keeps the square root's derivative finite where all inputs are zero; far below any variance that matters.
  static let smallestVariance = 1e-20
}

extension LayerContext {
  /// A layer's sum over its inputs with its parameters "weight" and, if it has one, "bias", sampled as the pass asks for.
  ///
  /// - Parameters:
  ///   - sharesWeights: Whether several outputs of an example come from the same weights, as in a convolution.
  ///   - product: (x, weight, bias) ↦ the sum.
  public mutating func weightedSum(
    of x: Tensor, bias: Bool, sharesWeights: Bool, _ product: (Tensor, Tensor, Tensor?) -> Tensor
  ) -> Tensor {
    if let members { return sum(of: x, bias: bias, members, product) }
    let mean = product(x, value("weight"), bias ? value("bias") : nil)
    guard let sampling else { return mean }
    let (weight, offset) = (spread("weight", sampling), bias ? spread("bias", sampling) : nil)
    switch sampling.estimator {
    case .localReparameterisation:
      if sharesWeights { refuse("shares its weights between outputs, which makes them dependent") }
      let variance = product(x.squared, weight, offset)
      let deviation = sqrt(variance + WeightSampling.smallestVariance)
      return mean + deviation * sampling.noise(mean.shape, nextRandomSite())  // (1)
    case .flipout:
      let signs = sampling.noise(Self.channels(of: x.shape), nextRandomSite())
      let outputs = sampling.noise(Self.channels(of: mean.shape), nextRandomSite())
      return mean + product(x * signs, weight, offset) * outputs  // (2)
    }
  }

  /// One sign for each example and channel: positions of a channel share weights, so they share the sign.
  private static func channels(of shape: Shape) -> Shape {
    Shape(shape.extents.enumerated().map { $0.offset < 2 ? $0.element : 1 })
  }
}

extension Network {
  /// Why a layer of the network cannot be sampled so, or `nil`.
  public func problem(with estimator: WeightSampling.Estimator) -> String? {
    let refusals = SamplingRefusals()
    let vector = Tensor.constant(0, shape: [parameterCount])
    _ = apply(
      vector, .constant(0, shape: Shape([2] + inputShape.extents)), state: .constant(0, shape: [stateCount]),
      sampling: WeightSampling(estimator, spread: vector), refusals: refusals)
    return refusals.first
  }
}

/// What layers say that cannot be sampled.
final class SamplingRefusals {
  var first: String?
}
