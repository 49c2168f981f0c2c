//  Distribution+Counts.swift — probabilities of whole numbers, carried in the element type.
//
//  Equations  (1) Bernoulli          y log p + (1 − y) log(1 − p);   by logits l: y l − log(1 + eˡ)
//             (2) binomial           log n!/(k! (n − k)!) + k log p + (n − k) log(1 − p)
//             (3) Poisson            k log λ − λ − log k!
//             (4) negative binomial  log Γ(k + φ)/(Γ(φ) k!) + φ log φ/(φ + μ) + k log μ/(φ + μ): variance μ + μ²/φ,
//                                    Γ(k + φ)/(Γ(φ) k!) = 1/((k + φ) B(k + 1, φ)); a Poisson distribution for φ → ∞
//             (5) categorical        by logits l: l_y − log Σ exp l
//             (6) ordered logistic   σ(c_y − η) − σ(c_{y−1} − η) = σ(c_y − η) σ(η − c_{y−1}) (1 − exp(c_{y−1} − c_y))
//             (7) ordered probit     Φ(c_y − η) − Φ(c_{y−1} − η)
//             (8) beta-binomial      log n!/(k! (n − k)!) + log B(k + a, n − k + b)/B(a, b): binomial, with p of a beta distribution

import Arrays
public import Programs

extension Distribution {
  /// Equation (1), by the probability of 1.
  public static func bernoulli(_ probability: some TensorConvertible) -> Distribution {
    let p = probability.tensor
    return Distribution { y in
      expectOutcomes(y, of: "bernoulli")
      // Each branch has a harmless argument where the other is selected, for p of exactly 0 or 1.
      let isOne = y .> 0.5
      return unless((p .< 0) + (p .> 1), p, harmless: 0.5) { p in
        select(isOne, log(select(isOne, p, .constant(1))), log1p(-select(isOne, .constant(0), p)))
      }
    }
  }

  /// Equation (1), by log p/(1 − p).
  public static func bernoulli(logits: some TensorConvertible) -> Distribution {
    let logits = logits.tensor
    return Distribution { y in
      expectOutcomes(y, of: "bernoulli")
      return y * logits - softplus(logits)
    }
  }

  /// Equation (1), by x with p = Φ(x).
  public static func bernoulli(probit x: some TensorConvertible) -> Distribution {
    let x = x.tensor
    return Distribution { y in
      expectOutcomes(y, of: "bernoulli")
      return logNormalCumulative((2 * y - 1) * x)
    }
  }

  /// Equation (2), by the probability of a success.
  public static func binomial(_ trials: some TensorConvertible, _ probability: some TensorConvertible) -> Distribution {
    let (n, p) = (trials.tensor, probability.tensor)
    return Distribution { k in
      expectCounts(k, of: "binomial")
      let others = n - k
      // log(1 − p) as in `xlogy`, without its cancellation.
      let isNone = others .== 0
      return unless((p .< 0) + (p .> 1), p, harmless: 0.5) { p in
        let failures = select(isNone, .constant(0), others * log1p(-select(isNone, .constant(0), p)))
        return logChoose(n, k) + xlogy(k, p) + failures
      }
    }
  }

  /// Equation (2), by log p/(1 − p).
  public static func binomial(_ trials: some TensorConvertible, logits: some TensorConvertible) -> Distribution {
    let (n, logits) = (trials.tensor, logits.tensor)
    return Distribution { k in
      expectCounts(k, of: "binomial")
      return logChoose(n, k) + k * logits - n * softplus(logits)
    }
  }

  /// Equation (8): binomial, where the probability of a success is itself beta(a, b).
  public static func betaBinomial(
    _ trials: some TensorConvertible, _ a: some TensorConvertible, _ b: some TensorConvertible
  ) -> Distribution {
    let n = trials.tensor
    let (a, b, possible) = positive(a.tensor, b.tensor)
    return Distribution { k in
      expectCounts(k, of: "betaBinomial")
      return unless(n .< 0, n, harmless: 0) { n in
        // More successes than trials get −∞ from their binomial coefficient.
        let successes = select(k .<= n, k, n)
        let parts = logRisingFactorial(a, successes) + logRisingFactorial(b, n - successes)
        return logChoose(n, k) + parts - (logRisingFactorial(a + b, n) - possible)
      }
    }
  }

  /// Equation (3).
  public static func poisson(_ mean: some TensorConvertible) -> Distribution {
    let mean = mean.tensor
    return Distribution { k in
      expectCounts(k, of: "poisson")
      return unless(mean .< 0, mean, harmless: 1) { xlogy(k, $0) - $0 - lgamma(k + 1) }
    }
  }

  /// Equation (3), by log λ.
  public static func poisson(logMean: some TensorConvertible) -> Distribution {
    let logMean = logMean.tensor
    return Distribution { k in
      expectCounts(k, of: "poisson")
      return k * logMean - exp(logMean) - lgamma(k + 1)
    }
  }

