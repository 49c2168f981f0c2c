//  InteropManifest.swift — the expected contents of the interchange fixtures, and a comparison bit for bit.

import Arrays
import Datasets
import Foundation
import Testing

/// `manifest.json` beside the fixtures.
enum InteropManifest {
  static func entries(_ section: String) throws -> [String: [String: Any]] {
    let data = try Data(contentsOf: URL(filePath: Fixture.path("interop/manifest.json")))
    let manifest = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    return try #require(manifest[section] as? [String: [String: Any]])
  }

  /// Holds an array against an entry: kind, shape and every number, bit for bit.
  static func check(_ array: StoredArray, _ entry: [String: Any], _ name: String) throws {
    let values = try #require(entry["values_row_major"] as? [Any])
    let dtype = try #require(entry["dtype"] as? String)
    #expect(array.shape.extents == (try #require(entry["shape"] as? [Int])), "\(name)")
    #expect(array.kind == kinds[dtype], "\(name)")
    #expect(array.count == values.count, "\(name)")
    if array.kind.isInteger {
      let expected = values.map { ($0 as? NSNumber)?.intValue }
      #expect(array.integers() == expected.compactMap { $0 }, "\(name)")
      return
    }
    let numbers = array.converted(to: Double.self).elements
    for (number, value) in zip(numbers, values) {
      let expected = (value as? String).flatMap(Double.init) ?? (value as? NSNumber)?.doubleValue
      if let expected, expected.isNaN {
        #expect(number.isNaN, "\(name)")
      } else {
        #expect(number.bitPattern == expected?.bitPattern, "\(name): \(number), \(value)")
      }
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
