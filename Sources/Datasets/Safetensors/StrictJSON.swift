//  StrictJSON.swift — JSON as RFC 8259 defines it, and no key twice in an object.
//
//  The standard decoders take one of two equal keys in silence, and so would let two readers see two different files.

/// A JSON value.
enum StrictJSON: Equatable {
  case object([String: StrictJSON])
  case array([StrictJSON])
  case string(String)
  case integer(Int)
  case number(Double)
  case bool(Bool)
  case null

  /// Why a text is not acceptable.
  enum Fault: Error, Equatable {
    case notJSON(byte: Int)
    case notUTF8(byte: Int)
    case duplicateKey(String)
    case tooDeep

    /// A clause for a sentence about the header of a file.
    var clause: String {
      switch self {
      case .notJSON(let byte): "is not JSON at byte \(byte)"
      case .notUTF8(let byte): "is not valid UTF-8 at byte \(byte)"
      case .duplicateKey(let key): "has the key \(DatasetError.excerpt(of: key)) twice"
      case .tooDeep: "is nested too deeply"
      }
    }
  }

  /// Objects and arrays inside of one another beyond this are refused, so that the call stack stays bounded.
  static let greatestDepth = 32

  /// The value that the whole text is; blanks around it are allowed.
  static func parsed(_ text: ArraySlice<UInt8>) throws(Fault) -> StrictJSON {
    var parser = StrictJSONParser(text)
    let value = try parser.value(depth: 0)
    parser.skipBlanks()
    guard parser.isAtEnd else { throw parser.fault }
    return value
  }
}

private struct StrictJSONParser {
  private let text: ArraySlice<UInt8>
  private var position: Int

  init(_ text: ArraySlice<UInt8>) {
    self.text = text
    position = text.startIndex
  }

  var isAtEnd: Bool { position == text.endIndex }
  var fault: StrictJSON.Fault { .notJSON(byte: position - text.startIndex) }
  private var next: UInt8? { isAtEnd ? nil : text[position] }

  mutating func skipBlanks() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
  }

  private mutating func takes(_ character: UnicodeScalar) -> Bool {
    skipBlanks()
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func value(depth: Int) throws(StrictJSON.Fault) -> StrictJSON {
    guard depth <= StrictJSON.greatestDepth else { throw .tooDeep }
    skipBlanks()
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func object(depth: Int) throws(StrictJSON.Fault) -> StrictJSON {
    position += 1
    var members: [String: StrictJSON] = [:]
    if takes("}") { return .object(members) }
    repeat {
      skipBlanks()
      guard next == UInt8(ascii: "\"") else { throw fault }
      let key = try string()
      guard takes(":") else { throw fault }
      let value = try value(depth: depth + 1)
      guard members.updateValue(value, forKey: key) == nil else { throw .duplicateKey(key) }
    } while takes(",")
    guard takes("}") else { throw fault }
    return .object(members)
  }

  private mutating func array(depth: Int) throws(StrictJSON.Fault) -> StrictJSON {
    position += 1
    var elements: [StrictJSON] = []
    if takes("]") { return .array(elements) }
    repeat { elements.append(try value(depth: depth + 1)) } while takes(",")
    guard takes("]") else { throw fault }
    return .array(elements)
  }

  private mutating func word(_ word: String, _ value: StrictJSON) throws(StrictJSON.Fault) -> StrictJSON {
    guard text[position...].starts(with: word.utf8) else { throw fault }
    position += word.utf8.count
    return value
  }

  private mutating func digits() throws(StrictJSON.Fault) {
    let start = position
    while let byte = next, byte &- 0x30 < 10 { position += 1 }
    if position == start { throw fault }
  }

  private mutating func number() throws(StrictJSON.Fault) -> StrictJSON {
    let start = position
    if next == UInt8(ascii: "-") { position += 1 }
    let first = next
    try digits()
    let leading = start + (text[start] == UInt8(ascii: "-") ? 1 : 0)
    if first == UInt8(ascii: "0") && position - leading > 1 { throw fault }
    var isInteger = true
    if next == UInt8(ascii: ".") {
      isInteger = false
      position += 1
      try digits()
    }
    if let byte = next, byte | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      position += 1
      if let sign = next, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
      try digits()
    }
    let spelling = String(decoding: text[start..<position], as: UTF8.self)
    if isInteger, let integer = Int(spelling) { return .integer(integer) }
    guard let number = Double(spelling) else { throw fault }
    return .number(number)
  }

  private mutating func string() throws(StrictJSON.Fault) -> String {
    position += 1
    let start = position
    var bytes: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: bytes, as: UTF8.self) else {
          throw .notUTF8(byte: start - text.startIndex)
        }
        return string
      case UInt8(ascii: "\\"): bytes += try escape()
      case 0..<0x20:
        position -= 1
        throw fault
      default: bytes.append(byte)
      }
    }
    throw fault
  }

  /// The UTF-8 bytes of what follows a backslash.
  private mutating func escape() throws(StrictJSON.Fault) -> [UInt8] {
    guard let byte = next else { throw fault }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      var code = UInt32(try codeUnit())
      if code & 0xFC00 == 0xD800 {
        guard text[position...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else { throw fault }
        position += 2
        let low = UInt32(try codeUnit())
        guard low & 0xFC00 == 0xDC00 else { throw fault }
        code = 0x10000 + (code & 0x3FF) << 10 + (low & 0x3FF)
      }
      guard let scalar = UnicodeScalar(code) else { throw fault }
      return Array(String(Character(scalar)).utf8)
    default: throw fault
    }
  }

  private mutating func codeUnit() throws(StrictJSON.Fault) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(UnicodeScalar(byte)).hexDigitValue else { throw fault }
      unit = unit << 4 | UInt16(digit)
      position += 1
    }
    return unit
  }
}

extension StrictJSON {
  /// A text as a JSON string, with its quotes.
  static func spelling(of text: String) -> String {
    var spelling = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": spelling += "\\\""
      case "\\": spelling += "\\\\"
      case "\n": spelling += "\\n"
      case "\r": spelling += "\\r"
      case "\t": spelling += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        spelling += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: spelling.unicodeScalars.append(scalar)
      }
    }
    return spelling + "\""
  }
}
