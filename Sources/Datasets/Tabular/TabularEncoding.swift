//  TabularEncoding.swift — a table as the inputs and targets of a model, and back.
//
//  Notation   N  rows     D  inputs of the model: one for a column of numbers, one a category for one of categories
//
//  Everything is learnt from the training rows alone: means, deviations, categories, classes. The encoding is stored with
//  the model, so that a prediction treats its table with the same numbers.

public import Arrays
import Foundation

/// How a table becomes numbers for a model. Fitted on training rows; goes with the model as JSON.
public struct TabularEncoding: Codable, Hashable, Sendable {
  /// One for each column of features, in the order of the training table.
  public let features: [FeatureEncoding]

  /// The name of the target column.
  public let targetName: String

  public let target: TargetEncoding

  /// What becomes of missing cells of features: `mean` fills them with what training learnt; the others refuse them.
  public let missing: MissingCells

  /// Learns the encoding from training rows.
  ///
  /// - Parameters:
  ///   - table: The training rows, and only those.
  ///   - target: The name of the target column; all other columns are features.
  ///   - task: What is predicted; `nil` infers it, see `PredictionTask.init(inferredFrom:)`.
  ///   - missing: What becomes of missing cells of features, now and in predictions.
  ///   - countsTarget: Whether the target of a regression is a count, which keeps its unit.
  ///
  /// Throws: `DatasetError` if there is no such target, no feature, or a column that cannot be learnt from.
  public init(
    fitting table: Table, target: String, task: PredictionTask? = nil, missing: MissingCells = .error,
    countsTarget: Bool = false
  ) throws(DatasetError) {
    let targetColumn = try table.column(named: target)
    guard table.columns.count > 1 else {
      throw DatasetError(
        file: table.name, problem: "the target is the only column", advice: "give at least one column of features")
    }
    guard table.rowCount > 0 else {
      throw DatasetError(file: table.name, problem: "there are no training rows", advice: "give a table with rows")
    }
    self.target = try TargetEncoding(fitting: targetColumn, of: table, task: task, counts: countsTarget)
    targetName = target
    self.missing = missing
    var features: [FeatureEncoding] = []
    for column in table.columns where column.name != target {
      features.append(try FeatureEncoding(fitting: column, of: table))
    }
    guard features.contains(where: { $0.width > 0 }) else {
      throw DatasetError(
        file: table.name,
        problem: features.count == 1
          ? "the column of features \(DatasetError.list(features.map(\.name))) is the same in every row"
          : "every column of features is the same in every row", advice: "give columns that tell the rows apart")
    }
    self.features = features
  }

  public var task: PredictionTask { target.task }

  /// D, the number of inputs.
  public var inputCount: Int { features.reduce(0) { $0 + $1.width } }

  /// A name for each input. D names.
  public var inputNames: [String] { features.flatMap(\.inputNames) }

  /// The columns that were the same in every training row, and so give no input.
  public var constantColumns: [String] {
    features.filter { if case .constant = $0.kind { true } else { false } }.map(\.name)
  }

  /// The columns that hold categories, for `Table.init(contentsOf:separator:missing:categorical:)`.
  public var categoricalColumns: Set<String> {
    Set(features.filter { if case .category = $0.kind { true } else { false } }.map(\.name))
  }

  /// The inputs of a table whose columns, in any order, are those of training; the target may be there or not.
  /// Shape [N, D].
  ///
  /// Throws: `DatasetError` that names a column that is missing or unknown, a missing cell, or an unseen category.
  public func inputs<Element: Scalar>(
    of table: Table, as type: Element.Type = Element.self
  ) throws(DatasetError) -> DenseArray<Element> {
    try checkColumns(of: table)
    let stride = inputCount
    let size = table.rowCount.multipliedReportingOverflow(by: stride * MemoryLayout<Element>.stride)
    guard !size.overflow, size.partialValue < ProcessInfo.processInfo.physicalMemory else {
      throw DatasetError(
        file: table.name, problem: "\(table.rowCount) rows of \(stride) inputs do not fit into this machine's memory",
        advice: "use fewer rows, or remove columns with many categories")
    }
    var matrix = [Element](repeating: 0, count: table.rowCount * stride)
    var offset = 0
    for feature in features {
      let column = try table.column(named: feature.name)
      try feature.write(column, of: table, fills: missing == .mean, into: &matrix, offset: offset, stride: stride)
      offset += feature.width
    }
    return DenseArray(matrix, shape: [table.rowCount, stride])
  }

