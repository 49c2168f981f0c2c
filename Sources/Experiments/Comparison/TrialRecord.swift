//  TrialRecord.swift — what one method came to in a comparison.

/// The figures of one method, or why there are none.
public struct TrialRecord: Hashable, Sendable, Codable {
  public let method: MethodDescription
  /// By the raw values of `Measure`. Figures that are not finite are left out.
  public let measures: [String: Double]
  /// Why the method has no figures.
  public let failure: String?
  /// Whether Markov chains have converged in what they predict of the rows held out; those that see minibatches, whether nothing shows
  /// that they have not. `nil` for other methods.
  public let hasConverged: Bool?

  public init(method: MethodDescription, measures: [Measure: Double], hasConverged: Bool? = nil) {
    self.method = method
    self.hasConverged = hasConverged
    self.measures = Dictionary(uniqueKeysWithValues: measures.filter(\.value.isFinite).map { ($0.rawValue, $1) })
    failure = nil
  }

  public init(method: MethodDescription, failure: String) {
    self.method = method
    self.failure = failure
    measures = [:]
    hasConverged = nil
  }

  public subscript(measure: Measure) -> Double? { measures[measure.rawValue] }
}
