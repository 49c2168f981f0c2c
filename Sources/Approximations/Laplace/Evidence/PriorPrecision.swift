//  PriorPrecision.swift — the precision of a Gaussian prior over some slices of θ.
//
//  Notation   δ  precision, 1 / variance     m  mean, zero but for the scales of normalisation layers

import Arrays
package import Curvatures
package import Networks
package import Probability

/// δ and m of each slice, or of each element.
package struct PriorPrecision: Hashable, Sendable {
  package let slices: [ParameterSlice]
  /// m.
  package let means: [Double]
  /// δ of each slice. With a precision for each element, not used.
  package var bySlice: [Double]
  /// δ of each element of the slices, where they differ within a slice.
  package var byElement: [Double]?

  package init(slices: [ParameterSlice], means: [Double], bySlice: [Double], byElement: [Double]? = nil) {
    self.slices = slices
    self.means = means
    self.bySlice = bySlice
    self.byElement = byElement
  }

  /// The precision of a model's prior. Under a flat prior δ = 1, to be tuned.
  ///
  /// Throws: `CurvatureError` when a slice has a prior that is not Gaussian.
  package init(of model: BayesianModel, slices: [ParameterSlice]) throws(CurvatureError) {
    let factors = model.prior.factors(over: model.layout)
    var (means, precisions): ([Double], [Double]) = ([], [])
    for slice in slices {
      guard let factor = factors.first(where: { $0.range.contains(slice.offset) }) else {
        preconditionFailure("the slice \(slice.name) has no prior")
      }
      switch factor.element {
      case .normal(let mean, let scale):
        means.append(mean)
        precisions.append(1 / (scale * scale))
      case .flat:
        means.append(0)
        precisions.append(1)
      case .laplace, .studentT, .scaleMixture, .horseshoe:
        throw .unsupported(
          "a Laplace approximation adds the curvature of a normal prior, and the parameter \(slice.name) has another prior; "
            + "take a normal or a fan-in prior, or another method")
      }
    }
    self.init(slices: slices, means: means, bySlice: precisions)
  }

  /// The same with all precisions multiplied.
  package func multiplied(by factor: Double) -> PriorPrecision {
    PriorPrecision(
      slices: slices, means: means, bySlice: bySlice.map { factor * $0 },
      byElement: byElement.map { $0.map { factor * $0 } })
  }

  /// δ of every element, in order.
  package var elements: [Double] {
    if let byElement { return byElement }
    return zip(slices, bySlice).flatMap { [Double](repeating: $1, count: $0.shape.count) }
  }

  /// Σ log δ of each slice.
  package var sliceLogSums: [Double] {
    guard let byElement else { return zip(slices, bySlice).map { Double($0.shape.count) * logarithm($1) } }
    return sliceSums { byElement[$0] }.map(\.logs)
  }

  /// Σ log of positive numbers over the elements of each slice.
  private func sliceSums(_ value: (Int) -> Double) -> [(logs: Double, count: Int)] {
    var start = 0
    return slices.map { slice in
      defer { start += slice.shape.count }
      return ((start..<start + slice.shape.count).reduce(0) { $0 + logarithm(value($1)) }, slice.shape.count)
    }
  }

  /// Σ δ (θ − m)² of each slice. `deviations` as from `squaredDeviations`.
  package func penalties(_ deviations: SquaredDeviations) -> [Double] {
    guard let byElement else { return zip(bySlice, deviations.sums).map { $0 * $1 } }
    var start = 0
    return slices.map { slice in
      defer { start += slice.shape.count }
      return (start..<start + slice.shape.count).reduce(0) { $0 + byElement[$1] * deviations.squares[$1] }
    }
  }

  /// θ − m of the elements of the slices.
  package func offsets(of parameters: [Double]) -> [Double] {
    zip(slices, means).flatMap { slice, mean in slice.range.map { parameters[$0] - mean } }
  }

  /// (θ* − m)² of the elements of the slices.
  package func squaredDeviations(of mode: [Double]) -> SquaredDeviations {
    var squares: [Double] = []
    var sums: [Double] = []
    for (slice, mean) in zip(slices, means) {
      let own = slice.range.map { (mode[$0] - mean) * (mode[$0] - mean) }
      squares += own
      sums.append(own.reduce(0, +))
    }
    return SquaredDeviations(squares: squares, sums: sums)
  }
}

/// (θ* − m)², and its sum over each slice.
package struct SquaredDeviations: Sendable {
  package let squares: [Double]
  package let sums: [Double]
}
