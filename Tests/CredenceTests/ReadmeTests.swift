import Credence
import Foundation
import Testing

@Suite struct ReadmeTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private static func text(of path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  @Test func theExampleRuns() async throws {
    let scores = try await forecastDiabetes(from: Self.root.appending(path: "Data/diabetes.csv").path)
    #expect(scores.count == 44)
    // The deviation of the target over all rows is 77.
    #expect(scores.rootMeanSquaredError < 70)
  }

  @Test func theExampleInTheReadmeIsTheOneThatRuns() throws {
    let example = try Self.text(of: "Tests/CredenceTests/Example.swift")
    let blocks = try Self.text(of: "README.md").components(separatedBy: "```swift\n").dropFirst().map {
      $0.components(separatedBy: "```")[0]
    }
    #expect(blocks == [example])
  }

  @Test(arguments: ["README.md", "CONTRIBUTING.md", "References.md"] + documents)
  func everyLinkToAFileLeadsSomewhere(document: String) throws {
    let folder = Self.root.appending(path: document).deletingLastPathComponent()
    for link in try Self.text(of: document).matches(of: /\]\(([^)#]+)(#[^)]*)?\)/).map({ String($0.output.1) })
    where !link.hasPrefix("https://") {
      let file = folder.appending(path: link).path
      #expect(FileManager.default.fileExists(atPath: file), "\(document) links to \(link)")
    }
  }

  private static let documents = [
    "Documentation/Architecture.md", "Documentation/DeepEnsembles.md", "Documentation/MaximumAPosteriori.md",
  ]
}
