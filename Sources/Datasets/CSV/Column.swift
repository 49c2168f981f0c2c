//  Column.swift — a column of a table.

/// A named column: numbers, or categories.
public struct Column: Sendable {
  public enum Cells: Sendable {
    /// One number a row, NaN where a cell is missing. Every other number is finite, but for draws of a sampler.
    case numbers([Double])

    /// For each row the place of its category in `names`, which are distinct and sorted; −1 where a cell is missing.
    case categories(codes: [Int32], names: [String])
  }

  public let name: String
  public let cells: Cells

  /// Precondition: numbers are finite or NaN; codes are places in the names or −1.
  public init(name: String, cells: Cells) {
    switch cells {
    case .numbers(let numbers):
      precondition(numbers.allSatisfy { $0.isFinite || $0.isNaN }, "a column of numbers holds finite ones or NaN")
    case .categories(let codes, let names):
      precondition(
        codes.allSatisfy { $0 >= -1 && Int($0) < names.count }, "a code is a place among \(names.count) names")
    }
    self.name = name
    self.cells = cells
  }

  /// A column of draws, of which any may be an infinity.
  init(name: String, draws: [Double]) {
    self.name = name
    cells = .numbers(draws)
  }

  /// A column of categories from the texts of its cells, `nil` where one is missing.
  public init(name: String, texts: [String?]) {
    let names = Set(texts.compactMap { $0 }).sorted()
    let codes = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int32($0)) })
    self.name = name
    cells = .categories(codes: texts.map { $0.flatMap { codes[$0] } ?? -1 }, names: names)
  }

  public var count: Int {
    switch cells {
    case .numbers(let numbers): numbers.count
    case .categories(let codes, _): codes.count
    }
  }

  /// The numbers; `nil` for a column of categories.
  public var numbers: [Double]? {
    if case .numbers(let numbers) = cells { numbers } else { nil }
  }

  public var isCategorical: Bool { numbers == nil }

  public func isMissing(row: Int) -> Bool {
    switch cells {
    case .numbers(let numbers): numbers[row].isNaN
    case .categories(let codes, _): codes[row] < 0
    }
  }

  /// The first row of a column of categories whose cell is a text and no number; `nil` if there is none.
  var firstRowOfText: Int? {
    guard case .categories(let codes, let names) = cells else { return nil }
    let isText = names.map { Double($0) == nil }
    return codes.firstIndex { $0 >= 0 && isText[Int($0)] }
  }

  /// The cell as a label: the category, or the number as `label(of:)` writes it. `nil`: it is missing.
  public func label(row: Int) -> String? {
    switch cells {
    case .numbers(let numbers): numbers[row].isNaN ? nil : Self.label(of: numbers[row])
    case .categories(let codes, let names): codes[row] < 0 ? nil : names[Int(codes[row])]
    }
  }

  /// A number as a class label: an integer without a point, anything else in its shortest exact form.
  public static func label(of number: Double) -> String {
    Int(exactly: number).map(String.init) ?? String(number)
  }

  /// The column of the rows at `indices`, in that order.
  public func rows(at indices: [Int]) -> Column {
    switch cells {
    case .numbers(let numbers): Column(name: name, cells: .numbers(indices.map { numbers[$0] }))
    case .categories(let codes, let names):
      Column(name: name, cells: .categories(codes: indices.map { codes[$0] }, names: names))
    }
  }
}
