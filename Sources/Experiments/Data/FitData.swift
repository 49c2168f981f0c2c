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

  /// A fit to fewer rows says nothing.
  public static let fewestRows = 5

  /// A table; the encoding is learnt from it.
  ///
  /// - Parameters:
  ///   - task: `nil` infers it.
  ///   - likelihood: Counts keep their unit. A likelihood of numbers says that the task is a regression.
  /// - Throws: `DatasetError`.
  public init(
    _ table: Table, target: String, task: PredictionTask? = nil, missing: MissingCells = .error,
    likelihood: LikelihoodChoice? = nil
  ) throws(DatasetError) {
    try Self.checkCount(table.rowCount, of: "row", in: table.name)
    let encoding = try TabularEncoding(
      fitting: table, target: target, task: likelihood == nil ? task : .regression, missing: missing,
      countsTarget: likelihood == .poisson)
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
    try Self.checkCount(images.count, of: "image", in: imagesName)
    let encoding = try ImageEncoding(fitting: images, labelsName: labelsName)
    self.encoding = .images(encoding)
    examples = Examples(
      inputs: try encoding.inputs(of: images, name: imagesName),
      targets: DenseArray(images.labels.map { Float($0) }))
  }

  /// Rows of each class; `nil` for a regression.
  public var classCounts: [Int]? {
    guard let classes = encoding.classes else { return nil }
    var counts = [Int](repeating: 0, count: classes.count)
    for target in examples.targets.elements { counts[Int(target)] += 1 }
    return counts
  }

  private static func checkCount(_ count: Int, of noun: String, in file: String) throws(DatasetError) {
    guard count < fewestRows else { return }
    throw DatasetError(
      file: file, problem: count == 1 ? "there is one \(noun)" : "there are \(count) \(noun)s",
      advice: "a fit needs at least \(fewestRows)")
  }
}
