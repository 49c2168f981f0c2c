//  Moments.swift — count, mean and sum of squared deviations, taken in one by one.
//
//  Equation   (1) m ← m + (x − m)/n,   q ← q + (x − m_before)(x − m_after)           [Welford 1962]

/// What a normal model needs to know of its observations.
struct Moments: Hashable, Codable, Sendable {
  private(set) var count = 0
  private(set) var mean = 0.0
  /// Σ (xᵢ − mean)².
  private(set) var squares = 0.0

  mutating func add(_ x: Double) {
    count += 1
    let before = x - mean
    mean += before / Double(count)
    squares += before * (x - mean)  // (1)
  }
}
