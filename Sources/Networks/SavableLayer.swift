//  SavableLayer.swift — layers as data: each kind of layer of the library has a tag, under which it is written and read.
//
//  In a file a layer is one object, its kind beside its own numbers: {"kind": "dense", "units": 50, …}.

/// A layer that can be written to a file and read back.
protocol SavableLayer: Layer, Codable {
  static var kind: String { get }
}

/// One layer in a file.
struct SavedLayer: Codable {
  let layer: any SavableLayer

  init(_ layer: any SavableLayer) { self.layer = layer }

  private static let kinds: [String: any SavableLayer.Type] = {
    let types: [any SavableLayer.Type] = [
      Activation.self, ActivationWithDropout.self, AveragePool.self, BatchNormalization.self, ConcreteDropout.self,
      Convolution1D.self, Convolution2D.self, Dense.self, Dropout.self, Embedding.self, Flatten.self,
      GlobalAveragePool.self, GroupNormalization.self, LayerNormalization.self, MaxPool.self, Residual.self,
    ]
    return Dictionary(uniqueKeysWithValues: types.map { ($0.kind, $0) })
  }()

  private enum CodingKeys: String, CodingKey { case kind }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(type(of: layer).kind, forKey: .kind)
    try layer.encode(to: encoder)
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let kind = try container.decode(String.self, forKey: .kind)
    guard let type = SavedLayer.kinds[kind] else {
      let list = SavedLayer.kinds.keys.sorted().joined(separator: ", ")
      throw DecodingError.dataCorruptedError(
        forKey: .kind, in: container,
        debugDescription: "\(kind) is no kind of layer; there are \(list)")
    }
    layer = try type.init(from: decoder)
  }
}

/// Layers in a file.
enum SavedLayers {
  /// Throws: `EncodingError` when a layer is not of this library.
  static func encode(_ layers: [any Layer], to container: inout some UnkeyedEncodingContainer) throws {
    for layer in layers {
      guard let savable = layer as? any SavableLayer else {
        throw EncodingError.invalidValue(
          layer,
          EncodingError.Context(
            codingPath: container.codingPath,
            debugDescription: "the layer \(layer.name) is not of this library, so a network with it cannot be saved"))
      }
      try container.encode(SavedLayer(savable))
    }
  }

  static func decode(from container: inout some UnkeyedDecodingContainer) throws -> [any Layer] {
    var layers: [any Layer] = []
    while !container.isAtEnd { layers.append(try container.decode(SavedLayer.self).layer) }
    return layers
  }
}
