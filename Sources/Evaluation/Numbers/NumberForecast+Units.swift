//  NumberForecast+Units.swift — the same forecast in another unit of the targets.

import Arrays

extension NumberForecast {
  /// y ↦ offset + scale · y for each target. Precondition: D offsets and scales, scales > 0; counts keep their unit.
  public func rescaled(offsets: [Double], scales: [Double]) -> NumberForecast {
    let width = targetCount
    precondition(
      offsets.count == width && scales.count == width,
      "\(offsets.count) offsets and \(scales.count) scales for \(width) targets")
    for scale in scales { precondition(scale > 0, "a scale of \(scale)") }
    func moved(_ array: DenseArray<Double>) -> DenseArray<Double> {
      DenseArray(
        array.elements.enumerated().map { offsets[$0 % width] + scales[$0 % width] * $1 }, shape: array.shape)
    }
    func stretched(_ array: DenseArray<Double>) -> DenseArray<Double> {
      DenseArray(array.elements.enumerated().map { scales[$0 % width] * $1 }, shape: array.shape)
    }
    switch components {
    case .normal(let means, let noise, let function):
      return NumberForecast(
        .normal(
          means: moved(means), noiseDeviations: stretched(noise), functionDeviations: function.map(stretched)))
    case .studentT(let degrees, let locations, let scales):
      return NumberForecast(
        .studentT(degreesOfFreedom: degrees, locations: moved(locations), scales: stretched(scales)))
    case .poisson:
      precondition(
        offsets.allSatisfy { $0 == 0 } && scales.allSatisfy { $0 == 1 },
        "counts have no other unit: offsets \(offsets) and scales \(scales)")
      return self
    }
  }
}
