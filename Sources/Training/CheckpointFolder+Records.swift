//  CheckpointFolder+Records.swift — members that are kept as one record each, for methods that do not train by minibatches.
//
//  A record lies in the file of its member as an array of bytes; the metadata name the fit and hold a checksum, as those of
//  `NetworkTrainer+Checkpoint.swift`.

import Arrays
import Datasets
package import Foundation

extension CheckpointFolder {
  /// Writes the record of a member, as a whole or not at all. `fingerprint` names the fit.
  package func write(_ record: Data, member: Int, fingerprint: String) throws(TrainingError) {
    let arrays = ["record": StoredArray(kind: .uint8, shape: [record.count], bytes: [UInt8](record))]
    do {
      try SafetensorsFile.write(
        arrays, metadata: ["fit": fingerprint, "checksum": NetworkTrainer.checksum(arrays)], to: file(of: member))
    } catch {
      throw .checkpoint(error.description)
    }
  }

  /// The record of a member; `nil` where there is none.
  package func record(of member: Int, fingerprint: String) throws(TrainingError) -> Data? {
    let path = file(of: member)
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let file: SafetensorsFile
    let array: StoredArray?
    do {
      file = try SafetensorsFile(contentsOf: path)
      array = file.names.contains("record") ? try file.array(named: "record") : nil
    } catch {
      throw .checkpoint(error.description)
    }
    guard file.metadata["fit"] == fingerprint else { throw .foreignCheckpoint(path: path) }
    guard let array, file.metadata["checksum"] == NetworkTrainer.checksum(["record": array]) else {
      throw .damagedCheckpoint(path: path)
    }
    return Data(array.bytes)
  }

  /// What to say of a record that is whole and still cannot be used.
  package func damaged(_ member: Int) -> TrainingError { .damagedCheckpoint(path: file(of: member)) }
}
