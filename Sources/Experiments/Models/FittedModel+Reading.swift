//  FittedModel+Reading.swift — a fitted model from a file, see `FittedModel+Writing.swift`.
//
//  A file whose checksum is right can still be the work of a stranger: kinds of numbers are checked here, and shapes and
//  every number by the posterior's own initialiser, before any is used.

import Approximations
import Arrays
public import Datasets
import Foundation
import Networks

extension FittedModel {
  /// Whether safetensors metadata say that the file is a fitted model.
  public static func isModel(_ file: SafetensorsFile) -> Bool { file.metadata["format"] == format }

  /// Reads a model.
  ///
  /// Throws: `DatasetError` when the file is not a model, is damaged, or is of a version unknown to this library.
  public init(contentsOf path: String) throws(DatasetError) {
    try self.init(try Self.arrays(ofModelAt: path), name: path)
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
        problem: "the model has the format version \(DatasetError.excerpt(of: version)), and this program reads "
          + "'\(Self.version)'",
        advice: "use the program that wrote it, or a newer one")
    }
    let kindName = file.metadata["posterior"] ?? DrawsPosterior.kind
    guard let kind = PosteriorKinds.kind(named: kindName) else {
      throw DatasetError(
        file: name,
        problem: "the model is a posterior of the kind \(DatasetError.excerpt(of: kindName)), unknown to this program",
        advice: "use the program that wrote it, or a newer one")
    }
    guard let description = file.metadata["description"], let checksum = file.metadata["checksum"] else {
      throw fault("parts of the model are missing")
    }
    var arrays: [String: StoredArray] = [:]
    for array in file.names { arrays[array] = try file.array(named: array) }
    guard checksum == ModelChecksum.text(description, arrays) else {
      throw fault("the model does not match its checksum, so it was damaged or changed")
    }
    let record = try Self.record(description, fault)
    let contents = try Self.contents(arrays, fault)
    do {
      self.init(record: record, posterior: try kind.init(model: record.model, contents: contents))
    } catch {
      // A name in it may be the work of a stranger.
      throw fault(
        String(String.UnicodeScalarView("\(error)".unicodeScalars.filter { !Self.isControl($0) }.prefix(300))))
    }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory == .control }

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

  private static func contents(
    _ arrays: [String: StoredArray], _ fault: (String) -> DatasetError
  ) throws(DatasetError) -> PosteriorContents {
    var contents = PosteriorContents(arrays: [:])
    for (name, array) in arrays {
      switch array.kind {
      case .float32: contents.arrays[name] = array.converted()
      case .float64 where array.shape.rank == 0: contents.numbers[name] = array.converted(to: Double.self).elements[0]
      default:
        throw fault(
          "the array \(DatasetError.excerpt(of: name)) holds \(array.kind) numbers of shape \(array.shape), and a model has "
            + "float32 arrays and single float64 numbers")
      }
    }
    return contents
  }
}
