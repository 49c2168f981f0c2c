//  InteropManifest.swift — the expected contents of the interchange fixtures, and a comparison bit for bit.

import Arrays
import Datasets
import Foundation
import Testing

/// `manifest.json` beside the fixtures. Read by `JSONDecoder`: `JSONSerialization` gives decimals that are a bit or two off.
enum InteropManifest {
  struct Sections: Decodable {
    let npy: [String: Entry]
    let npz: [String: Archive]
    let safetensors: [String: File]
  }

  struct Archive: Decodable { let entries: [String: [String: String]] }

  struct File: Decodable {
    let metadata: [String: String]?
    let tensors: [String: Entry]
  }

  struct Entry: Decodable {
    let dtype: String
    let shape: [Int]
    let values: [Value]

    private enum CodingKeys: String, CodingKey {
      case dtype, shape
      case values = "values_row_major"
    }
  }

  /// A number of the manifest: exact as an integer or a double; bools as 0 and 1, what is not finite as a text.
  struct Value: Decodable {
    let integer: Int?
    let double: Double

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let bool = try? container.decode(Bool.self) {
        integer = bool ? 1 : 0
        double = bool ? 1 : 0
      } else if let text = try? container.decode(String.self) {
        integer = nil
        double = Double(text) ?? 0
      } else {
        integer = try? container.decode(Int.self)
        double = try container.decode(Double.self)
      }
    }
  }

  static func sections() throws -> Sections {
    try JSONDecoder().decode(Sections.self, from: Data(Fixture.bytes("interop/manifest.json")))
  }

  /// Holds an array against an entry: kind, shape and every number, bit for bit.
  static func check(_ array: StoredArray, _ entry: Entry, _ name: String) {
    #expect(array.shape.extents == entry.shape, "\(name)")
    #expect(array.kind == kinds[entry.dtype], "\(name)")
    #expect(array.count == entry.values.count, "\(name)")
    if array.kind.isInteger {
      #expect(array.integers() == entry.values.compactMap(\.integer), "\(name)")
      return
    }
    for (number, value) in zip(array.converted(to: Double.self).elements, entry.values.map(\.double)) {
      let isEqual = value.isNaN ? number.isNaN : number.bitPattern == value.bitPattern
      #expect(isEqual, "\(name): \(number), \(value)")
    }
  }

  private static let kinds: [String: NumberKind] = [
    "float64": .float64, "float32": .float32, "float16": .float16, "int64": .int64, "int32": .int32, "uint8": .uint8,
    "bool": .bool, ">f8": .float64, "F64": .float64, "F32": .float32, "F16": .float16, "BF16": .bfloat16, "I64": .int64,
    "I32": .int32, "U8": .uint8, "BOOL": .bool,
  ]
}

/// A refusal is one sentence: it names the file, ends with a full stop, and has no line break.
func expectOneSentence(_ sentence: String?, naming file: String) {
  guard let sentence else {
    Issue.record("\(file) was accepted")
    return
  }
  #expect(sentence.hasPrefix(file) && sentence.hasSuffix(".") && !sentence.contains("\n"), "\(sentence)")
  #expect(!sentence.contains("another type"), "\(sentence)")
}
