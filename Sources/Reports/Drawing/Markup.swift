//  Markup.swift — an element of XML, as far as a figure needs it.

/// An element with its attributes and what it holds.
struct Markup {
  let name: String
  let attributes: [(name: String, value: String)]
  /// Text within the element, ahead of its children.
  var text = ""
  var children: [Markup] = []

  init(_ name: String, _ attributes: KeyValuePairs<String, any AttributeValue> = [:], text: String = "") {
    self.name = name
    self.attributes = attributes.map { ($0.key, $0.value.attributeText) }
    self.text = text
  }

  /// The element as text, each child on a line of its own.
  func rendered(indentation: String = "") -> String {
    let head =
      indentation + "<" + name
      + attributes.map { " \($0.name)=\"\(Self.escaped($0.value))\"" }.joined()
    if text.isEmpty && children.isEmpty { return head + "/>" }
    if children.isEmpty { return head + ">" + Self.escaped(text) + "</\(name)>" }
    let inside = children.map { $0.rendered(indentation: indentation + "  ") }
    return ([head + ">" + Self.escaped(text)] + inside + [indentation + "</\(name)>"]).joined(separator: "\n")
  }

  /// The text with the characters replaced that mean something in XML; control characters, which XML cannot hold, are left
  /// out.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\t", "\n": result.unicodeScalars.append(scalar)
      case let control where control.value < 0x20 || control.value == 0xFFFE || control.value == 0xFFFF: continue
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

/// What an attribute can be given: text, or a number of pixels.
protocol AttributeValue {
  var attributeText: String { get }
}

extension String: AttributeValue {
  var attributeText: String { self }
}

extension Double: AttributeValue {
  /// To a hundredth of a pixel, without needless zeros.
  var attributeText: String {
    let rounded = (self * 100).rounded() / 100
    return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int(rounded))" : "\(rounded)"
  }
}
