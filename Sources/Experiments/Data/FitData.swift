//  FitData.swift — the training data of a fit, encoded.

import Arrays
public import Datasets
public import Training

/// Data to fit to: how they are encoded, and the numbers.
public struct FitData: Sendable {
  public let encoding: DataEncoding
  public let examples: Examples

  /// Data that are encoded already.
  init(encoding: DataEncoding, examples: Examples) {
    self.encoding = encoding
    self.examples = examples
  }

  /// A table; the encoding is learnt from it.
  ///
  /// - Parameter task: `nil` infers it.
  /// - Throws: `DatasetError`.
  public init(
    _ table: Table, target: String, task: PredictionTask? = nil, missing: MissingCells = .error
  ) throws(DatasetError) {
    let encoding = try TabularEncoding(fitting: table, target: target, task: task, missing: missing)
    self.encoding = .table(encoding)
    let inputs = try encoding.inputs(of: table, as: Float.self)
    switch encoding.task {
    case .regression:
      examples = Examples(inputs: inputs, targets: try encoding.regressionTargets(of: table))
    case .classification:
      examples = Examples(inputs: inputs, targets: DenseArray(try encoding.classTargets(of: table).map { Float($0) }))
    }
  }

  /// Images with labels.
  ///
  /// Throws: `DatasetError`.
  public init(_ images: LabelledImages, imagesName: String, labelsName: String) throws(DatasetError) {
    let encoding = try ImageEncoding(fitting: images, labelsName: labelsName)
    self.encoding = .images(encoding)
    examples = Examples(
      inputs: try encoding.inputs(of: images, name: imagesName),
      targets: DenseArray(images.labels.map { Float($0) }))
  }
}
