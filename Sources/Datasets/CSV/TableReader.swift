//  TableReader.swift — rows of a CSV stream into columns.
//
//  Cells go, row by row, into a block that stays in cache; a full block is then moved to the columns. A cell of a column of
//  categories is stored as the place of its text among the texts seen so far, a missing cell as NaN, so that one kind of
//  storage serves while the kind of a column is still open.
//
//  A column starts as one of numbers. A text makes it one of categories: at once if it held no number yet, otherwise in a
//  second pass, which knows from the start what the first has learnt.

struct TableReader: ~Copyable {
  private var scanner: FieldScanner
  private let names: [String]
  private let missing: MissingCells
  private let keepsInfinities: Bool

  private var isCategorical: [Bool]
  private var turnsCategorical: [Int: Int] = [:]
  private var notFinite: [Int: DatasetError] = [:]
  private var texts: [[String: Int32]]

  private var block: [Double]
  private let blockRows: Int
  private var filledRows = 0
  private var columns: [[Double]]
  private var lines: [Int] = []
  private var sourceRows: [Int] = []
  private var rowsSeen = 0

  /// The table in `source`.
  ///
  /// Throws: `DatasetError` with line and column.
  static func table(
    from source: any ByteSource, separator: UInt8, missing: MissingCells, categorical: Set<String>,
    keepsInfinities: Bool = false
  ) throws(DatasetError) -> Table {
    var reader = try TableReader(source, separator, missing, categorical, keepsInfinities)
    try reader.readRows()
    if !reader.turnsCategorical.isEmpty {
      let learnt = Set(reader.turnsCategorical.keys.map { reader.names[$0] })
      try source.rewind()
      let known = Set(reader.names.indices.filter { reader.isCategorical[$0] }.map { reader.names[$0] })
      reader = try TableReader(source, separator, missing, known.union(learnt), keepsInfinities)
      try reader.readRows()
      guard reader.turnsCategorical.isEmpty else {
        throw DatasetError(file: source.name, problem: "the file changed while it was read", advice: "try again")
      }
    }
    return try reader.finish()
  }

  private init(
    _ source: any ByteSource, _ separator: UInt8, _ missing: MissingCells, _ categorical: Set<String>,
    _ keepsInfinities: Bool
  ) throws(DatasetError) {
    var scanner = try FieldScanner(source, separator: separator)
    names = try TableHeader(from: &scanner).names
    self.scanner = scanner
    self.missing = missing
    self.keepsInfinities = keepsInfinities
    isCategorical = names.map { categorical.contains($0) }
    texts = Array(repeating: [:], count: names.count)
    columns = Array(repeating: [], count: names.count)
    blockRows = max(1, 32_768 / names.count)
    block = Array(repeating: .nan, count: blockRows * names.count)
  }

  private mutating func readRows() throws(DatasetError) {
    while try !scanner.isFinished() {
      let line = scanner.line
      guard let isWhole = try readRow(line) else { continue }
      if isWhole || missing != .drop {
        lines.append(line)
        sourceRows.append(rowsSeen)
        filledRows += 1
        if filledRows == blockRows { moveBlock() }
      }
      rowsSeen += 1
    }
    moveBlock()
  }

  /// Reads one row into the block. Returns whether every cell has a value; `nil` for a blank line.
  private mutating func readRow(_ line: Int) throws(DatasetError) -> Bool? {
    let width = names.count
    let base = filledRows * width
    let separator = scanner.separator
    var isWhole = true
    var column = 0
    while true {
      if column == width { throw try ragged(line, atLeast: width) }
      if !isCategorical[column] {
        var value = 0.0
        let length = DecimalParser.parse(scanner.bytes + scanner.position, into: &value)
        let stop = scanner.position + length
        let byte = scanner.bytes[stop]
        if length > 0 && value.isFinite {
          if byte == separator {
            block[base + column] = value
            column += 1
            scanner.position = stop + 1
            continue
          }
          let isLineFeed = byte == UInt8(ascii: "\n")
          if isLineFeed || byte == UInt8(ascii: "\r") && scanner.bytes[stop + 1] == UInt8(ascii: "\n") {
            block[base + column] = value
            column += 1
            scanner.position = stop + (isLineFeed ? 1 : 2)
            scanner.line += 1
            break
          }
        }
      }
      let field = try scanner.next()
      if column == 0 && field.count == 0 && !field.isQuoted && field.ending != .separator { return nil }
      let value = try cell(field, column, line)
      if value.isNaN && !isPending(column) { isWhole = false }
      block[base + column] = value
      column += 1
      if field.ending != .separator { break }
    }
    guard column == width else { throw ragged(line, count: column) }
    return isWhole
  }

