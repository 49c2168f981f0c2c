//  DefaultsTests.swift — the settings that nobody chose: learning rates by width, minibatch and method.

import Experiments
import Optimization
import Testing
import Training

@Suite struct DefaultsTests {
  private static func firstRate(
    _ method: String, units: [Int], rows: Int, batchSize: Int? = nil
  ) throws -> Double {
    let description = FitDescription(
      method: MethodDescription(method), network: .dense(units), batchSize: batchSize)
    return try description.training(rows: rows).schedule.rate(step: 0, of: 100)
  }

  @Test func theRateFallsWithTheWidthAndGrowsWithTheRootOfTheBatch() throws {
    #expect(try Self.firstRate("map", units: [50, 50], rows: 400) == 0.01)
    #expect(abs(try Self.firstRate("map", units: [800, 400], rows: 60_000) - 0.00125) < 1e-12)
    #expect(abs(try Self.firstRate("map", units: [800, 400], rows: 60_000, batchSize: 32) - 0.000625) < 1e-12)
    #expect(abs(try Self.firstRate("map", units: [100], rows: 400, batchSize: 8) - 0.0025) < 1e-12)
  }
}
