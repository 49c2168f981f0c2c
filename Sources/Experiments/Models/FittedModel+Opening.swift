//  FittedModel+Opening.swift — whether a file is a model, a broken one, or none at all.
//
//  A model begins as every safetensors file does: eight bytes of the header's length, of which the last three are 0, and a brace.

public import Datasets
import Foundation

extension FittedModel {
  static let advice = "give a file that `credence fit` wrote, whole and unchanged"

  /// Whether the name says that the file is a model.
  public static func isNamedAsModel(_ path: String) -> Bool { path.lowercased().hasSuffix(".credence") }

  /// Whether a file that begins with these bytes may be a model.
  public static func mayBegin(with bytes: [UInt8]) -> Bool {
    bytes.count > 8 && bytes[8] == UInt8(ascii: "{") && bytes[5...7].allSatisfy { $0 == 0 }
  }

  /// The arrays of a model file.
  ///
  /// Throws: `DatasetError` that tells a file that cannot be read, one that is no model and one that is damaged from each other.
  public static func arrays(ofModelAt path: String) throws(DatasetError) -> SafetensorsFile {
    do {
      return try SafetensorsFile(contentsOf: path)
    } catch {
      guard let handle = FileHandle(forReadingAtPath: path), let start = try? handle.read(upToCount: 9) ?? Data() else {
        throw error
      }
      let problem =
        start.isEmpty
        ? "the file is empty"
        : mayBegin(with: [UInt8](start)) ? "the model is damaged: \(error.problem)" : "this is no model of Credence"
      throw DatasetError(file: path, problem: problem, advice: advice)
    }
  }
}
