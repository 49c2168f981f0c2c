//  Comparison.swift — the figures of several methods on the same rows, each beside that of MAP.

/// A finished comparison.
public struct Comparison: Sendable, Encodable {
  public let records: [TrialRecord]
  /// Where the data are from.
  public let data: String
  /// Rows that each method was fitted to.
  public let rows: Int
  /// Rows that were held out.
  public let testRows: Int
  /// Unit: seconds.
  public let budget: Double?
  public let seed: UInt64

  public init(records: [TrialRecord], data: String, rows: Int, testRows: Int, budget: Double?, seed: UInt64) {
    self.records = records
    self.data = data
    self.rows = rows
    self.testRows = testRows
    self.budget = budget
    self.seed = seed
  }

  /// The point of comparison, where it has figures.
  private var baseline: TrialRecord? {
    records.first { $0.method.name == MethodDescription.maximumAPosteriori.name && $0.failure == nil }
  }

  /// A figure divided by that of MAP; `nil` where that says nothing.
  public func ratio(_ measure: Measure, of record: TrialRecord) -> Double? {
    Measure.ratio(record[measure], to: baseline?[measure])
  }

  /// The methods whose every score is that of MAP to four digits: their posteriors have no width that shows.
  public var methodsLikeMAP: [String] {
    guard let baseline else { return [] }
    func isAlike(_ measure: Measure, _ record: TrialRecord) -> Bool {
      switch (record[measure], baseline[measure]) {
      case (let value?, let other?): abs(value - other) <= 5e-5 * abs(other)
      case (let value, let other): value == other
      }
    }
    return records.filter { record in
      record.failure == nil && record.method.name != baseline.method.name
        && Measure.allCases.allSatisfy { !$0.isQuality || isAlike($0, record) }
    }.map(\.method.name)
  }

  /// The measures that some method has, in the order of their declaration.
  public var measures: [Measure] {
    Measure.allCases.filter { measure in records.contains { $0[measure] != nil } }
  }

  private enum CodingKeys: String, CodingKey { case data, rows, testRows, budget, seed, results }
  private enum ResultKeys: String, CodingKey { case method, options, measures, ratiosToMAP, hasConverged, failure }

  /// `results` hold a method each: `measures`, and `ratiosToMAP` of those that have one.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(data, forKey: .data)
    try container.encode(rows, forKey: .rows)
    try container.encode(testRows, forKey: .testRows)
    try container.encodeIfPresent(budget, forKey: .budget)
    try container.encode(seed, forKey: .seed)
    var results = container.nestedUnkeyedContainer(forKey: .results)
    for record in records {
      var result = results.nestedContainer(keyedBy: ResultKeys.self)
      try result.encode(record.method.name, forKey: .method)
      try result.encode(record.method.options, forKey: .options)
      if let failure = record.failure {
        try result.encode(failure, forKey: .failure)
        continue
      }
      try result.encode(record.measures, forKey: .measures)
      try result.encodeIfPresent(record.hasConverged, forKey: .hasConverged)
      let ratios = measures.compactMap { measure in ratio(measure, of: record).map { (measure.rawValue, $0) } }
      try result.encode(Dictionary(uniqueKeysWithValues: ratios), forKey: .ratiosToMAP)
    }
  }
}
