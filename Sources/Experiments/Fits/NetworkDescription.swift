//  NetworkDescription.swift — which network: hidden layers by their units, or one of the convolutional networks by name.

import Arrays
import Networks
import Training

/// A network as it can be written down: "50,50", "linear", "lenet5", "resnet20".
public enum NetworkDescription: Hashable, Sendable, CustomStringConvertible {
  /// Dense layers of so many units with an activation behind each, and a dense layer behind them. None: a linear model.
  case dense([Int])
  case leNet5
  case resNet20

  private static let linear = "linear"
  private static let convolutional: [String: NetworkDescription] = ["lenet5": .leNet5, "resnet20": .resNet20]

  /// The networks that have names.
  package static let names = [linear] + convolutional.keys.sorted()

  /// The inverse of `description`; `nil` for a text that names no network.
  public init?(_ text: String) {
    if text == Self.linear {
      self = .dense([])
    } else if let network = Self.convolutional[text] {
      self = network
    } else {
      let units = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
      guard units.allSatisfy({ $0 >= 1 && $0 <= 1 << 20 }), units.count <= 1000 else { return nil }
      self = .dense(units)
    }
  }

  public var description: String {
    switch self {
    case .dense(let units): units.isEmpty ? Self.linear : units.map(String.init).joined(separator: ",")
    case .leNet5: "lenet5"
    case .resNet20: "resnet20"
    }
  }

  /// Whether it takes images only.
  public var isConvolutional: Bool { if case .dense = self { false } else { true } }

  /// The layers for examples of a shape. Throws: `TrainingError.unusable` when the network is for images and these are none.
  func layers(inputs: Shape, outputs: Int, activation: Activation) throws(TrainingError) -> [any Layer] {
    switch self {
    case .dense(let units):
      var layers: [any Layer] = inputs.rank > 1 ? [Flatten()] : []
      for width in units { layers += [Dense(width), activation] as [any Layer] }
      return layers + [Dense(outputs)]
    case .leNet5, .resNet20:
      guard inputs.rank == 3 else {
        throw .unusable(
          "the network \(self) takes images and the rows of a table are none; name the units of hidden layers, as 50,50"
        )
      }
      return self == .leNet5 ? Network.leNet5Layers(classes: outputs) : Network.resNet20Layers(classes: outputs)
    }
  }
}

extension NetworkDescription: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let network = NetworkDescription(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "there is no network '\(text)'")
    }
    self = network
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
