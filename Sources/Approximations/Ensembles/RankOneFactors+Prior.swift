//  RankOneFactors+Prior.swift — the log prior of the members that a network and its factors of rank one make.
//
//  Notation   M members     Wₘ = W ∘ sₘ rₘᵀ     W [O, I, …]     s the scale of a normal prior
//
//  Equations  (1) (1/M) Σₘ log p(θₘ); what the members share counts once
//             (2) Σₘ ‖Wₘ‖² = Σ S² ∘ (W² (R²)ᵀ), squares by element, W² summed over a convolution's window: no Wₘ is formed
//
//  The prior is that of the weights which predict. Laid on W alone it would be none: W may shrink and the factors grow, and every
//  Wₘ stay as it is.
//
//  Cost       (2) is a product of O I M a weight and two for its slope. Priors that are not normal take M passes over W.

import Arrays
import Networks
import Probability
package import Programs

extension RankOneFactors {
  /// Equation (1). Shape of the vector: [count]. Unit: nats.
  package func logPrior(in vector: Tensor) -> Tensor {
    let (shared, factors) = (shared(of: vector), factors(of: vector))
    let weights = model.networkParameters(shared)
    var sum = Tensor.constant(0)
    for slice in model.network.layout.slices {
      let element = model.prior.element(for: slice)
      if element != .flat { sum = sum + logDensity(of: slice, element, weights, factors) }
    }
    guard model.prior != .flat, let logNoise = model.logNoise(shared) else { return sum }
    return sum + model.likelihood.logPrior(logNoise: logNoise)
  }

  /// The mean over members of the log density of one slice.
  private func logDensity(
    of slice: ParameterSlice, _ element: ElementPrior, _ weights: Tensor, _ factors: Tensor
  ) -> Tensor {
    let flat = weights.slice(axis: 0, slice.range)
    guard names.contains(slice.name) else { return element.logDensity(flat) }
    let weight = flat.reshaped(slice.shape)
    let share = 1 / Double(members)
    if case .normal(mean: 0, let scale) = element {
      let (rows, columns) = stacked(factors, of: slice)
      let squares = slice.shape.rank == 2 ? weight.squared : weight.squared.sum(axes: Array(2..<slice.shape.rank))
      let lengths = (matmul(columns.squared, squares) * rows.squared).sum()  // (2)
      return ElementPrior.logNormal(squares: lengths * share, count: slice.shape.count, scale: scale)
    }
    return (0..<members).reduce(Tensor.constant(0)) {
      $0 + element.logDensity(multiplied(weight, slice, by: factors, of: $1)) * share
    }
  }
}
