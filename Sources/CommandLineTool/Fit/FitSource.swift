//  FitSource.swift — the data to fit, and whether the options about them agree with each other.

import ArgumentParser
import Credence

struct FitSource {
  let data: String?
  let target: String?
  let task: PredictionTask?
  let missing: MissingCells
  let source: DataOptions
  let network: NetworkDescription

  /// What is read, with all that reading needs.
  enum Input {
    case table(path: String, target: String)
    case images(path: String, labels: String)

    /// The file that names the fit for people.
    var name: String {
      switch self {
      case .table(let path, _), .images(let path, _): path
      }
    }
  }

  /// Throws: `ValidationError` unless the options agree.
  func input() throws -> Input {
    switch try source.labelledSource(csv: data) {
    case .table(let path):
      guard let target else { throw ValidationError("Name the column to predict with --target.") }
      if network.isConvolutional {
        throw ValidationError(
          "--network \(network) takes images, and a table has none; name the units of hidden layers, as 50,50.")
      }
      return .table(path: path, target: target)
    case .images(let path, let labels):
      if target != nil { throw ValidationError("--target belongs to a CSV file; the labels are what images predict.") }
      if task == .regression { throw ValidationError("The task of images with labels is classification.") }
      if missing != .error { throw ValidationError("--missing belongs to a CSV file.") }
      if source.separator != nil { throw ValidationError("--separator belongs to a CSV file.") }
      return .images(path: path, labels: labels)
    }
  }
}
