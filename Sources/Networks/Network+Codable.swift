//  Network+Codable.swift — a network in a file: the shape of an example and the layers.

import Arrays

extension Network: Codable {
  private enum CodingKeys: String, CodingKey { case inputs, layers }

  /// Throws: `EncodingError` when a layer is not of this library.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(inputShape, forKey: .inputs)
    var list = container.nestedUnkeyedContainer(forKey: .layers)
    try SavedLayers.encode(layers, to: &list)
  }

  /// Throws: `DecodingError` for an unknown layer, `LayerError` for layers that do not fit.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let inputs = try container.decode(Shape.self, forKey: .inputs)
    var list = try container.nestedUnkeyedContainer(forKey: .layers)
    try self.init(inputs: inputs, layers: SavedLayers.decode(from: &list))
  }
}
