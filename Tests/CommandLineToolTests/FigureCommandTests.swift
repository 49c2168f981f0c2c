//  FigureCommandTests.swift — the pictures that commands draw of their results.

import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct FigureCommandTests {
  private static let curve = Workplace.data.appending(path: "curve.csv").path

  private func picture(_ name: String, in place: Workplace) throws -> XMLParts {
    let parts = XMLParts()
    let parser = XMLParser(data: try place.bytes(of: name))
    parser.delegate = parts
    #expect(parser.parse(), "\(name) is no XML")
    return parts
  }

  /// How often each element stands in a document, and all of its text.
  private final class XMLParts: NSObject, XMLParserDelegate {
    var counts: [String: Int] = [:]
    var text = ""

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) { counts[name, default: 0] += 1 }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
  }

  @Test func aPredictionAlongOneInputIsDrawnWithTheTargetsThatRowsHave() throws {
    let place = try Workplace()
    // Three rows without a target: in the gap of the data, and to the left of them.
    let data = try String(contentsOfFile: Self.curve, encoding: .utf8)
    try place.write(data + "0.8,\n-5.5,\n-6,\n", to: "rows.csv")
    for (method, isUnsure) in [("ensemble", true), ("map", false)] {
      try place.run(
        "fit", Self.curve, "--target", "y", "--method", method, "--activation", "tanh", "--epochs", "800",
        "--no-early-stopping", "--quiet", "--out", "m.credence")
      let outcome = try place.run(
        "predict", "m.credence", "rows.csv", "--out", "forecast.csv", "--figure", "\(method).svg", "--quiet")
      #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
      let drawn = try picture("\(method).svg", in: place)
      // A dot for each of the 60 targets, and one in the legend.
      #expect(drawn.counts["circle"] == 61)
      #expect(drawn.text.contains(method) && drawn.text.contains("rows.csv"))
      let epistemic = try place.lines(of: "forecast.csv").dropFirst().map {
        Double($0.split(separator: ",")[2]) ?? .nan
      }
      let seen = epistemic[..<60].sorted()[30]
      #expect(isUnsure ? epistemic[60] > 2 * seen && epistemic[62] > 2 * seen : epistemic.allSatisfy { $0 == 0 })
    }
  }

  @Test func coverageReliabilityEvidenceAndComparisonsAreDrawn() throws {
    let place = try Workplace()
    try place.split("iris.csv")
    try place.run(
      "fit", "train.csv", "--target", "y", "--method", "map", "--epochs", "20", "--quiet", "--out", "iris.credence")
    #expect(try place.run("evaluate", "iris.credence", "test.csv", "--figure", "classes.svg").code == 0)
    #expect(try picture("classes.svg", in: place).text.contains("too sure"))
    try place.run(
      "fit", Self.curve, "--target", "y", "--method", "map", "--epochs", "20", "--quiet", "--out", "curve.credence")
    #expect(try place.run("evaluate", "curve.credence", Self.curve, "--figure", "numbers.svg").code == 0)
    // The 19 levels from 0.05 to 0.95.
    #expect(try picture("numbers.svg", in: place).counts["circle"] == 19)
    let linear = ["--degrees", "0...6", "--figure", "linear.svg"]
    #expect(try place.start(["linear", Self.curve, "--target", "y"] + linear).wait().code == 0)
    #expect(try picture("linear.svg", in: place).counts["circle"] == 61)
    let several = Workplace.data.appending(path: "diabetes.csv").path
    #expect(try place.start(["linear", several, "--target", "y"] + linear).wait().code == 0)
    // A bar for each degree, and the paper.
    #expect(try picture("linear.svg", in: place).counts["rect"] == 7 + 1)
    #expect(
      try place.run(
        "compare", Self.curve, "--target", "y", "--methods", "swa", "--epochs", "20", "--quiet", "--figure",
        "methods.svg"
      ).code == 0)
    let methods = try picture("methods.svg", in: place)
    #expect(methods.text.contains("map") && methods.text.contains("swa") && methods.counts["circle"] == 3)
  }

  @Test func aFigureThatCannotBeWrittenIsRefusedBeforeTheWork() throws {
    let place = try Workplace()
    try place.run(
      "fit", Self.curve, "--target", "y", "--method", "map", "--epochs", "5", "--quiet", "--out", "curve.credence")
    let format = try place.run("evaluate", "curve.credence", Self.curve, "--figure", "a.png")
    #expect(format.code != 0 && format.output.isEmpty && format.errors.contains("ends in .svg, not 'a.png'"))
    let folder = try place.run("predict", "curve.credence", Self.curve, "--figure", "none/a.svg")
    #expect(folder.code != 0 && folder.output.isEmpty && folder.errors.contains("there is no folder none"))
    try place.split("iris.csv")
    try place.run(
      "fit", "train.csv", "--target", "y", "--method", "map", "--epochs", "5", "--quiet", "--out", "iris.credence")
    let classes = try place.run("predict", "iris.credence", "test.csv", "--figure", "a.svg")
    #expect(classes.code != 0 && classes.output.isEmpty && classes.errors.contains("predicts classes"))
    #expect(!place.exists("a.svg"))
  }
}
