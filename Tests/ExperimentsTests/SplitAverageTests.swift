//  SplitAverageTests.swift — means over splits and their standard errors.

import Experiments
import Testing

@Suite struct SplitAverageTests {
  @Test func standardErrorsAreThoseOfTheMean() {
    // Of 1, 2, 4 and 9: mean 4, squares 9 + 4 + 0 + 25 = 38, and 38/(4 · 3).
    let average = SplitAverage([1, 2, 4, 9])
    #expect(average.mean == 4)
    #expect(abs(average.standardError - (38.0 / 12).squareRoot()) < 1e-15)
    // Four times as many of the same, and nearly half the error: 4 · 38/(16 · 15).
    let more = SplitAverage([1, 2, 4, 9, 1, 2, 4, 9, 1, 2, 4, 9, 1, 2, 4, 9])
    #expect(abs(more.standardError - (152.0 / 240).squareRoot()) < 1e-15)
  }

  @Test func aSingleSplitHasNoStandardError() {
    let average = SplitAverage([3])
    #expect(average.mean == 3 && average.standardError.isNaN)
  }
}
