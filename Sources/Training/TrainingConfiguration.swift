//  TrainingConfiguration.swift — everything that determines a training run, beside model, data and seed.

public import Optimization

/// When to stop before the last epoch: the parameters with the lowest loss on rows held back are kept.
public struct EarlyStopping: Hashable, Sendable, Codable {
  /// The share of the rows that is held back for validation.
  public var validationFraction: Double
  /// Epochs without improvement after which to stop.
  public var patience: Int

  /// Precondition: 0 < validationFraction < 1 and patience ≥ 1.
  public init(validationFraction: Double = 0.1, patience: Int = 20) {
    precondition(validationFraction > 0 && validationFraction < 1, "a validation fraction of \(validationFraction)")
    precondition(patience >= 1, "a patience of \(patience) epochs")
    self.validationFraction = validationFraction
    self.patience = patience
  }
}

/// How the parameters are found.
public struct TrainingConfiguration: Hashable, Sendable, Codable {
  public var epochs: Int
  /// Rows of a minibatch; the last of an epoch holds what is left. A single row that is left joins the minibatch before it
  /// where the network normalises by batch.
  public var batchSize: Int
  public var optimizer: Optimizer
  /// The learning rate of each step.
  public var schedule: LearningRateSchedule
  public var clipping: GradientClipping?
  public var earlyStopping: EarlyStopping?

  /// Precondition: epochs ≥ 1 and batchSize ≥ 1.
  public init(
    epochs: Int, batchSize: Int = 32, optimizer: Optimizer = .adam(), schedule: LearningRateSchedule = .constant(1e-3),
    clipping: GradientClipping? = nil, earlyStopping: EarlyStopping? = nil
  ) {
    precondition(epochs >= 1 && batchSize >= 1, "\(epochs) epochs of minibatches of \(batchSize)")
    self.epochs = epochs
    self.batchSize = batchSize
    self.optimizer = optimizer
    self.schedule = schedule
    self.clipping = clipping
    self.earlyStopping = earlyStopping
  }
}
