//  LayeringTests.swift — no target imports what its manifest entry does not declare, and dependencies run one way.

import Testing

@Suite struct LayeringTests {
  /// What comes with the toolchain and may be imported without a declaration.
  static let toolchain: Set<String> = [
    "Accelerate", "Darwin", "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Musl", "RegexBuilder", "Swift",
    "Synchronization", "os",
  ]

  @Test func everyImportIsDeclaredInTheManifest() throws {
    let targets = try SourceTree.manifest().targets
    for folder in try SourceTree.targetFolders() {
      let target = try #require(targets.first { $0.name == folder }, "Sources/\(folder) has no target in Package.swift")
      for file in try SourceTree.swiftFiles(of: folder) {
        let undeclared = Self.undeclared(Imports.modules(in: try SourceTree.text(of: file)), by: target)
        #expect(undeclared.isEmpty, "\(file) imports \(undeclared), which Package.swift does not declare for \(folder)")
      }
    }
  }

  @Test func targetsDependOnlyOnTargetsDeclaredAboveThem() throws {
    let targets = try SourceTree.manifest().targets.filter { !$0.isTest }
    let names = targets.map(\.name)
    for (position, target) in targets.enumerated() {
      for dependency in target.dependencies where names.contains(dependency) {
        #expect(names[..<position].contains(dependency), "\(target.name) depends on \(dependency), declared below it")
      }
    }
  }

  @Test func theManifestOfThisPackageIsUnderstood() throws {
    let targets = try SourceTree.manifest().targets
    let arrays = try #require(targets.first { $0.name == "Arrays" })
    #expect(arrays.dependencies.contains("CKernels"))
    #expect(targets.contains { $0.name == "LayeringTests" && $0.isTest })
    for target in targets where !target.isTest {
      #expect(try SourceTree.targetFolders().contains(target.name), "\(target.name) has no folder in Sources")
    }
  }

  static func undeclared(_ modules: [String], by target: DeclaredTarget) -> [String] {
    modules.filter { !toolchain.contains($0) && !target.dependencies.contains($0) }
  }
}

@Suite struct ReadingOfSourcesTests {
  @Test func undeclaredImportIsFound() {
    let target = DeclaredTarget(name: "Sampling", dependencies: ["Arrays"], isTest: false)
    let source = """
      import Foundation
      public import Arrays
      import Networks
      """
    #expect(LayeringTests.undeclared(Imports.modules(in: source), by: target) == ["Networks"])
  }

  @Test func everyFormOfImportIsRead() {
    let source = #"""
      @_exported public import Arrays
      @preconcurrency import Dispatch
      import struct Foundation.Date
        package import Networks
      // import Commented
      let template = """
      import InsideOfAString
      """
      important(import: 1)
      """#
    #expect(Imports.modules(in: source) == ["Arrays", "Dispatch", "Foundation", "Networks"])
  }

  @Test func everyFormOfTargetIsRead() {
    let manifest = Manifest(
      """
      let package = Package(
        name: "P",
        dependencies: [.package(url: "https://example.org/tool", from: "1.0.0")],
        targets: [
          // A comment, with a comma and a [.
          .systemLibrary(name: "COne", pkgConfig: "one", providers: [.apt(["one-dev"])]),
          library("Two", ["COne"]),
          library("Three"),
          .executableTarget(
            name: "Four", dependencies: ["Two", .product(name: "Tool", package: "tool-kit")],
            resources: [.copy("Data")], swiftSettings: strict),
          tests("Two", ["Three"], resources: [.copy("Fixtures")]),
        ]
      )
      """)
    #expect(
      manifest.targets == [
        DeclaredTarget(name: "COne", dependencies: [], isTest: false),
        DeclaredTarget(name: "Two", dependencies: ["COne"], isTest: false),
        DeclaredTarget(name: "Three", dependencies: [], isTest: false),
        DeclaredTarget(name: "Four", dependencies: ["Two", "Tool"], isTest: false),
        DeclaredTarget(name: "Two", dependencies: ["Three"], isTest: true),
      ])
  }
}
