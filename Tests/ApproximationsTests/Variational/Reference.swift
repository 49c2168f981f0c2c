//  Reference.swift — golden values of this suite's fixtures.

import Arrays
import Foundation
import Testing

/// A tree of numbers and texts from JSON.
indirect enum Reference: Decodable {
  case number(Double)
  case text(String)
  case list([Reference])
  case object([String: Reference])

  init(_ name: String) throws {
    let url = try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Fixtures"))
    self = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: url))
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let list = try? container.decode([Reference].self) {
      self = .list(list)
    } else {
      self = .object(try container.decode([String: Reference].self))
    }
  }

  subscript(key: String) -> Reference {
    get throws {
      guard case .object(let parts) = self else { throw Missing(key: key) }
      return try #require(parts[key], "no key \(key)")
    }
  }

  subscript(index: Int) -> Reference {
    get throws {
      guard case .list(let parts) = self, index < parts.count else { throw Missing(key: "\(index)") }
      return parts[index]
    }
  }

  var count: Int { if case .list(let parts) = self { parts.count } else { 0 } }

  var number: Double {
    get throws {
      guard case .number(let number) = self else { throw Missing(key: "number") }
      return number
    }
  }

  /// A nested list as an array.
  var array: DenseArray<Double> {
    get throws {
      var shape: [Int] = []
      var inner = self
      while case .list(let parts) = inner, let first = parts.first {
        shape.append(parts.count)
        inner = first
      }
      return DenseArray(try flat, shape: Shape(shape))
    }
  }

  private var flat: [Double] {
    get throws {
      guard case .list(let parts) = self else { return [try number] }
      return try parts.flatMap { try $0.flat }
    }
  }

  struct Missing: Error { let key: String }
}

/// The largest difference, relative to the largest entry of what is expected. Infinite on NaN or other counts.
func relativeDistance(_ actual: [Double], _ expected: [Double]) -> Double {
  guard actual.count == expected.count else { return .infinity }
  let scale = expected.map(abs).max() ?? 0
  let worst = zip(actual, expected).map { abs($0 - $1) }.reduce(0) { $1 <= $0 ? $0 : $1 }
  return worst.isNaN ? .infinity : worst / (scale == 0 ? 1 : scale)
}
