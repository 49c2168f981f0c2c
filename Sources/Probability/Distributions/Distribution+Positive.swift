//  Distribution+Positive.swift — densities of positive numbers, and of numbers between 0 and 1.
//
//  Equations  (1) gamma           a log b − log Γ(a) + (a − 1) log x − b x, shape a and rate b: mean a/b
//             (2) inverse gamma   a log b − log Γ(a) − (a + 1) log x − b/x, shape a and scale b
//             (3) exponential     log b − b x, rate b
//             (4) log-normal      −log x + log N(log x; m, s²)
//             (5) Weibull         log k − log λ + (k − 1) log(x/λ) − (x/λ)^k, shape k and scale λ
//             (6) Pareto          log a + a log m − (a + 1) log x for x ≥ m
//             (7) half …          log 2 + that of the whole, for x ≥ 0
//             (8) beta            (a − 1) log x + (b − 1) log(1 − x) − log B(a, b)

public import Programs

extension Distribution {
  /// Equation (1).
  public static func gamma(shape: some TensorConvertible, rate: some TensorConvertible) -> Distribution {
    let (a, b, possible) = positive(shape.tensor, rate.tensor)
    return Distribution { x in
      inside(x .> 0, x, harmless: 1) { x in a * log(b) - lgamma(a) + possible + (a - 1) * log(x) - b * x }
    }
  }

  /// Equation (2).
  public static func inverseGamma(shape: some TensorConvertible, scale: some TensorConvertible) -> Distribution {
    let (a, b, possible) = positive(shape.tensor, scale.tensor)
    return Distribution { x in
      inside(x .> 0, x, harmless: 1) { x in a * log(b) - lgamma(a) + possible - (a + 1) * log(x) - b / x }
    }
  }

  /// Equation (3).
  public static func exponential(rate: some TensorConvertible) -> Distribution {
    let (rate, possible) = positive(rate.tensor)
    let tails = Tails.positive { -(rate * $0) }
    return Distribution(tails: tails.adding(possible)) { x in
      inside(x .>= 0, x, harmless: 0) { log(rate) + possible - rate * $0 }
    }
  }

  /// Equation (4). `mean` and `scale` are those of log x.
  public static func logNormal(_ mean: some TensorConvertible, _ scale: some TensorConvertible) -> Distribution {
    let normal = normal(mean, scale)
    let tails = Tails.positive { normal.logSurvivals(log($0)) }
    return Distribution(tails: tails.adding(positive(scale.tensor).possible)) { x in
      inside(x .> 0, x, harmless: 1) { normal.logDensities(log($0)) - log($0) }
    }
  }

  /// Equation (5).
  public static func weibull(shape: some TensorConvertible, scale: some TensorConvertible) -> Distribution {
    let (k, scale, possible) = positive(shape.tensor, scale.tensor)
    let tails = Tails.positive { -exp(k * (log($0) - log(scale))) }
    return Distribution(tails: tails.adding(possible)) { x in
      inside(x .> 0, x, harmless: 1) { x in
        let ratio = log(x) - log(scale)
        return log(k) - log(scale) + possible + (k - 1) * ratio - exp(k * ratio)
      }
    }
  }

  /// Equation (6).
  public static func pareto(least: some TensorConvertible, shape: some TensorConvertible) -> Distribution {
    let (m, a, possible) = positive(least.tensor, shape.tensor)
    let above: @Sendable (Tensor) -> Tensor = { x in
      select(x .<= m, .constant(0), a * (log(m) - log(select(x .<= m, m, x))))
    }
    let tails = Tails(
      below: { x in unless(x .<= m, x / m, harmless: 2) { logDiffExp(.constant(0), -(a * log($0))) } }, above: above)
    return Distribution(tails: tails.adding(possible)) { x in
      inside(x .>= m, x, harmless: 1) { -(a + 1) * log($0) } + (log(a) + a * log(m) + possible)
    }
  }

  /// Equation (7): |x| of a normal x of mean 0.
  public static func halfNormal(_ scale: some TensorConvertible) -> Distribution {
    let whole = normal(0, scale)
    let tails = Tails.positive { whole.logSurvivals($0) + logarithm(2) }
    return half(whole, tails: tails.adding(positive(scale.tensor).possible))
  }

  /// Equation (7).
  public static func halfCauchy(_ scale: some TensorConvertible) -> Distribution {
    let whole = cauchy(0, scale)
    let tails = Tails.positive { whole.logSurvivals($0) + logarithm(2) }
    return half(whole, tails: tails.adding(positive(scale.tensor).possible))
  }

  /// Equation (7).
  public static func halfStudentT(_ degrees: some TensorConvertible, _ scale: some TensorConvertible) -> Distribution {
    half(studentT(degrees, 0, scale))
  }

  private static func half(_ whole: Distribution, tails: Tails? = nil) -> Distribution {
    Distribution(tails: tails) { x in
      inside(x .>= 0, x, harmless: 0) { whole.logDensities($0) + logarithm(2) }
    }
  }

  /// Equation (8).
  public static func beta(_ a: some TensorConvertible, _ b: some TensorConvertible) -> Distribution {
    let (a, b, possible) = positive(a.tensor, b.tensor)
    return Distribution { x in
      inside((x .> 0) * (x .< 1), x, harmless: 0.5) {
        (a - 1) * log($0) + (b - 1) * log1p(-$0) - (logBeta(a, b) - possible)
      }
    }
  }
}
