//  ModelData.swift — the numbers of a model by name, as Stan and posteriordb keep them: one JSON object, by itself or in a zip file.
//
//  A number has shape [], a list [n], a list of lists of one length [m, n], and so on; true and false are 1 and 0.

public import Arrays

/// Named arrays of numbers from a JSON file.
public struct ModelData: Sendable, Equatable {
  /// The names, sorted.
  public let names: [String]

  private let file: String
  private let arrays: [String: DenseArray<Double>]

  /// Opens a JSON file, or a zip file that holds one and nothing else.
  ///
  /// Throws: `DatasetError` if it cannot be read, is not a JSON object, or has a member that is not made of numbers.
  public init(contentsOf path: String) throws(DatasetError) {
    try self.init(try bytesOfFile(at: path), name: path)
  }

  /// Opens a file that is in memory; `name` stands for it in errors.
  ///
  /// Throws: `DatasetError` if it is not a JSON object, or has a member that is not made of numbers.
  public init(_ bytes: [UInt8], name: String = "data.json") throws(DatasetError) {
    guard case .object(let members) = try Self.parsed(bytes, name: name, advice: Self.advice) else {
      throw DatasetError(file: name, problem: "the file is not a JSON object", advice: Self.advice)
    }
    try self.init(members, name: name)
  }

  /// What a file holds of each of several chains: a list of one object a chain, as posteriordb keeps draws, by itself or in a zip file.
  ///
  /// Throws: `DatasetError` if the file cannot be read, is not such a list, or has a member that is not made of numbers.
  public static func chains(contentsOf path: String) throws(DatasetError) -> [ModelData] {
    let advice = "draws are one list of an object a chain, [{\"mu\": [0.5, 0.7]}, {\"mu\": [0.6, 0.4]}]"
    guard case .array(let parts) = try parsed(try bytesOfFile(at: path), name: path, advice: advice) else {
      throw DatasetError(file: path, problem: "the file is not a JSON list", advice: advice)
    }
    var chains: [ModelData] = []
    for (index, part) in parts.enumerated() {
      guard case .object(let members) = part else {
        throw DatasetError(file: path, problem: "part \(index + 1) of the list is not a JSON object", advice: advice)
      }
      chains.append(try ModelData(members, name: path))
    }
    return chains
  }

  private static func parsed(
    _ bytes: [UInt8], name: String, advice: String
  ) throws(DatasetError) -> StrictJSON {
    let text = bytes.starts(with: [0x50, 0x4B]) ? try onlyEntry(of: bytes, file: name) : bytes
    do { return try StrictJSON.parsed(text[...]) } catch {
      throw DatasetError(file: name, problem: "the file \(error.clause)", advice: advice)
    }
  }

  private init(_ members: [String: StrictJSON], name: String) throws(DatasetError) {
    var arrays: [String: DenseArray<Double>] = [:]
    for (key, member) in members.sorted(by: { $0.key < $1.key }) {
      var elements: [Double] = []
      guard let extents = Self.append(member, to: &elements) else {
        throw DatasetError(
          file: name, column: key, problem: "this is neither a number nor lists of numbers of one length",
          advice: "write numbers, lists [1, 2], or lists of lists [[1, 2], [3, 4]]")
      }
      arrays[key] = DenseArray(elements, shape: Shape(extents))
    }
    self.arrays = arrays
    names = arrays.keys.sorted()
    file = name
  }

  /// The array of that name.
  ///
  /// Throws: `DatasetError` if there is none.
  public func array(named name: String) throws(DatasetError) -> DenseArray<Double> {
    guard let array = arrays[name] else {
      throw DatasetError(
        file: file,
        problem: "there is nothing named \(DatasetError.excerpt(of: name))" + NearestName.question(name, among: names),
        advice: names.isEmpty ? "the file has no names" : "the names are \(DatasetError.list(names))")
    }
    return array
  }

  /// Whole numbers that count from 1, as those of Stan do, as places that count from 0: groups, categories, states.
  ///
  /// Throws: `DatasetError` if there are none of that name, or one is not a whole number from 1 on.
  public func places(named name: String) throws(DatasetError) -> [Int] {
    var places: [Int] = []
    for number in try array(named: name).elements {
      guard let whole = Int(exactly: number), whole >= 1 else {
        throw DatasetError(
          file: file, column: name, problem: "\(number) is not a whole number from 1 on",
          advice: "take it as an array of numbers")
      }
      places.append(whole - 1)
    }
    return places
  }

  private static let advice = "a file of data is one object of names and numbers, {\"y\": [1.5, 2]}"

  /// The extents of a value whose numbers are appended; `nil` if it is not made of numbers, or is ragged.
  private static func append(_ value: StrictJSON, to elements: inout [Double]) -> [Int]? {
    switch value {
    case .integer(let number): elements.append(Double(number))
    case .number(let number): elements.append(number)
    case .bool(let isTrue): elements.append(isTrue ? 1 : 0)
    case .array(let parts):
      var inner: [Int]?
      for part in parts {
        guard let extents = append(part, to: &elements), inner == nil || inner == extents else { return nil }
        inner = extents
      }
      return [parts.count] + (inner ?? [])
    case .object, .string, .null: return nil
    }
    return []
  }

  private static func onlyEntry(of bytes: [UInt8], file: String) throws(DatasetError) -> [UInt8] {
    let entries = try ZipDirectory(bytes, file: file).entries
    guard entries.count == 1 else {
      throw DatasetError(
        file: file, problem: "the zip file has \(entries.count) entries", advice: "unpack it and name one of its files")
    }
    return try entries[0].content(in: bytes, file: file)
  }
}
