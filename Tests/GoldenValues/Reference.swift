//  Reference.swift — golden values from JSON files.

public import Arrays
public import Foundation

/// A part of a JSON file of golden values.
public enum Reference: Decodable {
  case number(Double)
  case text(String)
  case list([Reference])
  case object([String: Reference])
  case null

  /// Reads `Fixtures/name.json` of a test target.
  public init(_ name: String, in bundle: Bundle) throws {
    guard let url = bundle.url(forResource: name, withExtension: "json", subdirectory: "Fixtures") else {
      throw ReferenceError(missing: "the file \(name).json")
    }
    self = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: url))
  }

  public init(from decoder: any Decoder) throws {
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

  public subscript(key: String) -> Reference {
    get throws {
      guard case .object(let values) = self, let value = values[key] else { throw ReferenceError(missing: key) }
      return value
    }
  }

  public subscript(index: Int) -> Reference {
    get throws {
      guard case .list(let parts) = self, index < parts.count else { throw ReferenceError(missing: "element \(index)") }
      return parts[index]
    }
  }

  /// The elements of a list; none of anything else.
  public var list: [Reference] { if case .list(let parts) = self { parts } else { [] } }

  public var count: Int { list.count }

  public func has(_ key: String) -> Bool {
    guard case .object(let values) = self else { return false }
    return values[key] != nil
  }

  public var number: Double {
    get throws {
      guard case .number(let value) = self else { throw ReferenceError(missing: "a number") }
      return value
    }
  }

  public var text: String {
    get throws {
      guard case .text(let value) = self else { throw ReferenceError(missing: "a text") }
      return value
    }
  }

  /// A nested list as an array.
  public var array: DenseArray<Double> {
    get throws {
      var shape: [Int] = []
      var inner = self
      while case .list(let list) = inner {
        shape.append(list.count)
        guard let first = list.first else { throw ReferenceError(missing: "an element") }
        inner = first
      }
      return DenseArray(try flat(), shape: Shape(shape))
    }
  }

  private func flat() throws -> [Double] {
    if case .list(let list) = self { return try list.flatMap { try $0.flat() } }
    return [try number]
  }
}

/// What a file of golden values lacks.
public struct ReferenceError: Error {
  let missing: String
}
