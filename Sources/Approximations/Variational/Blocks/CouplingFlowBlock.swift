//  CouplingFlowBlock.swift — independent normals, bent by affine couplings of one half with the other (RealNVP).
//
//  Notation   z₀ = μ + softplus(ρ) ε     a  the half that stays     c  the half that moves     H  hidden units of a layer's networks
//
//  Equations  (1) c ← c exp(s) + t,  s = tanh(S₂ tanh(S₁ a + s₁) + s₂),  t = T₂ tanh(T₁ a + t₁) + t₂      [Dinh et al. 2017]
//             (2) log q = log N(z₀) − Σ s
//
//  Layers take turns: the first moves the second half, the next the first.  λ = (μ, ρ, then S₁, s₁, S₂, s₂, T₁, t₁, T₂, t₂).

package import Arrays
package import Programs

package struct CouplingFlowBlock: VariationalBlock {
  package let size: Int
  package let layers: Int
  /// H.
  package let hidden: Int

  /// Precondition: size ≥ 2.
  package init(size: Int, layers: Int, hidden: Int) {
    precondition(size >= 2, "a coupling of \(size) elements needs two halves")
    (self.size, self.layers, self.hidden) = (size, layers, hidden)
  }

  private var split: Int { size / 2 }

  /// The extents of what stays and of what moves.
  private func halves(_ layer: Int) -> (stays: Int, moves: Int) {
    layer % 2 == 0 ? (split, size - split) : (size - split, split)
  }

  package var count: Int {
    (0..<layers).reduce(2 * size) { sum, layer in
      let (stays, moves) = halves(layer)
      return sum + 2 * (hidden * (stays + 1) + moves * (hidden + 1))
    }
  }

  /// The last weights begin small: nearly the identity.
  package func start(means: [Double], deviations: [Double], using random: inout Philox) -> [Double] {
    var lambda = means + NormalBlock.spreads(deviations)
    for layer in 0..<layers {
      let (stays, moves) = halves(layer)
      for _ in 0..<2 {
        lambda += (0..<hidden * stays).map { _ in random.normal() / Double(stays).squareRoot() }
        lambda += [Double](repeating: 0, count: hidden)
        lambda += (0..<moves * hidden).map { _ in 0.001 * random.normal() }
        lambda += [Double](repeating: 0, count: moves)
      }
    }
    return lambda
  }

  package func draw(_ lambda: Tensor, noise: BlockNoise) -> BlockDraw {
    var parts = BlockParameters(lambda)
    let (mean, deviation) = (parts.take([size]), softplus(parts.take([size])))
    let epsilon = noise([size])
    var z = mean + deviation * epsilon
    var logDensity = NormalBlock.logDensity(of: epsilon) - log(deviation).sum()
    for layer in 0..<layers {
      let (stays, moves) = halves(layer)
      func network() -> Network {
        Network(
          first: parts.take([hidden, stays]), firstBias: parts.take([hidden]), second: parts.take([moves, hidden]),
          secondBias: parts.take([moves]))
      }
      let (scale, shift) = (network(), network())
      let (next, logDeterminant) = Self.layer(z, layer: layer, split: split, scale: scale, shift: shift)
      z = next
      logDensity = logDensity - logDeterminant  // (2)
    }
    return BlockDraw(values: z, logDensity: logDensity)
  }

  /// A network with one hidden layer.
  package struct Network {
    let first: Tensor
    let firstBias: Tensor
    let second: Tensor
    let secondBias: Tensor

    /// Shapes [H, in], [H], [out, H], [out].
    package init(first: Tensor, firstBias: Tensor, second: Tensor, secondBias: Tensor) {
      (self.first, self.firstBias, self.second, self.secondBias) = (first, firstBias, second, secondBias)
    }

    func callAsFunction(_ a: Tensor) -> Tensor {
      let hidden = tanh(linear(a.reshaped([1, a.shape[0]]), weight: first, bias: firstBias))
      return linear(hidden, weight: second, bias: secondBias).reshaped([second.shape[0]])
    }
  }

  /// Equation (1), and Σ s.
  package static func layer(
    _ z: Tensor, layer: Int, split: Int, scale: Network, shift: Network
  ) -> (z: Tensor, logDeterminant: Tensor) {
    let size = z.shape[0]
    let (first, last) = (z.slice(axis: 0, 0..<split), z.slice(axis: 0, split..<size))
    let (stays, moves) = layer % 2 == 0 ? (first, last) : (last, first)
    let s = tanh(scale(stays))
    let moved = moves * exp(s) + shift(stays)
    return (concatenate(layer % 2 == 0 ? [stays, moved] : [moved, stays], axis: 0), s.sum())
  }
}
