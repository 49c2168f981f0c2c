//  ReferenceTests.swift — every paper that the sources cite as [Author year] has its full citation in References.md.

import Foundation
import Testing

@Suite struct ReferenceTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The first surname and the year of each citation in square brackets: "[Ba 2016; Wu and He 2018]" has two.
  static func citations(in text: String) -> Set<[String]> {
    var found: Set<[String]> = []
    for bracket in text.matches(of: /\[([A-Z][^\[\]\n]*(?:1[89]|20)\d\d[^\[\]\n]*)\]/) {
      for part in bracket.output.1.split(separator: ";") {
        guard let citation = part.firstMatch(of: /([A-Z][\p{L}'’-]+).*?\b((?:1[89]|20)\d\d)\b/) else { continue }
        found.insert([String(citation.output.1), String(citation.output.2)])
      }
    }
    return found
  }

  /// Whether a list has an entry whose first author and year are these.
  static func holds(_ list: String, _ citation: [String]) -> Bool {
    list.components(separatedBy: "\n- ").contains { entry in
      guard let year = entry.range(of: "(\(citation[1]))") else { return false }
      let first = entry[..<year.lowerBound].components(separatedBy: ",")[0].components(separatedBy: " and ")[0]
      return first.contains(citation[0])
    }
  }

  @Test func everyPaperThatTheSourcesCiteIsListed() throws {
    let list = try String(contentsOf: Self.root.appending(path: "References.md"), encoding: .utf8)
    let sources = Self.root.appending(path: "Sources")
    let files = try #require(
      FileManager.default.enumerator(at: sources, includingPropertiesForKeys: [.isRegularFileKey]))
    var count = 0
    for case let file as URL in files where try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true
    {
      let text = try String(contentsOf: file, encoding: .utf8)
      for citation in Self.citations(in: text) {
        count += 1
        #expect(Self.holds(list, citation), "\(file.lastPathComponent) cites \(citation), which References.md lacks")
      }
    }
    #expect(count > 40)
  }

  @Test func citationsAreReadAndMissingOnesAreMissed() {
    let text = "x [Ba 2016; Van Zee and van de Geijn 2015] y[index] [Shape 3] [O'Connor et al. 1990 for (2)]"
    #expect(Self.citations(in: text) == [["Ba", "2016"], ["Van", "2015"], ["O'Connor", "1990"]])
    let list =
      "# References\n\n- J. L. Ba, J. R. Kiros and G. E. Hinton (2016). Title.\n- B. Other and A. Ba (2015). Title."
    #expect(Self.holds(list, ["Ba", "2016"]))
    #expect(!Self.holds(list, ["Ba", "2015"]) && !Self.holds(list, ["Hinton", "2016"]))
  }
}
