//  FitSource.swift — whether the options about the data to fit agree with each other.

import ArgumentParser
import Credence

struct FitSource {
  let data: String?
  let target: String?
  let task: PredictionTask?
  let missing: MissingCells
  let source: DataOptions
  let network: NetworkDescription

  /// Throws: `ValidationError` unless they do.
  func validate() throws {
    switch try source.labelledSource(csv: data) {
    case .table:
      if target == nil { throw ValidationError("Name the column to predict with --target.") }
      if network.isConvolutional {
        throw ValidationError(
          "--network \(network) takes images, and a table has none; name the units of hidden layers, as 50,50.")
      }
    case .images:
      if target != nil { throw ValidationError("--target belongs to a CSV file; the labels are what images predict.") }
      if task == .regression { throw ValidationError("The task of images with labels is classification.") }
      if missing != .error { throw ValidationError("--missing belongs to a CSV file.") }
      if source.separator != nil { throw ValidationError("--separator belongs to a CSV file.") }
    }
  }
}
