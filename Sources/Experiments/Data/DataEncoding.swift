//  DataEncoding.swift — how data of either kind become the inputs and targets of a network, and predictions targets.

public import Arrays
public import Datasets

/// What a fitted model knows of its data.
public enum DataEncoding: Hashable, Sendable, Codable {
  case table(TabularEncoding)
  case images(ImageEncoding)

  public var task: PredictionTask {
    switch self {
    case .table(let encoding): encoding.task
    case .images: .classification
    }
  }

  /// The labels of the classes; `nil` for a regression.
  public var classes: [String]? {
    switch self {
    case .table(let encoding): encoding.target.classes
    case .images(let encoding): encoding.classes
    }
  }

  /// The shape of one example.
  public var inputShape: Shape {
    switch self {
    case .table(let encoding): [encoding.inputCount]
    case .images(let encoding): [encoding.channels, encoding.height, encoding.width]
    }
  }

  /// The unit of a regression's targets.
  public var standardisation: Standardisation? {
    if case .table(let encoding) = self { encoding.target.standardisation } else { nil }
  }
}
