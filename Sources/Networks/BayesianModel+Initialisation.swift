//  BayesianModel+Initialisation.swift — where training starts.

public import Arrays
import Probability

extension BayesianModel {
  /// The network's initial parameters, then log σ₀ where the noise is learned. Shape [P].
  public func initialParameters<Element: Scalar>(
    _ type: Element.Type = Element.self, using generator: inout some RandomNumberGenerator
  ) -> DenseArray<Element> {
    var values = network.initialValues(using: &generator)
    values += [Double](repeating: likelihood.initialLogNoise ?? 0, count: layout.count - values.count)
    return DenseArray(values.map { Element($0) })
  }
}
