//  DetectionCurve.swift — how well a score tells two groups apart, such as familiar inputs from foreign ones.
//
//  Notation   thresholds t₁ > t₂ > …, the distinct scores; a row is called positive if its score is at least t
//             TPₖ, FPₖ  positives and negatives called positive at tₖ     P, M  how many there are of each
//
//  Equations  (1) AUROC = P(s₊ > s₋) + 1/2 P(s₊ = s₋), the trapezoid rule over (FPₖ/M, TPₖ/P)
//             (2) average precision = Σₖ (TPₖ − TPₖ₋₁)/P · TPₖ/(TPₖ + FPₖ)
//             (3) area under precision and recall by the trapezoid rule, from precision 1 at recall 0
//             (4) detection error = minₖ 1/2 (1 − TPₖ/P + FPₖ/M)
//
//  Rows of one score pass a threshold together, so that their order is of no matter.

/// The counts at every threshold. Not a number among the scores makes every figure not a number.
public struct DetectionCurve: Hashable, Sendable {
  /// TPₖ and FPₖ, from the highest threshold to the lowest.
  private let counts: [Counts]
  private let positiveCount: Double
  private let negativeCount: Double
  private let isDefined: Bool

  private struct Counts: Hashable, Sendable {
    var truePositives = 0.0
    var falsePositives = 0.0
  }

  /// Scores of both groups; a higher score speaks for a positive. Precondition: neither group is empty.
  public init(positives: [Double], negatives: [Double]) {
    precondition(
      !positives.isEmpty && !negatives.isEmpty,
      "\(positives.count) positives cannot be told from \(negatives.count) negatives")
    positiveCount = Double(positives.count)
    negativeCount = Double(negatives.count)
    isDefined = !positives.contains { $0.isNaN } && !negatives.contains { $0.isNaN }
    let scores = (positives.map { ($0, true) } + negatives.map { ($0, false) }).sorted { $0.0 > $1.0 }
    var counts: [Counts] = []
    var running = Counts()
    for (index, (score, isPositive)) in scores.enumerated() {
      if isPositive { running.truePositives += 1 } else { running.falsePositives += 1 }
      if index + 1 == scores.count || scores[index + 1].0 != score { counts.append(running) }
    }
    self.counts = counts
  }

  /// Equation (1).
  public var areaUnderReceiverOperatingCharacteristic: Double {
    area(
      over: counts.map { ($0.falsePositives / negativeCount, $0.truePositives / positiveCount) }, from: (0, 0))
  }

  /// Equation (2).
  public var averagePrecision: Double {
    guard isDefined else { return .nan }
    var (sum, previous) = (0.0, 0.0)
    for count in counts {
      sum += (count.truePositives - previous) * precision(count)
      previous = count.truePositives
    }
    return sum / positiveCount
  }

  /// Equation (3).
  public var areaUnderPrecisionAndRecall: Double {
    area(over: counts.map { ($0.truePositives / positiveCount, precision($0)) }, from: (0, 1))
  }

  /// FP/M at the highest threshold at which TP/P reaches `rate`. Precondition: rate in [0, 1].
  public func falsePositiveRate(atTruePositiveRate rate: Double = 0.95) -> Double {
    precondition(rate >= 0 && rate <= 1, "a rate lies in [0, 1], not at \(rate)")
    guard isDefined, let count = counts.first(where: { $0.truePositives / positiveCount >= rate }) else { return .nan }
    return count.falsePositives / negativeCount
  }

  /// Equation (4).
  public var detectionError: Double {
    guard isDefined else { return .nan }
    return counts.reduce(0.5) {
      min($0, 0.5 * (1 - $1.truePositives / positiveCount + $1.falsePositives / negativeCount))
    }
  }

  private func precision(_ count: Counts) -> Double {
    count.truePositives / (count.truePositives + count.falsePositives)
  }

  private func area(over points: [(x: Double, y: Double)], from start: (x: Double, y: Double)) -> Double {
    guard isDefined else { return .nan }
    var (sum, previous) = (0.0, start)
    for point in points {
      sum += 0.5 * (point.x - previous.x) * (point.y + previous.y)
      previous = point
    }
    return sum
  }
}

extension DetectionCurve {
  /// Out-of-distribution inputs as the positives; a higher score means more foreign.
  public init(inDistribution: [Double], outOfDistribution: [Double]) {
    self.init(positives: outOfDistribution, negatives: inDistribution)
  }
}
