//  PredictionTask.swift — what is predicted: a number or a class.

/// What is predicted.
public enum PredictionTask: String, Codable, Sendable, CaseIterable {
  /// A number.
  case regression

  /// One of a set of classes.
  case classification

  /// A target of integers with more distinct values than this is taken for a measurement.
  public static let mostInferredClasses = 20

  /// A class that is inferred from integers has, on average, at least this many rows.
  public static let fewestRowsForClass = 5

  /// The task that a target suggests.
  ///
  /// Categories are classes. So are integers with at most `mostInferredClasses` distinct values that recur, on average, at
  /// least `fewestRowsForClass` times. Any other numbers are a regression. A count with few values looks like a class by
  /// this rule, so whoever knows better says so.
  public init(inferredFrom target: Column) {
    guard let numbers = target.numbers else {
      self = .classification
      return
    }
    var distinct: Set<Double> = []
    var count = 0
    for number in numbers where !number.isNaN {
      count += 1
      distinct.insert(number)
      if number.rounded() != number || distinct.count > Self.mostInferredClasses {
        self = .regression
        return
      }
    }
    self = count >= Self.fewestRowsForClass * distinct.count ? .classification : .regression
  }
}