  /// The targets of a regression, standardised. Shape [N].
  ///
  /// Precondition: the task is regression. Throws: `DatasetError` if the target column or one of its cells is missing or
  /// is no number.
  public func regressionTargets<Element: Scalar>(
    of table: Table, as type: Element.Type = Element.self
  ) throws(DatasetError) -> DenseArray<Element> {
    guard case .regression(let standardisation) = target else { preconditionFailure("the task is \(task)") }
    var encoded: [Element] = []
    for (row, number) in try originalTargets(of: table).enumerated() {
      let value = Element(standardisation.encoded(number))
      guard value.isFinite else {
        throw DatasetError(
          file: table.name, line: table.lines[row], column: targetName,
          problem: "\(number) is out of all proportion to the training rows", advice: "correct the cell")
      }
      encoded.append(value)
    }
    return DenseArray(encoded)
  }

  /// The targets of a regression in their own unit. N numbers.
  ///
  /// Precondition: the task is regression. Throws: as `regressionTargets(of:as:)`.
  public func originalTargets(of table: Table) throws(DatasetError) -> [Double] {
    precondition(task == .regression, "the task is \(task)")
    let column = try table.column(named: targetName)
    try TargetEncoding.checkPresent(column, table)
    return try TargetEncoding.numbers(column, table)
  }

  /// The targets of a classification: places in `target.classes`. N numbers.
  ///
  /// Precondition: the task is classification. Throws: `DatasetError` if the target column or one of its cells is missing,
  /// or a class was not seen in training.
  public func classTargets(of table: Table) throws(DatasetError) -> [Int] {
    guard case .classification(let classes) = target else { preconditionFailure("the task is \(task)") }
    let column = try table.column(named: targetName)
    try TargetEncoding.checkPresent(column, table)
    let places = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
    let unseen = UnseenLabels(in: column) { places[$0] != nil }
    if let row = unseen.firstRow {
      throw DatasetError(
        file: table.name, line: table.lines[row], column: targetName,
        problem: "training had no \(unseen.labels.count == 1 ? "class" : "classes") \(unseen.list)",
        advice: "correct or remove the rows, or fit the model again with such rows")
    }
    return (0..<column.count).compactMap { row in column.label(row: row).flatMap { places[$0] } }
  }

  /// The inverse of `inputs(of:as:)`: the cells as texts, one row of them for each row of inputs.
  ///
  /// Precondition: shape [N, D].
  public func decoded(_ inputs: DenseArray<Double>) -> [[String]] {
    precondition(
      inputs.rank == 2 && inputs.shape[1] == inputCount, "inputs of shape \(inputs.shape), not [N, \(inputCount)]")
    return (0..<inputs.shape[0]).map { row in
      var next = row * inputCount
      return features.map { feature in
        defer { next += feature.width }
        return feature.decoded(inputs.elements[next..<next + feature.width])
      }
    }
  }

  private func checkColumns(of table: Table) throws(DatasetError) {
    let absent = features.map(\.name).filter { table[$0] == nil }
    guard absent.isEmpty else {
      throw DatasetError(
        file: table.name,
        problem: absent.count == 1
          ? "the training data's column \(DatasetError.list(absent)) is not there"
          : "the training data's columns \(DatasetError.list(absent)) are not there",
        advice: "give the table the columns that the model was fitted with")
    }
    let known = Set(features.map(\.name))
    let extra = table.columnNames.filter { !known.contains($0) && $0 != targetName }
    guard extra.isEmpty else {
      throw DatasetError(
        file: table.name,
        problem: extra.count == 1
          ? "the training data had no column \(DatasetError.list(extra))"
          : "the training data had no columns \(DatasetError.list(extra))",
        advice: "remove what the model was not fitted with, or choose --ignore-extra")
    }
  }
}

extension TabularEncoding {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    features = try container.decode([FeatureEncoding].self, forKey: .features)
    targetName = try container.decode(String.self, forKey: .targetName)
    target = try container.decode(TargetEncoding.self, forKey: .target)
    missing = try container.decode(MissingCells.self, forKey: .missing)
    let names = Set(features.map(\.name))
    guard features.contains(where: { $0.width > 0 }) && names.count == features.count && !names.contains(targetName)
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .features, in: container, debugDescription: "the columns of features have distinct names")
    }
  }
}
