//  FittedModel+Writing.swift — a fitted model as one file in the safetensors format, NAME.credence.
//
//  Arrays     those of the posterior, 32-bit floats; its single numbers as arrays of shape [], 64-bit floats
//  Metadata   format       "credence"
//             version      of this layout: "2"
//             posterior    the kind of the posterior; a file without it holds draws
//             description  `FitRecord` as JSON
//             layout       name, shape and offset in θ of every parameter, as JSON, for other readers
//             checksum     `ModelChecksum` of the description and all arrays
//
//  Draws, the commonest kind, are an array draws [S, P] and their running statistics states [S, Q].

import Approximations
import Arrays
public import Datasets
import Foundation
import Networks
import Probability

extension FittedModel {
  static let format = "credence"
  static let version = "2"

  /// Writes the model, as a whole or not at all.
  ///
  /// Throws: `DatasetError` when the file cannot be written, or the network has layers of its user.
  public func write(to path: String) throws(DatasetError) {
    guard let description = Self.json(record), let layout = Self.json(slices) else {
      throw DatasetError(
        file: path, problem: "the model has a layer that is not of this library, so it cannot be saved",
        advice: "keep its draws and rebuild the network in your program")
    }
    let contents = posterior.contents
    var arrays = contents.arrays.mapValues { StoredArray($0) }
    for (name, number) in contents.numbers { arrays[name] = StoredArray(DenseArray([number], shape: [])) }
    try SafetensorsFile.write(
      arrays,
      metadata: [
        "format": Self.format, "version": Self.version, "posterior": type(of: posterior).kind,
        "description": description, "layout": layout, "checksum": ModelChecksum.text(description, arrays),
      ], to: path)
  }

  private struct SlicePlace: Encodable {
    let name: String
    let shape: [Int]
    let offset: Int
  }

  private var slices: [SlicePlace] {
    record.model.layout.slices.map { SlicePlace(name: $0.name, shape: $0.shape.extents, offset: $0.offset) }
  }

  /// The same text for the same value.
  private static func json(_ value: some Encodable) -> String? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) }
  }
}
