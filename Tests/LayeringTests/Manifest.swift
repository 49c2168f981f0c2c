//  Manifest.swift — the targets that a package manifest declares, and what each depends on.
//
//  The text is read, not `swift package dump-package`: a second SwiftPM waits for the lock that `swift test` holds.
//  What is understood is the elements of `targets: [ … ]`, each a call whose first string is the target's name and whose
//  dependencies are the list labelled `dependencies:`, or else the unlabelled list.

/// What a manifest says of one target.
struct DeclaredTarget: Equatable {
  let name: String
  let dependencies: [String]
  let isTest: Bool
}

struct Manifest {
  /// The targets in the order of their declaration.
  let targets: [DeclaredTarget]

  /// Reads the text of a `Package.swift`.
  init(_ text: String) {
    let code = Self.withoutComments(text)
    // The package's own list is the last: a helper function above it may have a parameter of that name.
    let list = code.ranges(of: "targets:").last.flatMap { Self.list(after: code[$0.upperBound...]) } ?? ""
    targets = Self.elements(of: list).compactMap(Self.target)
  }

  /// One element of the list: `head("Name", …)` or `head(name: "Name", …)`.
  private static func target(_ element: Substring) -> DeclaredTarget? {
    guard let call = element.firstMatch(of: /\s*\.?(\w+)\(\s*(?:name:\s*)?"([^"]+)"/) else { return nil }
    let arguments = elements(of: element[call.range.upperBound...].dropLast())
    let list =
      arguments.first { $0.contains(/^\s*dependencies:/) } ?? arguments.first { $0.contains(/^\s*\[/) } ?? ""
    let names = elements(of: Self.list(after: list) ?? "").compactMap { $0.firstMatch(of: /"([^"]+)"/)?.1 }
    return DeclaredTarget(
      name: String(call.2), dependencies: names.map(String.init),
      isTest: ["tests", "testTarget", "testSupport"].contains(call.1))
  }

  /// The inside of the first bracketed list in the text.
  private static func list(after text: Substring) -> Substring? {
    guard let open = text.firstIndex(of: "[") else { return nil }
    var depth = 0
    for index in text[open...].indices {
      if text[index] == "[" { depth += 1 }
      if text[index] == "]" { depth -= 1 }
      if depth == 0 { return text[text.index(after: open)..<index] }
    }
    return nil
  }

  /// The text cut at those commas that stand in no bracket; parts without content are left out.
  private static func elements(of text: Substring) -> [Substring] {
    var depth = 0
    var parts: [Substring] = []
    var start = text.startIndex
    for index in text.indices {
      switch text[index] {
      case "[", "(": depth += 1
      case "]", ")": depth -= 1
      case "," where depth == 0:
        parts.append(text[start..<index])
        start = text.index(after: index)
      default: break
      }
    }
    parts.append(text[start...])
    return parts.filter { !$0.allSatisfy(\.isWhitespace) }
  }

  /// Comments run from `//` at a line's start or after a space to its end, so that addresses stay whole.
  private static func withoutComments(_ text: String) -> Substring {
    Substring(text.replacing(/(?m)(^|\s)\/\/.*$/, with: ""))
  }
}
