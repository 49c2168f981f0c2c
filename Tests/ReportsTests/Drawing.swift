//  Drawing.swift — an SVG document, read back by Foundation's XML parser.

import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

struct Drawing {
  struct PlacedText {
    let text: String
    let x: Double
    let y: Double
    let size: Double
    let anchor: String
    /// Turned by a quarter, to be read upwards.
    let isUpright: Bool
  }

  private let elements: [Element]

  struct Malformed: Error { let line: Int }

  init(_ svg: String) throws {
    let parser = XMLParser(data: Data(svg.utf8))
    let reader = Reader()
    parser.delegate = reader
    guard parser.parse() else { throw Malformed(line: parser.lineNumber) }
    elements = reader.elements
  }

  func count(of name: String) -> Int { elements.filter { $0.name == name }.count }

  /// The contents of all elements `text`.
  var texts: [String] { elements.filter { $0.name == "text" }.map(\.text) }

  var placedTexts: [PlacedText] {
    elements.filter { $0.name == "text" }.map {
      PlacedText(
        text: $0.text, x: $0.number("x"), y: $0.number("y"), size: $0.number("font-size"),
        anchor: $0.attributes["text-anchor"] ?? "start", isUpright: $0.attributes["transform"] != nil)
    }
  }

  /// The size of the inner element, which holds the marks.
  var panel: (width: Double, height: Double)? {
    elements.filter { $0.name == "svg" }.dropFirst().first.map { ($0.number("width"), $0.number("height")) }
  }

  /// The centres of all circles.
  var dots: [(x: Double, y: Double)] {
    elements.filter { $0.name == "circle" }.map { ($0.number("cx"), $0.number("cy")) }
  }
}

struct Element {
  let name: String
  let attributes: [String: String]
  var text = ""

  func number(_ attribute: String) -> Double { attributes[attribute].flatMap(Double.init) ?? .nan }
}

private final class Reader: NSObject, XMLParserDelegate {
  var elements: [Element] = []
  private var open: [Int] = []

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    open.append(elements.count)
    elements.append(Element(name: name, attributes: attributes))
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    if let last = open.last { elements[last].text += string }
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    open.removeLast()
  }
}
