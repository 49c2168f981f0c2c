//  FitRecord.swift — how a model came about, and how to use it: the description that goes into its file.

public import Networks
import Probability
public import Training

/// What is known of a fitted model beside its numbers.
public struct FitRecord: Sendable, Codable {
  /// What was asked for.
  public let settings: FitDescription
  /// How each network was trained, with all defaults chosen.
  public let training: TrainingConfiguration
  /// How a network before these was trained, which chose their epochs and their noise; `nil` where there was none.
  public let pilot: TrainingConfiguration?
  /// What the method chose where an option leaves it the choice, by the option's key; `nil` in files of earlier versions.
  public let resolved: [String: String]?
  public let model: BayesianModel
  public let encoding: DataEncoding
  /// Rows that the fit saw.
  public let rowCount: Int
  public let libraryVersion: String

  public init(
    settings: FitDescription, training: TrainingConfiguration, model: BayesianModel, encoding: DataEncoding,
    rowCount: Int, libraryVersion: String, pilot: TrainingConfiguration? = nil, resolved: [String: String]? = nil
  ) {
    self.settings = settings
    self.training = training
    self.pilot = pilot
    self.resolved = resolved
    self.model = model
    self.encoding = encoding
    self.rowCount = rowCount
    self.libraryVersion = libraryVersion
  }

  /// What makes the parts contradict each other, or `nil`.
  var problem: String? {
    if model.network.inputShape != encoding.inputShape {
      return "its network takes inputs of shape \(model.network.inputShape) and its data give \(encoding.inputShape)"
    }
    switch (encoding.classes, model.likelihood.family) {
    case (.none, .gaussian), (.none, .studentT), (.none, .poisson):
      return model.targetCount == 1 ? nil : "its network predicts \(model.targetCount) numbers and its data have one"
    case (.some(let classes), .categorical(let count, _)) where classes.count == count: return nil
    default: return "its likelihood does not fit the target of its data"
    }
  }
}
