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
  /// The places in θ of the elements that are random, ascending; `nil` is all of the slices. The others stay at the mode and count
  /// nowhere.
  package let indices: [Int]?
  /// How many elements of each slice are random.
  package let counts: [Int]
  /// m.
  package let means: [Double]
  /// δ of each slice. With a precision for each element, not used.
  package var bySlice: [Double]
  /// δ of each element of the slices, where they differ within a slice.
  package var byElement: [Double]?

  /// The precision of a model's prior. Under a flat prior δ = 1, to be tuned.
  ///
  /// - Parameter indices: The elements that are random, within the slices; `nil` is all of them.
  /// - Throws: `CurvatureError` when a slice has a prior that is not Gaussian.
  package init(
    of model: BayesianModel, slices: [ParameterSlice], indices: [Int]? = nil
  ) throws(CurvatureError) {
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
    (self.slices, self.indices, self.means, bySlice) = (slices, indices, means, precisions)
    counts = slices.map { slice in indices?.count(where: slice.range.contains) ?? slice.shape.count }
  }

  /// The same with all precisions multiplied.
  package func multiplied(by factor: Double) -> PriorPrecision {
    var prior = self
    prior.bySlice = bySlice.map { factor * $0 }
    prior.byElement = byElement.map { $0.map { factor * $0 } }
    return prior
  }

  /// δ of each slice; where its elements have their own, their geometric mean, which is what the evidence has of them: Σ log δ.
  package var sliceMeans: [Double] {
    byElement == nil ? bySlice : zip(sliceLogSums, counts).map { exponential($0 / Double($1)) }
  }

  /// δ of every element of the slices, in order.
  package var elements: [Double] {
    if let byElement { return byElement }
    return zip(slices, bySlice).flatMap { [Double](repeating: $1, count: $0.shape.count) }
  }

  /// Σ log δ of each slice.
  package var sliceLogSums: [Double] {
    guard let byElement else { return zip(counts, bySlice).map { Double($0) * logarithm($1) } }
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

  /// (θ* − m)² of the random elements of the slices.
  package func squaredDeviations(of mode: [Double]) -> SquaredDeviations {
    var squares: [Double] = []
    var sums: [Double] = []
    for (slice, mean) in zip(slices, means) {
      let places = indices?.filter(slice.range.contains) ?? Array(slice.range)
      let own = places.map { (mode[$0] - mean) * (mode[$0] - mean) }
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
