//  Distribution+Tails.swift — probabilities below and above a value, for what was censored or truncated.
//
//  Equations  (1) censored above c:     log(1 − F(c)), all that is known of a value that is more than c
//             (2) truncated to [a, b]:  log p(x) − log(F(b) − F(a)),  by 1 − F where that is the smaller

public import Programs

/// The logarithms of F(x) and 1 − F(x), F the distribution function.
struct Tails: Sendable {
  let below, above: @Sendable (Tensor) -> Tensor

  /// With what is added to either, as to a density: −∞ where a parameter is out of its range.
  func adding(_ possible: Tensor) -> Tails { Tails(below: { below($0) + possible }, above: { above($0) + possible }) }

  /// Of positive numbers, from log(1 − F) for x > 0.
  static func positive(survival: @escaping @Sendable (Tensor) -> Tensor) -> Tails {
    Tails(
      below: { x in Distribution.inside(x .> 0, x, harmless: 1) { logDiffExp(.constant(0), survival($0)) } },
      above: { x in select(x .> 0, survival(select(x .> 0, x, .constant(1))), .constant(0)) })
  }

  /// log(1 − F(z)) of the standard Cauchy distribution, 1 − F = ½ − atan(z) / π. Beyond ±1 by atan(1 / |z|), which does not cancel.
  static func cauchyAbove(_ z: Tensor) -> Tensor {
    let (isAbove, isBelow) = (z .> 1, z .< -1)
    let isFar = isAbove + isBelow
    let near = 0.5 - atan(select(isFar, .constant(0), z)) * (1 / Double.pi)
    let far = atan(1 / select(isFar, abs(z), .constant(1))) * (1 / Double.pi)
    return select(isAbove, log(far), select(isBelow, log1p(-far), log(near)))
  }

  /// log(1 − F(z)) of the standard Laplace distribution.
  static func laplaceAbove(_ z: Tensor) -> Tensor {
    let isAbove = z .> 0
    return select(isAbove, -z - logarithm(2), log1p(-0.5 * exp(select(isAbove, .constant(0), z))))
  }
}

extension Distribution {
  /// log F of each value: the probability that there is less. Unit: nats.
  ///
  /// Precondition: the distribution is `normal`, `cauchy`, `laplace`, `logistic`, `gumbel`, `uniform`, `exponential`, `weibull`, `pareto`,
  /// `logNormal`, `halfNormal` or `halfCauchy`.
  public func logCumulatives(_ values: some TensorConvertible) -> Tensor { known.below(values.tensor) }

  /// log(1 − F) of each value: the probability that there is more. Unit: nats. Precondition: that of `logCumulatives`.
  public func logSurvivals(_ values: some TensorConvertible) -> Tensor { known.above(values.tensor) }

  private var known: Tails {
    guard let tails else {
      preconditionFailure(
        "a tail of a distribution whose distribution function is not there: normal, cauchy, laplace, logistic, gumbel, uniform, "
          + "exponential, weibull, pareto, logNormal, halfNormal and halfCauchy have theirs")
    }
    return tails
  }

  /// Equation (2): a distribution of which only values above a bound are seen. Precondition: that of `logCumulatives`.
  public static func truncated(_ whole: Distribution, above bound: some TensorConvertible) -> Distribution {
    let bound = bound.tensor
    return Distribution { x in
      let density = inside(x .>= bound, x - bound, harmless: 0) { whole.logDensities(bound + $0) }
      return conditional(density, on: whole.logSurvivals(bound))
    }
  }

  /// Equation (2), of values below a bound. Precondition: that of `logCumulatives`.
  public static func truncated(_ whole: Distribution, below bound: some TensorConvertible) -> Distribution {
    let bound = bound.tensor
    return Distribution { x in
      let density = inside(x .<= bound, x - bound, harmless: 0) { whole.logDensities(bound + $0) }
      return conditional(density, on: whole.logCumulatives(bound))
    }
  }

  /// Equation (2), of values between two bounds, which ascend. Precondition: that of `logCumulatives`.
  public static func truncated(
    _ whole: Distribution, between lower: some TensorConvertible, _ upper: some TensorConvertible
  ) -> Distribution {
    let (lower, end) = (lower.tensor, upper.tensor)
    let isEmpty = end .<= lower
    let upper = select(isEmpty, lower + 1, end)
    return Distribution { x in
      let density = inside((x .>= lower) * (x .<= upper), x - lower, harmless: 0) { whole.logDensities(lower + $0) }
      let mass = logMass(
        below: (whole.logCumulatives(lower), whole.logCumulatives(upper)),
        above: (whole.logSurvivals(lower), whole.logSurvivals(upper)))
      return conditional(density, on: mass) + logPossible(isEmpty)
    }
  }

  /// The log density of what is seen, given the logarithm of how much is: −∞ where that is nothing at all.
  private static func conditional(_ density: Tensor, on mass: Tensor) -> Tensor {
    select(mass .== -.infinity, .constant(-.infinity), density - mass)
  }

  /// log(F(b) − F(a)), by the differences of the tail that both bounds are in, which do not cancel.
  static func logMass(below: (Tensor, Tensor), above: (Tensor, Tensor)) -> Tensor {
    let isUpperTail = above.0 .< below.0
    return logDiffExp(select(isUpperTail, above.0, below.1), select(isUpperTail, above.1, below.0))
  }
}

extension TensorConvertible {
  /// log F of these values, summed: each stands for something less, of which no more is known. Shape []. Unit: nats.
  public func logCumulative(_ distribution: Distribution) -> Tensor {
    Distribution.sum({ distribution.logCumulatives($0) }, of: tensor)
  }

  /// log(1 − F) of these values, summed: each stands for something more, as a time at which an observation ended. Shape []. Unit: nats.
  public func logSurvival(_ distribution: Distribution) -> Tensor {
    Distribution.sum({ distribution.logSurvivals($0) }, of: tensor)
  }
}
