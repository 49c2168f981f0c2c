//  TrainingDefaults.swift — the settings of training that nobody chose, before and after a method has had its say.

/// What `Defaults` would do for a network and a number of rows. A method may change it; what the person chose goes before both.
public struct TrainingDefaults: Hashable, Sendable {
  /// Rows of the data. Nothing to choose.
  public let rows: Int
  public var epochs: Int
  public var batchSize: Int
  /// Of the first step.
  public var learningRate: Double
  /// Whether rows are held back to choose the parameters by.
  public var stopsEarly: Bool
}
