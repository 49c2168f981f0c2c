//  TrainingFacts.swift — how the networks of a model were trained, and a pilot before them.

import Credence

struct TrainingFacts {
  private let record: FitRecord
  private let mover: ParameterMover?

  init(_ record: FitRecord) {
    self.record = record
    mover = record.settings.method.mover
  }

  /// Facts and values.
  var rows: [[String]] {
    [
      ["training", training], ["optimiser", mover?.name ?? "\(record.training.optimizer)"],
      ["learning rate", learningRate], ["held back", heldBack],
    ]
  }

  private var training: String {
    if FitProgress.Words.of(record.settings.method).step == "transition" {
      return NumberFormat.count(record.training.epochs, "transition") + " of each chain, on all rows"
    }
    let batches = "in batches of \(record.training.batchSize)"
    let own = Self.epochs(record.training, mayEnd: mover?.usesLearningRate == false)
    guard let pilot = record.pilot else { return "\(own) \(batches)" }
    return "a pilot of \(Self.epochs(pilot)), then \(own), \(batches)"
  }

  /// - Parameter mayEnd: Whether a run ends where it has converged.
  private static func epochs(_ training: TrainingConfiguration, mayEnd: Bool = false) -> String {
    (mayEnd || training.earlyStopping != nil ? "at most " : "") + NumberFormat.count(training.epochs, "epoch")
  }

  private var learningRate: String {
    if mover?.usesLearningRate == false { return "none" }
    guard let pilot = record.pilot, pilot.schedule != record.training.schedule else {
      return "\(record.training.schedule)"
    }
    return "\(record.training.schedule); of the pilot \(pilot.schedule)"
  }

  private var heldBack: String {
    func share(_ training: TrainingConfiguration) -> String? {
      training.earlyStopping.map { NumberFormat.percent($0.validationFraction) }
    }
    guard let pilot = record.pilot.flatMap(share) else { return share(record.training) ?? "none" }
    return "\(pilot) by the pilot, then none"
  }
}
