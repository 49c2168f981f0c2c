//  Prior+LogDensity.swift — the log density of a prior on θ.

import Arrays
public import Programs

extension Prior {
  /// log p(θ) with all constants, over the slices that do not belong to the likelihood. Shape [P] → []. Unit: nats.
  public func logDensity(_ parameters: Tensor, layout: ParameterLayout) -> Tensor {
    layout.check(parameters.shape)
    let terms = factors(over: layout).filter { $0.element != .flat }.map { factor in
      factor.element.logDensity(
        factor.range == 0..<layout.count ? parameters : parameters.slice(axis: 0, factor.range))
    }
    return terms.dropFirst().reduce(terms.first ?? .constant(0), +)
  }
}
