//  SplitTests.swift — which rows are for training and which for testing.

import Datasets
import Testing

@Suite struct Splits {
  @Test func everyOrderIsEquallyLikely() {
    var generator = SplitMix(seed: 3)
    var counts: [[Int]: Int] = [:]
    let draws = 60_000
    for _ in 0..<draws { counts[permutation(of: 4, using: &generator), default: 0] += 1 }
    #expect(counts.count == 24)
    // A count is binomial with mean 2500 and deviation 49; five deviations leave 1 in 70 000 for 24 of them.
    #expect(counts.values.allSatisfy { abs($0 - draws / 24) < 245 }, "\(counts)")
  }

  @Test func aRandomSplitIsAPartitionThatFollowsFromTheSeed() {
    var first = SplitMix(seed: 1)
    var second = SplitMix(seed: 1)
    var third = SplitMix(seed: 2)
    let split = Split.random(of: 103, testFraction: 0.1, validationFraction: 0.2, using: &first)
    #expect((split.train + split.validation + split.test).sorted() == Array(0..<103))
    #expect([split.train.count, split.validation.count, split.test.count] == [72, 21, 10])
    #expect(split == Split.random(of: 103, testFraction: 0.1, validationFraction: 0.2, using: &second))
    #expect(split != Split.random(of: 103, testFraction: 0.1, validationFraction: 0.2, using: &third))
  }

  @Test func foldsTestEveryRowOnce() {
    var generator = SplitMix(seed: 1)
    let folds = Split.folds(4, of: 10, using: &generator)
    #expect(folds.flatMap(\.test).sorted() == Array(0..<10))
    #expect(folds.map(\.test.count).sorted() == [2, 2, 3, 3])
    #expect(folds.allSatisfy { ($0.train + $0.test).sorted() == Array(0..<10) })
  }

  @Test func splitFilesListTestRows() throws {
    let file = try SplitFile(Array("0,3\r\n4,1\n\n".utf8), rowCount: 5)
    #expect(file.count == 2)
    #expect(file[1] == Split(train: [0, 2, 3], test: [4, 1]))
    func refusal(_ text: String) -> String? { sentence { _ = try SplitFile(Array(text.utf8), name: "s", rowCount: 5) } }
    #expect(refusal("0\n5\n") == "s, line 2: '5' is no row of a table of 5; count rows from 0.")
    #expect(refusal("0,1,0\n") == "s, line 1: row 0 stands twice; list each row once.")
    #expect(refusal("a\n") == "s, line 1: 'a' is no row of a table of 5; count rows from 0.")
    #expect(refusal("") == "s: the file is empty; give one line of test rows for each split.")
  }
}
