//  ReliabilityDiagram.swift — stated confidence against observed accuracy, bin by bin.
//
//  Notation   confₙ in [0, 1]     accₙ in {0, 1}     bins (k/B, (k+1)/B], the first one with 0
//
//  Equations  (1) ECE = Σ_b |b|/N · |mean acc − mean conf|                  [Naeini et al. 2015; Guo et al. 2017]
//             (2) MCE = max_b |mean acc − mean conf| over bins that are not empty
//
//  The error (1) of a calibrated forecast is above 0 and falls with N/B: compare at equal N and B only.

/// A histogram of confidences with the accuracy in each bin.
public struct ReliabilityDiagram: Hashable, Sendable {
  /// One bin, the confidences in (lower, upper].
  public struct Bin: Hashable, Sendable {
    public let lower: Double
    public let upper: Double
    public let count: Int
    /// The mean confidence; `nil` in an empty bin.
    public let confidence: Double?
    /// The share of correct predictions; `nil` in an empty bin.
    public let accuracy: Double?

    /// |accuracy − confidence|; `nil` in an empty bin.
    public var gap: Double? {
      guard let confidence, let accuracy else { return nil }
      return abs(accuracy - confidence)
    }
  }

  /// The bins in ascending order, all of one width.
  public let bins: [Bin]

  /// Precondition: as many confidences as correctness values (1 or 0), at least one bin.
  public init(confidences: [Double], correctness: [Double], binCount: Int = 15) {
    precondition(binCount > 0, "a reliability diagram has at least one bin")
    precondition(
      confidences.count == correctness.count,
      "\(confidences.count) confidences need as many outcomes, not \(correctness.count)")
    var members = [[Int]](repeating: [], count: binCount)
    for (row, confidence) in confidences.enumerated() {
      members[Self.bin(of: confidence, binCount: binCount)].append(row)
    }
    bins = members.enumerated().map { index, rows in
      Bin(
        lower: Double(index) / Double(binCount), upper: Double(index + 1) / Double(binCount), count: rows.count,
        confidence: rows.isEmpty ? nil : average(rows.map { confidences[$0] }),
        accuracy: rows.isEmpty ? nil : average(rows.map { correctness[$0] }))
    }
  }

  /// Of the top class of each row.
  public init(of forecast: ClassForecast, against labels: [Int], binCount: Int = 15) {
    self.init(
      confidences: forecast.confidences, correctness: forecast.correctness(labels), binCount: binCount)
  }

  /// Equation (1); not a number without rows.
  public var expectedCalibrationError: Double {
    let count = bins.reduce(0) { $0 + $1.count }
    return bins.reduce(0) { $0 + Double($1.count) * ($1.gap ?? 0) } / Double(count)
  }

  /// Equation (2); not a number without rows.
  public var maximumCalibrationError: Double {
    let gaps = bins.compactMap(\.gap)
    return gaps.contains { $0.isNaN } ? .nan : gaps.max() ?? .nan
  }

  /// The bin whose interval (k/B, (k+1)/B] holds the confidence. What is not a number goes to the first bin and makes its
  /// means not a number.
  private static func bin(of confidence: Double, binCount: Int) -> Int {
    guard confidence > 0 else { return 0 }
    var bin = Int((min(confidence, 1) * Double(binCount)).rounded(.up)) - 1
    // Just above an edge, the product may be rounded down to it.
    if confidence > Double(bin + 1) / Double(binCount) { bin += 1 }
    return min(max(bin, 0), binCount - 1)
  }
}
