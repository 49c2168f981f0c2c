//  Distribution+Real.swift — densities on the real line, by location m and scale s; z = (x − m)/s.
//
//  Equations  (1) normal        −½ z² − log s − ½ log 2π
//             (2) Student's t   log Γ(½(ν + 1)) − log Γ(½ν) − ½ log νπ − log s − ½ (ν + 1) log(1 + z²/ν)
//             (3) Cauchy        −log π − log s − log(1 + z²)
//             (4) Laplace       −|z| − log 2s
//             (5) logistic      −z − 2 log(1 + e^−z) − log s
//             (6) Gumbel        −z − e^−z − log s
//             (7) uniform       −log(b − a)

public import Programs

extension Distribution {
  /// Equation (1). `scale` is the standard deviation.
  public static func normal(_ mean: some TensorConvertible, _ scale: some TensorConvertible) -> Distribution {
    let mean = mean.tensor
    let (scale, possible) = positive(scale.tensor)
    let tails = Tails(
      below: { logNormalCumulative(($0 - mean) / scale) }, above: { logNormalCumulative((mean - $0) / scale) })
    return Distribution(tails: tails.adding(possible)) { x in
      ((x - mean) / scale).squared * -0.5 - (log(scale) + NormalDensity.halfLogTwoPi - possible)
    }
  }

  /// Equation (2), ν degrees of freedom.
  public static func studentT(
    _ degrees: some TensorConvertible, _ location: some TensorConvertible, _ scale: some TensorConvertible
  ) -> Distribution {
    let location = location.tensor
    let (degrees, scale, possible) = positive(degrees.tensor, scale.tensor)
    return Distribution { x in
      let constant =
        lgamma(0.5 * (degrees + 1)) - lgamma(0.5 * degrees) - 0.5 * log(degrees * Double.pi) - log(scale) + possible
      return constant - 0.5 * (degrees + 1) * log1p(((x - location) / scale).squared / degrees)
    }
  }

  /// Equation (3).
  public static func cauchy(_ location: some TensorConvertible, _ scale: some TensorConvertible) -> Distribution {
    let location = location.tensor
    let (scale, possible) = positive(scale.tensor)
    let tails = Tails(
      below: { Tails.cauchyAbove((location - $0) / scale) }, above: { Tails.cauchyAbove(($0 - location) / scale) })
    return Distribution(tails: tails.adding(possible)) { x in
      -log1p(((x - location) / scale).squared) - (log(scale) + logarithm(Double.pi) - possible)
    }
  }

  /// Equation (4).
  public static func laplace(_ location: some TensorConvertible, _ scale: some TensorConvertible) -> Distribution {
    let location = location.tensor
    let (scale, possible) = positive(scale.tensor)
    let tails = Tails(
      below: { Tails.laplaceAbove((location - $0) / scale) }, above: { Tails.laplaceAbove(($0 - location) / scale) })
    return Distribution(tails: tails.adding(possible)) { x in
      -(abs(x - location) / scale) - (log(2 * scale) - possible)
    }
  }

  /// Equation (5).
  public static func logistic(_ location: some TensorConvertible, _ scale: some TensorConvertible) -> Distribution {
    let location = location.tensor
    let (scale, possible) = positive(scale.tensor)
    let tails = Tails(
      below: { -softplus((location - $0) / scale) }, above: { -softplus(($0 - location) / scale) })
    return Distribution(tails: tails.adding(possible)) { x in
      let z = (x - location) / scale
      return -z - 2 * softplus(-z) - (log(scale) - possible)
    }
  }

  /// Equation (6), of maxima.
  public static func gumbel(_ location: some TensorConvertible, _ scale: some TensorConvertible) -> Distribution {
    let location = location.tensor
    let (scale, possible) = positive(scale.tensor)
    let below: @Sendable (Tensor) -> Tensor = { -exp((location - $0) / scale) }
    let tails = Tails(below: below, above: { logDiffExp(.constant(0), below($0)) })
    return Distribution(tails: tails.adding(possible)) { x in
      let z = (x - location) / scale
      return -z - exp(-z) - (log(scale) - possible)
    }
  }

  /// Equation (7), between a and b, which is more.
  public static func uniform(_ a: some TensorConvertible, _ b: some TensorConvertible) -> Distribution {
    let (a, b) = (a.tensor, b.tensor)
    let (width, possible) = positive(b - a)
    // The share of the interval on one side of a value that is inside of it.
    @Sendable func share(_ x: Tensor, _ part: @escaping @Sendable (Tensor) -> Tensor) -> Tensor {
      let inner = maximum(a, minimum(b, x))
      return inside(part(inner) .> 0, part(inner), harmless: 1) { log($0) } - log(width)
    }
    let tails = Tails(below: { x in share(x) { $0 - a } }, above: { x in share(x) { b - $0 } })
    return Distribution(tails: tails.adding(possible)) { x in
      inside((x .>= a) * (x .<= b), 0 * x, harmless: 0) { $0 } - (log(width) - possible)
    }
  }
}