  /// The value of a cell that is not plainly a number: a number, the place of a text, or NaN.
  private mutating func cell(_ field: FieldScanner.Field, _ column: Int, _ line: Int) throws(DatasetError) -> Double {
    let text = scanner.text(field)
    if CellMarker.isMissing(text) {
      guard missing != .error else {
        let word = String(decoding: text, as: UTF8.self)
        throw DatasetError(
          file: scanner.source.name, line: line, column: names[column],
          problem: word.isEmpty ? "the cell is empty" : "the cell holds '\(word)', so its value is missing",
          advice: "fill it, or choose --missing mean to fill such cells or --missing drop to leave their rows out")
      }
      return .nan
    }
    if !isCategorical[column] {
      if let number = Self.number(text), number.isFinite { return number }
      if keepsInfinities, let number = CellMarker.infinity(text) ?? Self.number(text) { return number }
      if CellMarker.isNotFinite(text) || Self.number(text) != nil {
        if notFinite[column] == nil {
          let excerpt = DatasetError.excerpt(of: String(decoding: text, as: UTF8.self))
          notFinite[column] = DatasetError(
            file: scanner.source.name, line: line, column: names[column],
            problem: "\(excerpt) is not a finite number", advice: "correct the cell or remove the row")
        }
        return .nan
      }
    }
    let string = try scanner.string(field, line: line, column: names[column])
    if !isCategorical[column] {
      if hasNumbers(column) {
        if turnsCategorical[column] == nil { turnsCategorical[column] = line }
        return .nan
      }
      isCategorical[column] = true
    }
    if let place = texts[column][string] { return Double(place) }
    let place = Int32(texts[column].count)
    texts[column][string] = place
    return Double(place)
  }

  /// The number that a whole cell is.
  private static func number(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    guard let start = text.baseAddress else { return nil }
    var value = 0.0
    return DecimalParser.parse(start, into: &value) == text.count ? value : nil
  }

  /// Whether a NaN in the column may stand for a cell that has a value, which a second pass or an error settles.
  private func isPending(_ column: Int) -> Bool {
    !isCategorical[column] && (turnsCategorical[column] != nil || notFinite[column] != nil)
  }

  private func hasNumbers(_ column: Int) -> Bool {
    if notFinite[column] != nil || turnsCategorical[column] != nil || columns[column].contains(where: { !$0.isNaN }) {
      return true
    }
    return (0..<filledRows).contains { !block[$0 * names.count + column].isNaN }
  }

  /// Moves the rows of the block to the columns.
  private mutating func moveBlock() {
    let width = names.count
    for column in 0..<width {
      var index = column
      for _ in 0..<filledRows {
        columns[column].append(block[index])
        index += width
      }
    }
    filledRows = 0
  }

  private consuming func finish() throws(DatasetError) -> Table {
    let unsettled = notFinite.filter { !isCategorical[$0.key] }.values.min { ($0.line ?? 0) < ($1.line ?? 0) }
    if let unsettled { throw unsettled }
    guard !lines.isEmpty else {
      throw DatasetError(
        file: scanner.source.name,
        problem: rowsSeen == 0 ? "there is a header line and no row" : "every row has a missing cell",
        advice: rowsSeen == 0 ? "give a file with rows" : "choose --missing mean, which fills them")
    }
    var finished: [Column] = []
    for column in names.indices {
      let cells = columns[column]
      columns[column] = []
      finished.append(
        isCategorical[column]
          ? Self.categories(names[column], cells, texts[column])
          : keepsInfinities
            ? Column(name: names[column], draws: cells) : Column(name: names[column], cells: .numbers(cells)))
    }
    return Table(name: scanner.source.name, columns: finished, lines: lines, sourceRows: sourceRows)
  }

  /// A column of categories from places in order of appearance: only the texts that occur, sorted.
  private static func categories(_ name: String, _ cells: [Double], _ texts: [String: Int32]) -> Column {
    var occurs = [Bool](repeating: false, count: texts.count)
    for cell in cells where !cell.isNaN { occurs[Int(cell)] = true }
    let sorted = texts.filter { occurs[Int($0.value)] }.sorted { $0.key < $1.key }
    var codes = [Int32](repeating: -1, count: texts.count)
    for (code, text) in sorted.enumerated() { codes[Int(text.value)] = Int32(code) }
    return Column(
      name: name,
      cells: .categories(codes: cells.map { $0.isNaN ? -1 : codes[Int($0)] }, names: sorted.map(\.key)))
  }

  /// The error for a row that is longer than the header: its cells are counted to its end.
  private mutating func ragged(_ line: Int, atLeast count: Int) throws(DatasetError) -> DatasetError {
    var count = count + 1
    while try scanner.next().ending == .separator { count += 1 }
    return ragged(line, count: count)
  }

  private func ragged(_ line: Int, count: Int) -> DatasetError {
    DatasetError(
      file: scanner.source.name, line: line,
      problem: "the row has \(count) \(count == 1 ? "cell" : "cells") and the header \(names.count)",
      advice: "give every row as many cells as the header")
  }
}
