//  Table.swift — named columns of equal length.

public import Foundation

/// A table: named columns, each of numbers or of categories, and where each row came from.
public struct Table: Sendable {
  /// The file that the table came from, for error texts.
  public let name: String

  public let columns: [Column]

  /// The line of the file, counted from 1, on which each row begins.
  public let lines: [Int]

  /// For each row its number among the rows of the file, counted from 0. They have gaps where rows were dropped.
  public let sourceRows: [Int]

  private let places: [String: Int]

  /// A table of no columns has as many rows as lines.
  ///
  /// Precondition: columns of one length with distinct names; as many lines and source rows as rows.
  public init(name: String, columns: [Column], lines: [Int]? = nil, sourceRows: [Int]? = nil) {
    let count = columns.first?.count ?? lines?.count ?? 0
    precondition(columns.allSatisfy { $0.count == count }, "the columns of a table have one length")
    self.name = name
    self.columns = columns
    self.lines = lines ?? Array(2..<(count + 2))
    self.sourceRows = sourceRows ?? Array(0..<count)
    precondition(self.lines.count == count && self.sourceRows.count == count, "a line and a source row for each row")
    places = Dictionary(
      columns.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { _, _ in preconditionFailure("distinct names") })
  }

  public var rowCount: Int { lines.count }

  public var columnNames: [String] { columns.map(\.name) }

  /// The column of that name; `nil` if there is none.
  public subscript(name: String) -> Column? { places[name].map { columns[$0] } }

  /// The column of that name.
  ///
  /// Throws: `DatasetError` that lists the columns that there are.
  public func column(named name: String) throws(DatasetError) -> Column {
    if let column = self[name] { return column }
    throw DatasetError(
      file: self.name,
      problem: "there is no column \(DatasetError.excerpt(of: name))" + NearestName.question(name, among: columnNames),
      advice: columns.isEmpty ? nil : "the columns are \(DatasetError.list(columnNames))")
  }

  /// The rows at `indices`, in that order. Categories keep their places.
  public func rows(at indices: [Int]) -> Table {
    Table(
      name: name, columns: columns.map { $0.rows(at: indices) }, lines: indices.map { lines[$0] },
      sourceRows: indices.map { sourceRows[$0] })
  }

  /// The table with those of its columns that are named.
  public func keeping(_ names: some Sequence<String>) -> Table {
    let kept = Set(names)
    return Table(name: name, columns: columns.filter { kept.contains($0.name) }, lines: lines, sourceRows: sourceRows)
  }

  /// The table without the rows that have no value in one of the columns named (those that there are).
  public func droppingMissing(in names: [String]) -> Table {
    let checked = names.compactMap { self[$0] }
    return rows(at: (0..<rowCount).filter { row in !checked.contains { $0.isMissing(row: row) } })
  }
}

extension Table {
  /// Reads a CSV file (RFC 4180; UTF-8; plain or compressed with gzip) whose first line names the columns.
  ///
  /// A column is one of categories if any of its cells is not a number. The file is read in pieces, a second time if a
  /// column turns out to hold categories after numbers.
  ///
  /// - Parameters:
  ///   - separator: The character between cells; `nil` finds it among comma, semicolon, tab and bar.
  ///   - missing: What becomes of missing cells.
  ///   - categorical: Columns that hold categories even if all their cells are numbers.
  ///
  /// Throws: `DatasetError` with line and column.
  public init(
    contentsOf path: String, separator: Character? = nil, missing: MissingCells = .error,
    categorical: Set<String> = []
  ) throws(DatasetError) {
    self = try Self.read(try openSource(path: path), separator, missing, categorical)
  }

  /// Reads a CSV file, as `init(contentsOf:separator:missing:categorical:)` with a path does.
  ///
  /// Throws: `DatasetError` with line and column.
  public init(
    contentsOf url: URL, separator: Character? = nil, missing: MissingCells = .error, categorical: Set<String> = []
  ) throws(DatasetError) {
    try self.init(contentsOf: url.path, separator: separator, missing: missing, categorical: categorical)
  }

  /// Reads a CSV text that is in memory; `name` stands for the file in errors.
  ///
  /// Throws: `DatasetError` with line and column.
  public init(
    csv bytes: [UInt8], name: String = "table", separator: Character? = nil, missing: MissingCells = .error,
    categorical: Set<String> = []
  ) throws(DatasetError) {
    let source = try inflatedIfCompressed(MemorySource(bytes, name: name))
    self = try Self.read(source, separator, missing, categorical)
  }

  /// Reads draws in CSV. A gap is NaN, and infinities are numbers as they are: a sampler says so where it failed, and what is
  /// undefined then is for those to say who look at the draws.
  ///
  /// Throws: `DatasetError` with line and column.
  package init(drawsOf path: String) throws(DatasetError) {
    self = try Self.read(try openSource(path: path), nil, .mean, [], keepsInfinities: true)
  }

  /// Reads draws in a CSV text, as `init(drawsOf:)` does.
  ///
  /// Throws: `DatasetError` with line and column.
  package init(drawsIn bytes: [UInt8], name: String) throws(DatasetError) {
    self = try Self.read(MemorySource(bytes, name: name), nil, .mean, [], keepsInfinities: true)
  }

  private static func read(
    _ source: any ByteSource, _ separator: Character?, _ missing: MissingCells, _ categorical: Set<String>,
    keepsInfinities: Bool = false
  ) throws(DatasetError) -> Table {
    let byte: UInt8
    if let separator {
      byte = try Separator.byte(separator, file: source.name)
    } else {
      byte = Separator.detected(in: try source.readBytes(atMost: 1 << 18)[...])
      try source.rewind()
    }
    return try TableReader.table(
      from: source, separator: byte, missing: missing, categorical: categorical, keepsInfinities: keepsInfinities)
  }
}
