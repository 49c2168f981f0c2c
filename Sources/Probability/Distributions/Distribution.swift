//  Distribution.swift — densities with which models are written: y.logDensity(.normal(mean, scale)).
//
//  All are normalised, in nats, so that evidences mean something. Parameters may be numbers, arrays or tensors, and broadcast against
//  the values. Outside of its support a density is −∞, so that a parameter that was given none is seen. Supports of densities that
//  take the logarithm of a positive number are open: to gamma, beta and their like 0 is outside, whatever their shape. Of parameters out
//  of their range: see Distribution+Range.swift.

import Arrays
public import Programs

/// A distribution with parameters that may themselves be parameters of a model.
public struct Distribution: Sendable {
  /// From values to the log density of each; for distributions of vectors, of each vector.
  private let body: @Sendable (Tensor) -> Tensor
  /// The axes of one value: 0 for a number, 1 for a vector, 2 for a matrix.
  private let valueRank: Int
  let tails: Tails?

  /// A distribution by its log density.
  ///
  /// - Parameter logDensities: From values to the log density of each. Unit: nats.
  public init(_ logDensities: @escaping @Sendable (Tensor) -> Tensor) {
    self.init(tails: nil, logDensities)
  }

  /// A distribution of which the probabilities below and above a value are known too.
  init(tails: Tails?, _ logDensities: @escaping @Sendable (Tensor) -> Tensor) {
    body = logDensities
    valueRank = 0
    self.tails = tails
  }

  /// A distribution of vectors or matrices, over the last axes.
  init(ofRank valueRank: Int, _ logDensities: @escaping @Sendable (Tensor) -> Tensor) {
    body = logDensities
    self.valueRank = valueRank
    tails = nil
  }

  /// The log density of each value. Shape: that of values and parameters together; of vectors, without their axis. Unit: nats.
  public func logDensities(_ values: some TensorConvertible) -> Tensor { body(values.tensor) }

  /// The log density of all values, each counted once, summed. Shape []. Unit: nats.
  ///
  /// Precondition: the parameters do not repeat a value, as a mean [N, 1] repeats values [N]; `logDensities(…).sum()` counts
  /// repeated ones.
  public func logDensity(_ values: some TensorConvertible) -> Tensor {
    Self.sum(body, of: values.tensor, rank: valueRank)
  }

  /// Σ f(x) over all values x, each an array of so many axes. Precondition: no value is repeated.
  static func sum(_ terms: (Tensor) -> Tensor, of values: Tensor, rank: Int = 0) -> Tensor {
    let terms = terms(values)
    let count = values.shape.extents.dropLast(rank).reduce(1, *)
    precondition(
      terms.shape.count <= count,
      "values of shape \(values.shape) and their parameters make terms of shape \(terms.shape): values would be counted more "
        + "than once; give values and parameters one shape, or sum logDensities where they are to be repeated")
    return terms.sum()
  }
}

extension TensorConvertible {
  /// The log density of these values under a distribution, each counted once, summed. Shape []. Unit: nats.
  ///
  /// Precondition: the parameters do not repeat a value.
  public func logDensity(_ distribution: Distribution) -> Tensor { distribution.logDensity(self) }

  /// The log density of each of these values under a distribution. Unit: nats.
  public func logDensities(_ distribution: Distribution) -> Tensor { distribution.logDensities(self) }
}

extension Distribution {
  /// w p + (1 − w) q, of values that each come from one of two distributions.
  ///
  /// - Parameter weight: w, from 0 to 1.
  public static func mixture(_ weight: some TensorConvertible, _ p: Distribution, _ q: Distribution) -> Distribution {
    let weight = weight.tensor
    return Distribution(ofRank: p.valueRank) { values in
      unless((weight .< 0) + (weight .> 1), weight, harmless: 0.5) { weight in
        logAddExp(logShare(weight) + p.logDensities(values), logShare(1 - weight) + q.logDensities(values))
      }
    }
  }

  /// Σ wₖ pₖ, of values that each come from one of several distributions of scalars.
  ///
  /// - Parameter weights: Not negative; they are divided by their sum. Shape [K].
  public static func mixture(_ weights: some TensorConvertible, _ parts: [Distribution]) -> Distribution {
    let weights = weights.tensor
    precondition(
      !parts.isEmpty && weights.shape == [parts.count], "a mixture of \(parts.count) parts by weights \(weights.shape)")
    let (shares, possible) = shares(weights)
    return Distribution(ofRank: parts[0].valueRank) { values in
      let terms = parts.enumerated().map { logShare(shares[$0.offset]) + $0.element.logDensities(values) }
      return stack(terms, axis: terms[0].shape.rank).logSumExp() + possible
    }
  }

  /// The density where the condition holds, otherwise −∞. Elsewhere it is taken at a harmless value: the derivative of what is not
  /// selected is multiplied by 0, and must be finite for that.
  static func inside(
    _ condition: Tensor, _ x: Tensor, harmless: Double, _ density: (Tensor) -> Tensor
  ) -> Tensor {
    select(condition, density(select(condition, x, .constant(harmless))), .constant(-.infinity))
  }
}
