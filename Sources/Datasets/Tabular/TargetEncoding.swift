//  TargetEncoding.swift — the target column as what a likelihood takes.

/// How the target becomes numbers and predictions become targets. Fitted on training rows.
public enum TargetEncoding: Hashable, Sendable {
  /// A standardised number.
  case regression(Standardisation)

  /// The place of a class among these labels, which are distinct and in the order of `ClassLabels.sorted`.
  case classification(classes: [String])

  /// A target with more classes than this is not one of classes.
  public static let mostClasses = 10_000

  /// Squares of larger numbers, and sums of them, come near the end of the range of `Double`.
  public static let largestTarget = 1e100

  public var task: PredictionTask {
    switch self {
    case .regression: .regression
    case .classification: .classification
    }
  }

  /// The standardisation of a regression.
  public var standardisation: Standardisation? {
    if case .regression(let standardisation) = self { standardisation } else { nil }
  }

  /// The labels of a classification.
  public var classes: [String]? {
    if case .classification(let classes) = self { classes } else { nil }
  }

  /// Fitted on the target of the training rows.
  ///
  /// - Parameters:
  ///   - task: `nil` infers it.
  ///   - counts: Whether numbers are counts, which keep their unit.
  /// - Throws: `DatasetError` for a missing cell, a text in a regression, a target that is the same in every row, or classes
  ///   that hardly recur, see `Recurrence`.
  init(fitting column: Column, of table: Table, task chosen: PredictionTask?, counts: Bool) throws(DatasetError) {
    try Self.checkPresent(column, table)
    let task = chosen ?? PredictionTask(inferredFrom: column)
    func fault(_ problem: String, _ advice: String) -> DatasetError {
      DatasetError(file: table.name, column: column.name, problem: problem, advice: advice)
    }
    switch task {
    case .regression:
      let numbers = try Self.numbers(column, table)
      try Self.checkDiffer(numbers, column, table)
      let largest = numbers.indices.max { abs(numbers[$0]) < abs(numbers[$1]) } ?? 0
      guard abs(numbers[largest]) <= Self.largestTarget, let standardisation = Standardisation(fitting: numbers) else {
        throw DatasetError(
          file: table.name, line: table.lines[largest], column: column.name,
          problem: "\(numbers[largest]) is too large for a target: squares of errors would leave the range of numbers",
          advice: "correct the cell, or give the column in a larger unit")
      }
      if counts { try Self.checkCounts(numbers, column, table) }
      self = .regression(counts ? Standardisation(mean: 0, scale: 1) : standardisation)
    case .classification:
      if chosen == nil, let numbers = column.numbers { try Self.checkDiffer(numbers, column, table) }
      let classes = ClassLabels.sorted(Set((0..<column.count).compactMap { column.label(row: $0) }))
      guard classes.count >= 2 else {
        throw fault(
          "the target is \(DatasetError.excerpt(of: classes.first ?? "")) in every row, so there is nothing to predict",
          "give rows of at least two classes")
      }
      try Recurrence(of: column, in: table).checkClasses(areInferred: chosen == nil)
      guard classes.count <= Self.mostClasses else {
        throw fault("the target has \(classes.count) classes", "choose --task regression or another target")
      }
      self = .classification(classes: classes)
    }
  }

  /// Throws: `DatasetError` if all numbers are the same.
  private static func checkDiffer(_ numbers: [Double], _ column: Column, _ table: Table) throws(DatasetError) {
    guard let first = numbers.first, numbers.allSatisfy({ $0 == first }) else { return }
    throw DatasetError(
      file: table.name, column: column.name,
      problem: "the target is \(Column.label(of: first)) in every row, so there is nothing to predict",
      advice: "give rows with different targets")
  }

  /// Throws: `DatasetError` if a cell of the target is missing.
  static func checkPresent(_ column: Column, _ table: Table) throws(DatasetError) {
    guard let row = (0..<column.count).first(where: { column.isMissing(row: $0) }) else { return }
    throw DatasetError(
      file: table.name, line: table.lines[row], column: column.name, problem: "the target is missing",
      advice: "remove the row, or choose --missing drop; a target is never filled")
  }

  /// Throws: `DatasetError` unless all numbers are whole and at least 0.
  public static func checkCounts(_ numbers: [Double], _ column: Column, _ table: Table) throws(DatasetError) {
    guard let row = numbers.firstIndex(where: { $0 < 0 || $0.rounded() != $0 }) else { return }
    throw DatasetError(
      file: table.name, line: table.lines[row], column: column.name,
      problem: "\(Column.label(of: numbers[row])) is no count",
      advice: "a Poisson likelihood needs whole numbers from 0")
  }

  /// The numbers of a regression target.
  ///
  /// Throws: `DatasetError` if it holds a text.
  static func numbers(_ column: Column, _ table: Table) throws(DatasetError) -> [Double] {
    if let numbers = column.numbers { return numbers }
    let row = column.firstRowOfText
    let text = DatasetError.excerpt(of: row.flatMap { column.label(row: $0) } ?? column.name)
    throw DatasetError(
      file: table.name, line: row.map { table.lines[$0] }, column: column.name, problem: "\(text) is not a number",
      advice: "a regression needs a target of numbers; correct the cell, or fit with --task classification")
  }
}

extension TargetEncoding: Codable {
  private enum Key: CodingKey { case regression, classification }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    if let standardisation = try container.decodeIfPresent(Standardisation.self, forKey: .regression) {
      self = .regression(standardisation)
      return
    }
    let classes = try container.decode([String].self, forKey: .classification)
    guard classes.count >= 2 && Set(classes).count == classes.count else {
      throw DecodingError.dataCorruptedError(
        forKey: .classification, in: container, debugDescription: "classes are distinct, and at least two")
    }
    self = .classification(classes: classes)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .regression(let standardisation): try container.encode(standardisation, forKey: .regression)
    case .classification(let classes): try container.encode(classes, forKey: .classification)
    }
  }
}
