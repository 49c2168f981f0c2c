//  Imports.swift — the modules that a Swift file imports.

enum Imports {
  /// The modules imported by the given source text, in order; text within string literals of several lines is passed over.
  static func modules(in source: String) -> [String] {
    var isInString = false
    var modules: [String] = []
    for line in source.split(whereSeparator: \.isNewline) {
      if !isInString, let declaration = line.firstMatch(of: declaration) { modules.append(String(declaration.1)) }
      if line.ranges(of: "\"\"\"").count % 2 == 1 { isInString.toggle() }
    }
    return modules
  }

  /// Attributes, access level, `import`, kind of the imported declaration, module.
  private static var declaration: Regex<(Substring, Substring)> {
    /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|typealias|func|let|var)\s+)?(\w+)/
  }
}
