//  FittedModel+File.swift — a fitted model as one file in the safetensors format, NAME.credence.
//
//  Arrays     draws [S, P], states [S, Q], 32-bit floats
//  Metadata   format       "credence"
//             version      of this layout: "1"
//             description  `FitRecord` as JSON
//             layout       name, shape and offset in a row of `draws` of every parameter, as JSON, for other readers
//             checksum     FNV-1a, 64 bits, of the description and the bytes of draws and states, in this order       (1)
//
//  A file of version 1 whose checksum is right can still be the work of a stranger: shapes, kinds of numbers and every
//  number are checked before any is used.
//
//  Source of (1): Fowler, Noll, Vo; the IETF's draft on FNV.

import Approximations
import Arrays
public import Datasets
import Foundation
import Networks
import Probability

extension FittedModel {
  private static let format = "credence"
  private static let version = "1"
  private static let advice = "give a file that `credence fit` wrote, whole and unchanged"

  /// Writes the model, as a whole or not at all.
  ///
  /// Throws: `DatasetError` when the file cannot be written, or the network has layers of its user.
  public func write(to path: String) throws(DatasetError) {
    guard let description = Self.json(record), let layout = Self.json(slices) else {
      throw DatasetError(
        file: path, problem: "the model has a layer that is not of this library, so it cannot be saved",
        advice: "keep its draws and rebuild the network in your program")
    }
    let (draws, states) = (StoredArray(posterior.draws), StoredArray(posterior.states))
    try SafetensorsFile.write(
      ["draws": draws, "states": states],
      metadata: [
        "format": Self.format, "version": Self.version, "description": description, "layout": layout,
        "checksum": Self.checksum(description, draws, states),
      ], to: path)
  }

  /// Whether safetensors metadata say that the file is a fitted model.
  public static func isModel(_ file: SafetensorsFile) -> Bool { file.metadata["format"] == format }

  /// Reads a model.
  ///
  /// Throws: `DatasetError` when the file is not a model, is damaged, or is of a version unknown to this library.
  public init(contentsOf path: String) throws(DatasetError) {
    try self.init(try SafetensorsFile(contentsOf: path), name: path)
  }

  /// Reads a model from a file that is open already; `name` stands for it in errors.
  ///
  /// Throws: as `init(contentsOf:)`.
  public init(_ file: SafetensorsFile, name: String) throws(DatasetError) {
    func fault(_ problem: String) -> DatasetError {
      DatasetError(file: name, problem: problem, advice: Self.advice)
    }
    guard Self.isModel(file) else { throw fault("this is a safetensors file and no fitted model") }
    let version = file.metadata["version"] ?? "none"
    guard version == Self.version else {
      throw DatasetError(
        file: name,
        problem: "the model has the format version \(version.prefix(20)), and this program reads \(Self.version)",
        advice: "use the program that wrote it, or a newer one")
    }
    guard let description = file.metadata["description"], let checksum = file.metadata["checksum"],
      file.names == ["draws", "states"]
    else { throw fault("parts of the model are missing") }
    let (draws, states) = (try file.array(named: "draws"), try file.array(named: "states"))
    guard checksum == Self.checksum(description, draws, states) else {
      throw fault("the model does not match its checksum, so it was damaged or changed")
    }
    let record = try Self.record(description, fault)
    try Self.check(draws, "draws", columns: record.model.parameterCount, fault)
    try Self.check(states, "states", columns: record.model.network.stateLayout.count, fault)
    guard draws.shape[0] == states.shape[0] else { throw fault("its arrays have different numbers of rows") }
    self.init(
      record: record,
      posterior: DrawsPosterior(model: record.model, draws: draws.converted(), states: states.converted()))
  }

  private static func record(
    _ description: String, _ fault: (String) -> DatasetError
  ) throws(DatasetError) -> FitRecord {
    let record: FitRecord
    do {
      record = try JSONDecoder().decode(FitRecord.self, from: Data(description.utf8))
    } catch {
      throw fault("the description of the model is not usable")
    }
    if let problem = record.problem { throw fault(problem) }
    return record
  }

  private static func check(
    _ array: StoredArray, _ name: String, columns: Int, _ fault: (String) -> DatasetError
  ) throws(DatasetError) {
    guard array.kind == .float32, array.shape.rank == 2, array.shape[0] >= 1, array.shape[1] == columns else {
      throw fault(
        "the array '\(name)' holds \(array.kind) numbers of shape \(array.shape), and the model needs float32 numbers of "
          + "shape [draws, \(columns)]")
    }
    guard array.numbers(0..<array.count, as: Float.self).allSatisfy(\.isFinite) else {
      throw fault("the array '\(name)' holds a number that is not finite")
    }
  }

  /// Equation (1), in hexadecimal.
  package static func checksum(_ description: String, _ draws: StoredArray, _ states: StoredArray) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in description.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    for array in [draws, states] {
      array.bytes.withUnsafeBufferPointer { bytes in
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
      }
    }
    let digits = String(hash, radix: 16)
    return "fnv1a64:" + String(repeating: "0", count: 16 - digits.count) + digits
  }

  private struct SlicePlace: Encodable {
    let name: String
    let shape: [Int]
    let offset: Int
  }

  private var slices: [SlicePlace] {
    record.model.layout.slices.map { SlicePlace(name: $0.name, shape: $0.shape.extents, offset: $0.offset) }
  }

  /// The same text for the same value.
  private static func json(_ value: some Encodable) -> String? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) }
  }
}
