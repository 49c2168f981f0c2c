//  OutputCurvature.swift — the curvature of the log likelihood in the network's outputs, as columns.
//
//  Notation   f  outputs, [N, O]     Λ  the negative expected second derivative of log p(y | f)/T in f, [O, O] an example
//             S  columns with Λ = S Sᵀ, K of them     w  weights of classes or labels     T  temperature
//
//  Equations  (1) categorical   Λ = w (diag p − p pᵀ)/T;  with the tails rₖ = Σ p from k on, for k < C − 1:
//                 sₖ = √(w pₖ/(rₖ T)) (√rₖ₊₁ eₖ − p/√rₖ₊₁ after k), C − 1 columns where √pₖ (eₖ − p) would be C
//             (2) labels        Λ = w p (1 − p)/T
//             (3) normal        Λ = 1/(σ² T) for the location;  2 (∂ log σ/∂f)²/T where σ is an output
//             (4) Student-t     Λ = (ν + 1)/((ν + 3) σ² T);     2ν/(ν + 3) (∂ log σ/∂f)²/T
//             (5) Poisson       Λ = exp f/T

import Arrays
package import Probability
package import Programs

extension Likelihood {
  /// The columns whose outer products, summed, are the curvature in the outputs.
  ///
  /// - Parameters:
  ///   - outputs: Shape [N, O].
  ///   - targets: Shape [N], or [N, D].
  ///   - logNoise: Shape [D] where the noise is learned.
  /// - Returns: K columns of shape [N, O].
  /// - Throws: `CurvatureError` where a sample of the likelihood is not provided.
  package func curvatureColumns(
    _ curvature: Curvature, outputs: Tensor, targets: Tensor, logNoise: Tensor?
  ) throws(CurvatureError) -> [Tensor] {
    switch curvature {
    case .gaussNewton: return exactColumns(outputs, targets, logNoise)
    case .sampledFisher(let draws):
      precondition(draws >= 1, "a Fisher matrix of \(draws) draws")
      var columns: [Tensor] = []
      for draw in 0..<draws {
        let column = try sampledColumn(outputs, targets, logNoise, site: UInt32(draw))
        columns.append(column * (1 / Double(draws)).squareRoot())
      }
      return columns
    case .empiricalFisher:
      let density = logDensity(outputs: outputs, targets: targets, logNoise: logNoise).sum()
      return [gradient(of: density, withRespectTo: outputs)]
    case .hessian: preconditionFailure("the Hessian has no columns in the outputs")
    }
  }

  private func exactColumns(_ outputs: Tensor, _ targets: Tensor, _ logNoise: Tensor?) -> [Tensor] {
    let width = outputs.shape[1]
    switch family {
    case .categorical:
      return categoricalColumns(outputs.softmax(), weight: rootWeight(targets, outputs))  // (1)
    default:
      let deviations = rootCurvature(outputs, logNoise) * rootWeight(targets, outputs)
      return (0..<width).map { unit($0, outputs.shape) * deviations }
    }
  }

  /// The Cholesky factor of diag p − p pᵀ, whose last column is zero.
  ///
  /// A tail that rounds to zero leaves entries below the smallest normal number, so that it may be replaced by one.
  private func categoricalColumns(_ p: Tensor, weight: Tensor) -> [Tensor] {
    let (count, width) = (p.shape[0], p.shape[1])
    var tails = [Tensor](repeating: .constant(0, shape: [count, 1]), count: width + 1)
    for k in (0..<width).reversed() { tails[k] = tails[k + 1] + p.slice(axis: 1, k..<k + 1) }
    let least = Tensor.constant(1e-37, shape: [count, 1])
    let place = Tensor.iota(shape: p.shape, axis: 1)
    return (0..<width - 1).map { k in
      let own = p.slice(axis: 1, k..<k + 1)
      let (here, next) = (maximum(tails[k], least), maximum(tails[k + 1], least))
      let root = sqrt(own / here) * weight
      let below = (place .> Double(k)) * p * rsqrt(next)
      return ((place .== Double(k)) * sqrt(next) - below) * root
    }
  }

