//  FitDescription+File.swift — whether there can be such a network for the data, told with the name of their file.

import Credence

extension FitDescription {
  /// The network, prior and likelihood for data.
  ///
  /// Throws: `DatasetError` that names the file when no network can be built so.
  func model(for data: FitData, file: String) throws -> BayesianModel {
    do {
      return try model(for: data)
    } catch TrainingError.unusable(let problem) {
      throw DatasetError(file: file, problem: problem)
    }
  }
}
