//  ModelArgument.swift — the model that a command line names, and a word where model and data were swapped.

import Credence

enum ModelArgument {
  /// - Parameters:
  ///   - data: The CSV file that was named beside the model, if one was.
  ///   - command: The name of the command, for the sentence.
  /// - Throws: `DatasetError`.
  static func model(at path: String, data: String?, command: String) throws(DatasetError) -> FittedModel {
    if let data, isModel(data) {
      throw standsForData(
        data, isModel(path) ? csvAdvice : "name the model first: credence \(command) \(data) \(path)")
    }
    return try FittedModel(contentsOf: path)
  }

  /// Throws: `DatasetError` when the file of data is a model.
  static func checkHoldsData(_ path: String?) throws(DatasetError) {
    if let path, isModel(path) { throw standsForData(path, csvAdvice) }
  }

  private static let csvAdvice = "give a CSV file"

  private static func standsForData(_ path: String, _ advice: String) -> DatasetError {
    DatasetError(file: path, problem: "this is a model, and it stands where the data belong", advice: advice)
  }

  private static func isModel(_ path: String) -> Bool {
    guard case .safetensors? = try? FileKind(of: path), let file = try? SafetensorsFile(contentsOf: path) else {
      return false
    }
    return FittedModel.isModel(file)
  }
}
