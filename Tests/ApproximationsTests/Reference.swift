//  Reference.swift — golden values from fixtures, and the comparison with them.

import Arrays
import Foundation
import Testing

/// A part of a JSON file of golden values.
enum Reference: Decodable {
  case number(Double)
  case text(String)
  case list([Reference])
  case object([String: Reference])
  case null

  init(_ name: String) throws {
    let url = try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Fixtures"))
    self = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: url))
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([Reference].self) {
      self = .list(value)
    } else if let value = try? container.decode([String: Reference].self) {
      self = .object(value)
    } else {
      self = .null
    }
  }

  subscript(key: String) -> Reference {
    get throws {
      guard case .object(let values) = self else { throw ReferenceError(key: key) }
      return try #require(values[key], "no key \(key)")
    }
  }

  subscript(index: Int) -> Reference {
    get throws {
      guard case .list(let parts) = self, index < parts.count else { throw ReferenceError(key: "\(index)") }
      return parts[index]
    }
  }

  var count: Int { if case .list(let parts) = self { parts.count } else { 0 } }

  func has(_ key: String) -> Bool {
    guard case .object(let values) = self else { return false }
    return values[key] != nil
  }

  var number: Double {
    get throws {
      guard case .number(let value) = self else { throw ReferenceError(key: "a number") }
      return value
    }
  }

  var text: String {
    get throws {
      guard case .text(let value) = self else { throw ReferenceError(key: "a text") }
      return value
    }
  }

  /// A nested list as an array.
  var array: DenseArray<Double> {
    get throws {
      var shape: [Int] = []
      var inner = self
      while case .list(let list) = inner {
        shape.append(list.count)
        inner = try #require(list.first)
      }
      return DenseArray(try flat(), shape: Shape(shape))
    }
  }

  private func flat() throws -> [Double] {
    if case .list(let list) = self { return try list.flatMap { try $0.flat() } }
    return [try number]
  }
}

struct ReferenceError: Error { let key: String }

/// The largest difference, relative to the largest entry of what is expected. Infinite when shapes differ or on NaN.
func relativeDifference(_ actual: DenseArray<Double>, _ expected: DenseArray<Double>) -> Double {
  guard actual.shape == expected.shape else { return .infinity }
  let scale = expected.elements.map(abs).max() ?? 0
  let worst = zip(actual.elements, expected.elements).map { abs($0 - $1) }.reduce(0) { $1 <= $0 ? $0 : $1 }
  return worst.isNaN ? .infinity : worst / (scale == 0 ? 1 : scale)
}

/// The largest difference, relative to the largest entry of what is expected. Infinite on NaN or other counts.
func relativeDistance(_ actual: [Double], _ expected: [Double]) -> Double {
  guard actual.count == expected.count else { return .infinity }
  let scale = expected.map(abs).max() ?? 0
  let worst = zip(actual, expected).map { abs($0 - $1) }.reduce(0) { $1 <= $0 ? $0 : $1 }
  return worst.isNaN ? .infinity : worst / (scale == 0 ? 1 : scale)
}
