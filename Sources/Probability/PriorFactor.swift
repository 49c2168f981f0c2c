//  PriorFactor.swift — a prior laid over a layout: ranges of θ, each with one distribution.

import Arrays
package import Programs

/// The distribution of independent elements.
package enum ElementPrior: Hashable, Sendable {
  case flat
  case normal(mean: Double, scale: Double)
  case laplace(scale: Double)
  case studentT(degreesOfFreedom: Double, scale: Double)
  case scaleMixture(weight: Double, wide: Double, narrow: Double)
  case horseshoe(scale: Double)

  /// The log density, summed over the elements, with all constants. Shape [n] → []. Unit: nats.
  package func logDensity(_ values: Tensor) -> Tensor {
    let count = Double(values.shape.count)
    switch self {
    case .flat:
      return .constant(0)
    case .normal(let mean, let scale):  // (1)
      let deviations = mean == 0 ? values : values - mean
      return Self.logNormal(squares: deviations.squared.sum(), count: values.shape.count, scale: scale)
    case .laplace(let scale):  // (2)
      return abs(values).sum() * (-1 / scale) - count * logarithm(2 * scale)
    case .studentT(let degrees, let scale):  // (3)
      let tails = log1p(values.squared * (1 / (degrees * scale * scale))).sum()
      return tails * (-0.5 * (degrees + 1)) - count * StudentTDensity.logNormaliser(degrees: degrees, scale: scale)
    case .scaleMixture(let weight, let wide, let narrow):  // (5)
      return ScaleMixtureDensity.logDensity(values, weight: weight, wide: wide, narrow: narrow).sum()
    case .horseshoe(let scale):  // (6)
      return HorseshoeDensity.logDensity(values, scale: scale).sum()
    }
  }

  /// (1) from the sum of the squared deviations of `count` elements. Shape []. Unit: nats.
  package static func logNormal(squares: Tensor, count: Int, scale: Double) -> Tensor {
    squares * (-0.5 / (scale * scale)) - Double(count) * NormalDensity.logNormaliser(scale: scale)
  }
}

extension Prior {
  /// Ranges of θ with the distribution of their elements, in order; neighbours of one distribution are joined. Slices of
  /// the likelihood are left out.
  package func factors(over layout: ParameterLayout) -> [(range: Range<Int>, element: ElementPrior)] {
    if let problem = problem(over: layout) { preconditionFailure(problem) }
    var factors: [(range: Range<Int>, element: ElementPrior)] = []
    for slice in layout.slices where slice.role != .likelihood {
      let element = element(for: slice)
      if let last = factors.last, last.element == element, last.range.upperBound == slice.offset {
        factors[factors.count - 1].range = last.range.lowerBound..<slice.range.upperBound
      } else {
        factors.append((slice.range, element))
      }
    }
    return factors
  }

  /// The distribution of the elements of a slice.
  package func element(for slice: ParameterSlice) -> ElementPrior {
    switch self {
    case .flat: return .flat
    case .normal(let scale): return .normal(mean: 0, scale: scale)
    case .laplace(let scale): return .laplace(scale: scale)
    case .studentT(let degrees, let scale): return .studentT(degreesOfFreedom: degrees, scale: scale)
    case .scaleMixture(let weight, let wide, let narrow):
      return .scaleMixture(weight: weight, wide: wide, narrow: narrow)
    case .horseshoe(let scale): return .horseshoe(scale: scale)
    case .fanIn(let gain, let biasScale):  // (4)
      switch slice.role {
      case .weight, .embedding: return .normal(mean: 0, scale: gain / Double(max(slice.fanIn, 1)).squareRoot())
      case .scale: return .normal(mean: 1, scale: biasScale)
      case .bias, .shift, .likelihood, .statistic: return .normal(mean: 0, scale: biasScale)
      }
    case .bySlice(let priors, let fallback):
      let fitting = priors.keys.filter { Prior.fits($0, slice.name) }.max { $0.count < $1.count }
      return (fitting.flatMap { priors[$0] } ?? fallback).element(for: slice)
    }
  }

  private static func fits(_ key: String, _ name: String) -> Bool { name == key || name.hasPrefix(key + ".") }

  /// What makes the prior meaningless for a layout, or `nil`.
  package func problem(over layout: ParameterLayout) -> String? {
    func positive(_ value: Double, _ what: String) -> String? {
      value > 0 && value.isFinite ? nil : "a prior's \(what) is positive and finite, not \(value)"
    }
    switch self {
    case .flat: return nil
    case .normal(let scale), .laplace(let scale): return positive(scale, "scale")
    case .studentT(let degrees, let scale):
      return positive(degrees, "number of degrees of freedom") ?? positive(scale, "scale")
    case .horseshoe(let scale): return positive(scale, "scale")
    case .scaleMixture(let weight, let wide, let narrow):
      guard weight > 0 && weight < 1 else { return "a mixture's weight lies between 0 and 1, not at \(weight)" }
      return positive(wide, "wide scale") ?? positive(narrow, "narrow scale")
    case .fanIn(let gain, let biasScale): return positive(gain, "gain") ?? positive(biasScale, "scale of biases")
    case .bySlice(let priors, let fallback):
      for key in priors.keys.sorted() where !layout.slices.contains(where: { Prior.fits(key, $0.name) }) {
        return "a prior for \(key), but the parameters are \(layout.slices.map(\.name).joined(separator: ", "))"
      }
      return priors.values.lazy.compactMap { $0.problem(over: layout) }.first ?? fallback.problem(over: layout)
    }
  }
}
