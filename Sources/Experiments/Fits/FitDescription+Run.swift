//  FitDescription+Run.swift — from a description and data to a fitted model.

import Approximations
import Foundation
import Networks
public import Training

extension FitDescription {
  /// Fits.
  ///
  /// Throws: `TrainingError`.
  public func run(on data: FitData, control: RunControl = RunControl()) throws(TrainingError) -> FittedModel {
    let model = try model(for: data)
    let plan = try plan(model, rows: data.examples.count)
    try checkMemory(plan)
    let result = try plan.fit(data.examples, seed, control)
    return FittedModel(
      record: FitRecord(
        settings: self, training: result.training, model: result.posterior.model, encoding: data.encoding,
        rowCount: data.examples.count, libraryVersion: LibraryVersion.current, pilot: result.pilot,
        resolved: result.resolved),
      posterior: result.posterior)
  }

  /// Refuses a fit that does not fit into the memory that is available.
  private func checkMemory(_ plan: MethodPlan) throws(TrainingError) {
    let memory = AvailableMemory.bytes
    guard plan.memory < memory else {
      let gigabytes = { (bytes: Double) in String(Int((bytes / 1e9).rounded(.up))) + " GB" }
      throw .unusable(
        "\(plan.memoryUse) need \(gigabytes(plan.memory)) of memory, and \(gigabytes(memory)) are available; use "
          + plan.cheaper)
    }
  }
}
