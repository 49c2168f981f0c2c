//  ModelInputs.swift — new data in the form that a fitted model takes.

import Credence

/// Encoded rows, with what they should be where that is known.
struct EncodedData {
  let numbers: DenseArray<Float>
  let source: Source

  enum Source {
    case table(Table)
    case images(LabelledImages, name: String)
  }

  /// Throws: `DatasetError` for the first row whose prediction is not a finite number.
  func check(_ predictive: Predictive) throws(DatasetError) {
    let finite: [Bool]
    switch predictive.content {
    case .numbers:
      finite = predictive.mixture.rows.map { $0.mean.isFinite && $0.standardDeviation.isFinite }
    case .classes: finite = predictive.classes.predictiveEntropy.map(\.isFinite)
    }
    guard let row = finite.firstIndex(of: false) else { return }
    switch source {
    case .table(let table):
      throw DatasetError(
        file: table.name, line: table.lines[row], problem: "the prediction is not a finite number",
        advice: "correct the cells of this row: some are out of all proportion to the training rows")
    case .images(_, let name):
      throw DatasetError(file: name, problem: "the prediction of image \(row + 1) is not a finite number")
    }
  }
}

/// Reads data as a model wants them.
struct ModelInputs {
  let encoding: DataEncoding
  let modelName: String
  let separator: Character?
  /// Whether columns that training did not have are passed over; otherwise they are an error.
  let ignoresExtra: Bool

  init(_ encoding: DataEncoding, modelName: String, separator: Character?, ignoresExtra: Bool) {
    self.encoding = encoding
    self.modelName = modelName
    self.separator = separator
    self.ignoresExtra = ignoresExtra
  }

  /// All rows, in order: a missing cell is filled where the model fills them, and an error where it does not, for a row
  /// that is left out has no prediction.
  ///
  /// Throws: `DatasetError`.
  func inputs(_ source: DataOptions.Source) throws(DatasetError) -> EncodedData {
    switch (source, encoding) {
    case (.table(let path), .table(let encoding)):
      return try encoded(narrowed(try table(path, encoding), encoding), encoding)
    case (.images(let path), .images(let encoding)):
      let stored = try StoredArray(contentsOfIDX: path)
      let count = stored.shape.extents.first ?? 0
      let unlabelled = StoredArray([Int](repeating: 0, count: count))
      let images = try LabelledImages(images: stored, labels: unlabelled, imagesName: path, labelsName: path)
      return EncodedData(
        numbers: try encoding.inputs(of: images, name: path), source: .images(images, name: path))
    default: throw otherKind
    }
  }

  /// Rows with their targets; rows with missing cells are left out where the model was fitted so.
  ///
  /// Throws: `DatasetError`.
  func labelledInputs(_ source: DataOptions.LabelledSource) throws(DatasetError) -> EncodedData {
    switch (source, encoding) {
    case (.table(let path), .table(let encoding)):
      var table = try table(path, encoding)
      _ = try table.column(named: encoding.targetName)
      if encoding.missing == .drop {
        table = table.droppingMissing(in: encoding.features.map(\.name) + [encoding.targetName])
        guard table.rowCount > 0 else {
          throw DatasetError(
            file: path, problem: "every row has a missing cell", advice: "fill the cells, or give rows without gaps")
        }
      }
      return try encoded(narrowed(table, encoding), encoding)
    case (.images(let path, let labels), .images(let encoding)):
      let images = try LabelledImages(idxImages: path, labels: labels)
      try encoding.check(images, labelsName: labels)
      return EncodedData(
        numbers: try encoding.inputs(of: images, name: path), source: .images(images, name: path))
    default: throw otherKind
    }
  }

  private func table(_ path: String, _ encoding: TabularEncoding) throws(DatasetError) -> Table {
    var categorical = encoding.categoricalColumns
    // Classes that are not all numbers were read as texts in training.
    if let classes = encoding.target.classes, classes.contains(where: { Double($0) == nil }) {
      categorical.insert(encoding.targetName)
    }
    // Gaps are kept here; the encoding fills or refuses those of features, and a missing target does not matter.
    return try Table(contentsOf: path, separator: separator, missing: .mean, categorical: categorical)
  }

  private func narrowed(_ table: Table, _ encoding: TabularEncoding) -> Table {
    ignoresExtra ? table.keeping(encoding.features.map(\.name) + [encoding.targetName]) : table
  }

  private func encoded(_ table: Table, _ encoding: TabularEncoding) throws(DatasetError) -> EncodedData {
    EncodedData(numbers: try encoding.inputs(of: table), source: .table(table))
  }

  private var otherKind: DatasetError {
    switch encoding {
    case .table:
      DatasetError(file: modelName, problem: "the model was fitted to a table", advice: "give a CSV file")
    case .images:
      DatasetError(file: modelName, problem: "the model was fitted to images", advice: "give an IDX file with --images")
    }
  }
}
