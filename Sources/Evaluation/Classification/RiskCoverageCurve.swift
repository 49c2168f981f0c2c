//  RiskCoverageCurve.swift — the error rate when only the most confident predictions are accepted.
//
//  Notation   eₖ  1 if the k-th most confident prediction is wrong, else 0; of equal confidences the earlier row comes first
//
//  Equations  (1) r(k/N) = 1/k Σ_{i≤k} eᵢ
//             (2) AURC   = 1/N Σₖ r(k/N)                                                 [Geifman et al. 2019]
//             (3) E-AURC = (2) less its least value, reached when every error comes last
//             (4) AURC by the trapezoid rule over coverages 1/N…1, divided by their span 1 − 1/N

/// Risk against coverage of selective prediction.
public struct RiskCoverageCurve: Hashable, Sendable {
  /// r at the coverages 1/N, 2/N, …, 1, equation (1). Shape [N].
  public let risks: [Double]

  /// Precondition: as many confidences as correctness values (1 or 0).
  public init(confidences: [Double], correctness: [Double]) {
    precondition(
      confidences.count == correctness.count,
      "\(confidences.count) confidences need as many outcomes, not \(correctness.count)")
    let order = confidences.indices.sorted {
      confidences[$0] == confidences[$1] ? $0 < $1 : confidences[$0] > confidences[$1]
    }
    risks = Self.runningMeans(order.map { 1 - correctness[$0] })
  }

  /// Of the top class of each row.
  public init(of forecast: ClassForecast, against labels: [Int]) {
    self.init(confidences: forecast.confidences, correctness: forecast.correctness(labels))
  }

  /// Equation (2).
  public var area: Double { average(risks) }

  /// Equation (3): 0 where confidence orders right before wrong.
  public var excessArea: Double {
    guard let risk = risks.last, !risk.isNaN else { return .nan }
    let errors = Int((risk * Double(risks.count)).rounded())
    let best = Self.runningMeans(risks.indices.map { $0 < risks.count - errors ? 0 : 1 })
    return area - average(best)
  }

  /// Equation (4); not a number for fewer than two rows.
  public var trapezoidArea: Double {
    zip(risks, risks.dropFirst()).reduce(0) { $0 + 0.5 * ($1.0 + $1.1) } / Double(risks.count - 1)
  }

  /// r when at least the share `coverage` of the rows is accepted. Precondition: coverage in (0, 1], at least one row.
  public func risk(atCoverage coverage: Double) -> Double {
    precondition(
      coverage > 0 && coverage <= 1 && !risks.isEmpty, "a coverage is above 0 and at most 1, not \(coverage)")
    return risks[max(Int((coverage * Double(risks.count)).rounded(.up)), 1) - 1]
  }

  private static func runningMeans(_ values: [Double]) -> [Double] {
    var sum = 0.0
    return values.enumerated().map { index, value in
      sum += value
      return sum / Double(index + 1)
    }
  }
}
