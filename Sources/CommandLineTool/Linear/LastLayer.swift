//  LastLayer.swift — the last layer of a fitted model as the features of a linear model.

import Credence

struct LastLayer {
  /// The model's: its features stand in the units that it was fitted with.
  let encoding: TabularEncoding
  let functions: BasisFunctions
  /// What enters the layer, without the 1 of its bias.
  let units: Int
  private let path: String

  /// Throws: `DatasetError` when the file holds no single network that predicts the numbers of this target.
  init(ofModelAt path: String, target: String) throws(DatasetError) {
    func fault(_ problem: String, _ advice: String) -> DatasetError {
      DatasetError(file: path, problem: problem, advice: advice)
    }
    let fitted = try FittedModel(contentsOf: path)
    guard case .table(let encoding) = fitted.encoding else {
      throw fault("the model was fitted to images, and a linear model takes a table", "give a model of the same table")
    }
    let model = fitted.record.model
    guard encoding.task == .regression, model.likelihood.family != .poisson else {
      throw fault(
        "the model predicts \(encoding.task == .regression ? "counts" : "classes"), and a linear model predicts numbers",
        "give a model of numbers with normal noise")
    }
    guard encoding.targetName == target else {
      throw fault(
        "the model predicts \(DatasetError.excerpt(of: encoding.targetName)), and --target is "
          + DatasetError.excerpt(of: target), "give a model of the same target")
    }
    guard let (parameters, state) = Self.point(of: fitted.posterior) else {
      throw fault(
        "a last layer is that of one network, and this posterior of \(fitted.record.settings.method.name) is none",
        "give a model fitted with --method map")
    }
    guard model.network.layers.count > 1 else {
      throw fault(
        "the network has no hidden layer, so that its last one weighs the columns themselves",
        "take --basis polynomial --degrees 1, which is the same")
    }
    do {
      functions = try .lastLayer(of: model.network, parameters: parameters, state: state)
    } catch {
      throw fault("the network does not end in a dense layer: \(error)", "give a model whose network does")
    }
    units = functions.featureCount(inputs: encoding.inputCount) - 1
    self.encoding = encoding
    self.path = path
  }

  /// The parameters and running statistics of a posterior around one network; `nil` for another.
  private static func point(
    of posterior: any StorablePosterior
  ) -> (parameters: DenseArray<Float>, state: DenseArray<Float>)? {
    switch posterior {
    case let draws as DrawsPosterior where draws.drawCount == 1: (draws.draws, draws.states)
    case let laplace as LaplacePosterior: (laplace.mode, laplace.state)
    default: nil
    }
  }

  /// The rows of a file with the columns of the model.
  ///
  /// Throws: `DatasetError` when its columns are others.
  func table(contentsOf file: String, separator: Character?) throws(DatasetError) -> Table {
    // Gaps are kept here; the encoding fills or refuses them.
    let table = try Table(
      contentsOf: file, separator: separator, missing: .mean, categorical: encoding.categoricalColumns)
    _ = try table.column(named: encoding.targetName)
    let (columns, names) = (table.columnNames.filter { $0 != encoding.targetName }, encoding.features.map(\.name))
    func fault(_ problem: String) -> DatasetError {
      DatasetError(file: path, problem: problem, advice: "fit a model to the columns of \(file) first")
    }
    if let name = names.first(where: { !columns.contains($0) }) {
      throw fault("the model was fitted with a column \(DatasetError.excerpt(of: name)), and \(file) has none")
    }
    if let name = columns.first(where: { !names.contains($0) }) {
      throw fault("the model was fitted without a column \(DatasetError.excerpt(of: name)), and \(file) has one")
    }
    return encoding.missing == .drop ? table.droppingMissing(in: table.columnNames) : table
  }
}
