//  Split.swift — which rows are for training, for validation, for testing.

/// A partition of rows.
public struct Split: Hashable, Sendable {
  /// Rows to learn from.
  public let train: [Int]

  /// Rows to choose by: early stopping, hyperparameters.
  public let validation: [Int]

  /// Rows to judge by, and for nothing else.
  public let test: [Int]

  /// Precondition: no row stands twice.
  public init(train: [Int], validation: [Int] = [], test: [Int] = []) {
    let all = train + validation + test
    precondition(Set(all).count == all.count, "a row stands twice in a split")
    self.train = train
    self.validation = validation
    self.test = test
  }

  /// A random split of `count` rows; the same generator state gives the same split. Rows are in ascending order in each
  /// part. Each fraction is of all rows, rounded to the nearest number of rows.
  ///
  /// Precondition: fractions of 0 or more that add up to less than 1.
  public static func random(
    of count: Int, testFraction: Double, validationFraction: Double = 0,
    using generator: inout some RandomNumberGenerator
  ) -> Split {
    precondition(
      testFraction >= 0 && validationFraction >= 0 && testFraction + validationFraction < 1,
      "fractions \(testFraction) and \(validationFraction) leave nothing to train on")
    let test = Int((Double(count) * testFraction).rounded())
    let validation = min(count - test, Int((Double(count) * validationFraction).rounded()))
    let order = permutation(of: count, using: &generator)
    return Split(
      train: order[(test + validation)...].sorted(), validation: order[test..<test + validation].sorted(),
      test: order[..<test].sorted())
  }

  /// `folds` splits whose test rows, together, are every one of the `count` rows once. Their sizes differ by one at most.
  ///
  /// Precondition: 2 ≤ folds ≤ count.
  public static func folds(
    _ folds: Int, of count: Int, using generator: inout some RandomNumberGenerator
  ) -> [Split] {
    precondition(folds >= 2 && folds <= count, "\(folds) folds of \(count) rows")
    let order = permutation(of: count, using: &generator)
    return (0..<folds).map { fold in
      let test = fold * count / folds..<(fold + 1) * count / folds
      return Split(train: (order[..<test.lowerBound] + order[test.upperBound...]).sorted(), test: order[test].sorted())
    }
  }

  /// A split by its test rows; all other rows of `0..<count` are for training.
  ///
  /// Precondition: distinct rows of `0..<count`.
  public init(testing test: [Int], of count: Int) {
    var isTested = [Bool](repeating: false, count: count)
    for row in test { isTested[row] = true }
    self.init(train: (0..<count).filter { !isTested[$0] }, test: test)
  }
}

extension Table {
  /// The rows of each part of a split.
  public func parts(of split: Split) -> (train: Table, validation: Table, test: Table) {
    (rows(at: split.train), rows(at: split.validation), rows(at: split.test))
  }
}
