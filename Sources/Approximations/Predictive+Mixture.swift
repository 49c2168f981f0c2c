//  Predictive+Mixture.swift — the predictive distribution of a mixture of posteriors.
//
//  Equation   p(y | x, D) = (1/M) Σₘ pₘ(y | x, D):  the draws of all components side by side, each component having as many

import Arrays
import Evaluation

extension Predictive {
  /// The mixture of predictives with equal weights.
  ///
  /// Precondition: at least one; all of one kind and shape.
  public init(mixing parts: [Predictive]) {
    precondition(!parts.isEmpty, "a mixture of no predictives")
    switch parts[0].content {
    case .numbers: self.init(.numbers(NumberForecast(mixing: parts.map(\.mixture))))
    case .classes:
      let forecasts = parts.map(\.classes)
      let logarithms = forecasts.compactMap(\.logDraws)
      let entropies =
        forecasts.contains { $0.drawEntropies != nil } ? stacked(forecasts.map(\.entropies)) : nil
      self.init(
        logarithms.count == forecasts.count
          ? ClassForecast(logProbabilities: stacked(logarithms), drawEntropies: entropies)
          : ClassForecast(stacked(forecasts.map(\.draws)), drawEntropies: entropies))
    }
  }
}

extension NumberForecast {
  /// Precondition: as `Predictive.init(mixing:)`.
  fileprivate init(mixing parts: [NumberForecast]) {
    switch parts[0].components {
    case .normal:
      var (means, noises, functions): ([DenseArray<Double>], [DenseArray<Double>], [DenseArray<Double>]) = ([], [], [])
      for part in parts {
        guard case .normal(let mean, let noise, let function) = part.components else { Self.differ(parts) }
        means.append(mean)
        noises.append(noise)
        functions.append(function ?? DenseArray(repeating: 0, shape: mean.shape))
      }
      self.init(
        .normal(means: stacked(means), noiseDeviations: stacked(noises), functionDeviations: stacked(functions)))
    case .studentT(let degrees, _, _):
      var (centres, spreads): ([DenseArray<Double>], [DenseArray<Double>]) = ([], [])
      for part in parts {
        guard case .studentT(degrees, let locations, let scales) = part.components else { Self.differ(parts) }
        centres.append(locations)
        spreads.append(scales)
      }
      self.init(.studentT(degreesOfFreedom: degrees, locations: stacked(centres), scales: stacked(spreads)))
    case .poisson:
      self.init(
        .poisson(
          rates: stacked(
            parts.map { part in
              guard case .poisson(let rates) = part.components else { Self.differ(parts) }
              return rates
            })))
    }
  }

  private static func differ(_ parts: [NumberForecast]) -> Never {
    preconditionFailure("a mixture of forecasts of different kinds: \(parts.map { "\($0.components)" })")
  }
}

/// Arrays [S, N, …] one behind the other. Precondition: equal shapes.
private func stacked(_ arrays: [DenseArray<Double>]) -> DenseArray<Double> {
  let shape = arrays[0].shape
  precondition(
    arrays.allSatisfy { $0.shape == shape }, "a mixture of predictions of the shapes \(arrays.map(\.shape))")
  return DenseArray(
    arrays.flatMap(\.elements), shape: Shape([arrays.count * shape[0]] + shape.extents.dropFirst()))
}
