//  FeatureEncoding.swift — one column of a table as one or several inputs of a model.

/// How one column of features becomes numbers. Fitted on training rows; it keeps what its inverse needs.
public struct FeatureEncoding: Codable, Hashable, Sendable {
  public enum Kind: Codable, Hashable, Sendable {
    /// One input: the standardised number.
    case number(Standardisation)

    /// One input for each category, in sorted order: 1 for the category of the row, 0 for the others. `mostFrequent` is
    /// the place of the category that fills missing cells.
    case category(names: [String], mostFrequent: Int)

    /// No input: every training row has the same value, so nothing can be learnt of it.
    case constant(String)
  }

  /// A column of texts with more distinct ones than this is no feature: a name, an identifier, or numbers with a slip.
  public static let mostCategories = 1000

  /// The name of the column.
  public let name: String
  public let kind: Kind

  /// Precondition: categories are distinct, and `mostFrequent` is one of them.
  public init(name: String, kind: Kind) {
    precondition(Self.isValid(kind), "the categories of column '\(name)' are distinct, and one is the most frequent")
    self.name = name
    self.kind = kind
  }

  /// Fitted on the column of the training rows.
  ///
  /// Throws: `DatasetError` for a column without values, of huge numbers, of too many categories, or of texts that hardly
  /// recur, see `Recurrence`.
  init(fitting column: Column, of table: Table) throws(DatasetError) {
    name = column.name
    func fault(_ problem: String, _ advice: String) -> DatasetError {
      DatasetError(file: table.name, column: column.name, problem: problem, advice: advice)
    }
    switch column.cells {
    case .numbers(let numbers):
      guard let first = numbers.first(where: { !$0.isNaN }) else {
        throw fault("every training row misses its value", "remove the column")
      }
      if numbers.allSatisfy({ $0.isNaN || $0 == first }) {
        kind = .constant(Column.label(of: first))
        return
      }
      guard let standardisation = Standardisation(fitting: numbers) else {
        throw fault("the numbers are too large to standardise", "give them in a larger unit")
      }
      kind = .number(standardisation)
    case .categories(let codes, let names):
      var counts = [Int](repeating: 0, count: names.count)
      for code in codes where code >= 0 { counts[Int(code)] += 1 }
      let present = names.indices.filter { counts[$0] > 0 }
      guard let most = present.map({ counts[$0] }).max() else {
        throw fault("every training row misses its value", "remove the column")
      }
      guard present.count <= Self.mostCategories else {
        let row = column.firstRowOfText ?? 0
        throw fault(
          "there are \(present.count) different texts, the first on line \(table.lines[row]): "
            + DatasetError.excerpt(of: column.label(row: row) ?? ""),
          "remove the column, or correct the cells that should be numbers")
      }
      if present.count == 1 {
        kind = .constant(names[present[0]])
        return
      }
      try Recurrence(of: column, in: table).checkCategories()
      let mostFrequent = present.firstIndex { counts[$0] == most } ?? 0
      kind = .category(names: present.map { names[$0] }, mostFrequent: mostFrequent)
    }
  }

  /// The number of inputs.
  public var width: Int {
    switch kind {
    case .number: 1
    case .category(let names, _): names.count
    case .constant: 0
    }
  }

  /// A name for each input: that of the column, with `=category` behind it for a category.
  public var inputNames: [String] {
    switch kind {
    case .number: [name]
    case .category(let names, _): names.map { "\(name)=\($0)" }
    case .constant: []
    }
  }

  /// The inverse for one row of inputs. A category is the one with the largest input. Precondition: `width` inputs.
  public func decoded(_ inputs: some Collection<Double>) -> String {
    precondition(inputs.count == width, "\(inputs.count) inputs for column '\(name)' of \(width)")
    switch kind {
    case .number(let standardisation):
      return Column.label(of: standardisation.decoded(inputs.first ?? .nan))
    case .category(let names, _):
      return names[inputs.enumerated().max { $0.element < $1.element }?.offset ?? 0]
    case .constant(let value): return value
    }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String.self, forKey: .name)
    kind = try container.decode(Kind.self, forKey: .kind)
    guard Self.isValid(kind) else {
      throw DecodingError.dataCorruptedError(
        forKey: .kind, in: container, debugDescription: "categories are distinct, and one is the most frequent")
    }
  }

  private static func isValid(_ kind: Kind) -> Bool {
    guard case .category(let names, let mostFrequent) = kind else { return true }
    return names.indices.contains(mostFrequent) && Set(names).count == names.count
  }
}