  /// Equation (4), by its mean μ and φ, which grows as the variance approaches the mean.
  public static func negativeBinomial(mean: some TensorConvertible, shape: some TensorConvertible) -> Distribution {
    let mean = mean.tensor
    let (shape, possible) = positive(shape.tensor)
    return Distribution { k in
      expectCounts(k, of: "negativeBinomial")
      return unless(mean .< 0, mean, harmless: 1) { mean in
        let power = shape * log1p(mean / shape) - possible
        return logArrangements(k, shape) - power + xlogy(k, mean) - k * log(shape + mean)
      }
    }
  }

  /// Equation (4), by log μ and φ.
  public static func negativeBinomial(logMean: some TensorConvertible, shape: some TensorConvertible) -> Distribution {
    let logMean = logMean.tensor
    let (shape, possible) = positive(shape.tensor)
    return Distribution { k in
      expectCounts(k, of: "negativeBinomial")
      let gap = logMean - log(shape)
      return logArrangements(k, shape) - (shape * softplus(gap) - possible) - k * softplus(-gap)
    }
  }

  /// log Γ(k + φ)/(Γ(φ) k!).
  private static func logArrangements(_ k: Tensor, _ shape: Tensor) -> Tensor {
    -log(k + shape) - logBeta(k + 1, shape)
  }

  /// Equation (5), of labels from 0. Labels have shape [N] or []; logits [C] for all, or [N, C].
  public static func categorical(logits: some TensorConvertible) -> Distribution {
    let logits = logits.tensor
    let classes = logits.shape[logits.shape.rank - 1]
    return Distribution { labels in
      expectLabels(labels, of: "categorical", classes: classes)
      let count = labels.shape.count
      let rows = logits.broadcast(to: [count, classes])
      return (-softmaxCrossEntropy(logits: rows, labels: labels.reshaped([count]))).reshaped(labels.shape)
    }
  }

  /// Equation (5), by probabilities, which are divided by their sum. Shapes as for logits.
  public static func categorical(_ probabilities: some TensorConvertible) -> Distribution {
    let (shares, possible) = shares(probabilities.tensor)
    let normalised = categorical(logits: logShare(shares))
    return Distribution { normalised.logDensities($0) + possible }
  }

  /// Equation (6), of labels from 0 to K − 1, shape [N].
  ///
  /// - Parameters:
  ///   - predictor: η. Shape [] or [N].
  ///   - cutpoints: c, ascending. Shape [K − 1].
  public static func orderedLogistic(
    _ predictor: some TensorConvertible, cutpoints: some TensorConvertible
  ) -> Distribution {
    let predictor = predictor.tensor
    let (cutpoints, possible) = ascending(cutpoints.tensor)
    return Distribution { labels in
      let (isFirst, isLast, lower, upper) = bounds(of: labels, predictor, cutpoints, "orderedLogistic")
      let none = Tensor.constant(0)
      // At either end there is no gap; −1 keeps its logarithm finite.
      let gap = select(isFirst + isLast, .constant(-1), lower - upper)
      return select(isLast, none, -softplus(-upper)) + select(isFirst, none, -softplus(lower))
        + select(isFirst + isLast, none, log1p(-exp(gap))) + possible
    }
  }

  /// Equation (7), of labels from 0 to K − 1, shape [N].
  ///
  /// - Parameters:
  ///   - predictor: η. Shape [] or [N].
  ///   - cutpoints: c, ascending. Shape [K − 1].
  public static func orderedProbit(
    _ predictor: some TensorConvertible, cutpoints: some TensorConvertible
  ) -> Distribution {
    let predictor = predictor.tensor
    let (cutpoints, possible) = ascending(cutpoints.tensor)
    return Distribution { labels in
      let (isFirst, isLast, lower, upper) = bounds(of: labels, predictor, cutpoints, "orderedProbit")
      let isEnd = isFirst + isLast
      // Between the ends; at either there is one bound, and a harmless pair here.
      let (a, b) = (select(isEnd, .constant(0), lower), select(isEnd, .constant(1), upper))
      let between = logMass(
        below: (logNormalCumulative(a), logNormalCumulative(b)),
        above: (logNormalCumulative(-a), logNormalCumulative(-b)))
      return select(isEnd, logNormalCumulative(select(isFirst, upper, -lower)), between) + possible
    }
  }

  /// Whether labels are the first or the last, and the cutpoints below and above them, less η.
  private static func bounds(
    of labels: Tensor, _ predictor: Tensor, _ cutpoints: Tensor, _ name: String
  ) -> (isFirst: Tensor, isLast: Tensor, lower: Tensor, upper: Tensor) {
    let last = cutpoints.shape[0]
    expectLabels(labels, of: name, classes: last + 1)
    let upper = cutpoints.gatherRows(at: minimum(labels, .constant(Double(last - 1)))) - predictor
    let lower = cutpoints.gatherRows(at: maximum(labels - 1, .constant(0))) - predictor
    return (labels .== 0, labels .== Double(last), lower, upper)
  }
}
