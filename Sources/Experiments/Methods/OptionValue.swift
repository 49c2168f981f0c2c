//  OptionValue.swift — the value of an option of a method, as a file holds it.

/// A whole number, a number, a word, or yes and no. In JSON it is the bare value.
public enum OptionValue: Hashable, Sendable, Codable, CustomStringConvertible {
  case integer(Int)
  case number(Double)
  case choice(String)
  case flag(Bool)

  public var description: String {
    switch self {
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .choice(let value): value
    case .flag(let value): value ? "yes" : "no"
    }
  }

  /// JSON does not tell 2 from 2.0: a number without a fraction reads back as a whole one, and `MethodOption.value(_:)` puts
  /// that right.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let integer = try? container.decode(Int.self) {
      self = .integer(integer)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else {
      self = .choice(try container.decode(String.self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .choice(let value): try container.encode(value)
    case .flag(let value): try container.encode(value)
    }
  }
}