  /// √Λ where Λ is diagonal, without weights and temperature. Shape [N, O]. Equations (2) to (5).
  private func rootCurvature(_ outputs: Tensor, _ logNoise: Tensor?) -> Tensor {
    switch family {
    case .bernoulli, .multiLabel:
      let probabilities = sigmoid(outputs)
      return sqrt(probabilities * (1 - probabilities))
    case .poisson: return exp(0.5 * outputs)
    case .gaussian(let noise): return locationAndScale(outputs, noise, logNoise, (1, 2))
    case .studentT(let degrees, let noise):
      return locationAndScale(outputs, noise, logNoise, ((degrees + 1) / (degrees + 3), 2 * degrees / (degrees + 3)))
    case .categorical: preconditionFailure("the curvature of a categorical likelihood is not diagonal")
    }
  }

  private func locationAndScale(
    _ outputs: Tensor, _ noise: NoiseModel, _ logNoise: Tensor?, _ information: (location: Double, logScale: Double)
  ) -> Tensor {
    let inverse = 1 / scale(outputs: outputs, logNoise: logNoise)
    let location = inverse * information.location.squareRoot()
    guard noise == .perInput else { return location }
    let half = outputs.shape[1] / 2
    // σ = softplus(r) + floor, so that ∂ log σ/∂r = sigmoid(r)/σ.
    let slope = sigmoid(outputs.slice(axis: 1, half..<2 * half)) * inverse
    return concatenate([location, slope * information.logScale.squareRoot()], axis: 1)
  }

  /// ∂ log p(y | f)/∂f, without weights, at one y drawn from the likelihood, times √(w/T). Shape [N, O].
  private func sampledColumn(
    _ outputs: Tensor, _ targets: Tensor, _ logNoise: Tensor?, site: UInt32
  ) throws(CurvatureError) -> Tensor {
    let weight = rootWeight(targets, outputs)
    switch family {
    case .categorical:
      // The largest of logits with Gumbel noise is a draw from softmax.
      let noise = -log(-log(.random(.uniform, shape: outputs.shape, site: site)))
      let noisy = outputs + noise
      return ((noisy .== noisy.max(axes: [1], keepingAxes: true)) - outputs.softmax()) * weight
    case .bernoulli, .multiLabel:
      let probabilities = sigmoid(outputs)
      return ((.random(.uniform, shape: outputs.shape, site: site) .< probabilities) - probabilities) * weight
    case .gaussian(let noise):
      let scales = scale(outputs: outputs, logNoise: logNoise)
      let deviation = Tensor.random(.normal, shape: scales.shape, site: site)
      let location = deviation / scales
      guard noise == .perInput else { return location * weight }
      let half = outputs.shape[1] / 2
      let slope = sigmoid(outputs.slice(axis: 1, half..<2 * half)) / scales
      return concatenate([location, (deviation.squared - 1) * slope], axis: 1) * weight
    case .studentT, .poisson:
      throw .unsupported(
        "the sampled Fisher matrix is not provided for this likelihood; take the exact one, which costs as much")
    }
  }

  /// √(w/T) of each output. Shape [], [N, 1] or [N, L].
  private func rootWeight(_ targets: Tensor, _ outputs: Tensor) -> Tensor {
    let count = outputs.shape[0]
    let root = (1 / temperature).squareRoot()
    func positives(_ weights: [Double]) -> Tensor {
      let y = targets.reshaped([count, weights.count])
      return sqrt(y * (Tensor.constant(DenseArray(weights)) - 1) + 1) * root
    }
    switch family {
    case .categorical(_, let weights?):
      return sqrt(Tensor.constant(DenseArray(weights)).gatherRows(at: targets.reshaped([count]))).reshaped([count, 1])
        * root
    case .bernoulli(let weight) where weight != 1: return positives([weight])
    case .multiLabel(_, let weights?): return positives(weights)
    default: return .constant(root)
    }
  }

  private func unit(_ k: Int, _ shape: Shape) -> Tensor {
    .iota(shape: shape, axis: 1) .== Double(k)
  }
}
