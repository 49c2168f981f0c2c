//  NetworkTrainer+Checkpoint.swift — all that a run needs to go on, in a safetensors file.
//
//  The metadata name the fit that the file belongs to and hold a checksum of the arrays: a file that was damaged is refused.

import Arrays
import Datasets

extension NetworkTrainer {
  private static let fingerprintKey = "fit"
  private static let checksumKey = "checksum"

  /// Writes the run to a file. `fingerprint` names the fit.
  func save(to path: String, fingerprint: String) throws(TrainingError) {
    var arrays: [String: StoredArray] = [
      "vector": StoredArray(DenseArray(Array(vector))), "state": StoredArray(DenseArray(Array(state))),
      "progress": StoredArray([epoch, step]), "loss": StoredArray(DenseArray([lossSum])),
    ]
    func add(_ part: [String: StoredArray], named prefix: String) {
      for (name, array) in part { arrays["\(prefix).\(name)"] = array }
    }
    add(rule.saved, named: "rule")
    if let collector { add(collector.saved, named: "collector") }
    if let anchored { add(anchored.saved, named: "anchored") }
    if let best {
      arrays["best.vector"] = StoredArray(DenseArray(best.vector))
      arrays["best.state"] = StoredArray(DenseArray(best.state))
      arrays["best.epoch"] = StoredArray([best.epoch])
      arrays["best.loss"] = StoredArray(DenseArray([best.loss]))
    }
    do {
      let metadata = [Self.fingerprintKey: fingerprint, Self.checksumKey: Self.checksum(arrays)]
      try SafetensorsFile.write(arrays, metadata: metadata, to: path)
    } catch {
      throw .checkpoint(error.description)
    }
  }

  /// Takes up a saved run.
  func restore(from path: String, fingerprint: String) throws(TrainingError) {
    let file: SafetensorsFile
    var arrays: [String: StoredArray] = [:]
    do {
      file = try SafetensorsFile(contentsOf: path)
      for name in file.names { arrays[name] = try file.array(named: name) }
    } catch {
      throw .checkpoint(error.description)
    }
    guard file.metadata[Self.fingerprintKey] == fingerprint else { throw .foreignCheckpoint(path: path) }
    guard file.metadata[Self.checksumKey] == Self.checksum(arrays) else { throw .damagedCheckpoint(path: path) }

    let saved = SavedArrays(arrays, path: path)
    let progress = try saved.integers("progress", count: 2)
    (epoch, step) = (progress[0], progress[1])
    lossSum = try saved.doubles("loss", count: 1)[0]
    guard epoch <= configuration.epochs, holds(step: step) else { throw .damagedCheckpoint(path: path) }
    _ = vector.update(fromContentsOf: try saved.floats("vector", count: vector.count))
    _ = state.update(fromContentsOf: try saved.floats("state", count: state.count))
    try rule.restore(saved.part("rule"))
    try collector?.restore(saved.part("collector"))
    try anchored?.restore(saved.part("anchored"))
    guard saved.contains("best.loss") else { return }
    best = (
      try saved.doubles("best.loss", count: 1)[0], try saved.integers("best.epoch", count: 1)[0],
      try saved.floats("best.vector", count: vector.count), try saved.floats("best.state", count: state.count)
    )
  }

  /// A hash over the names and bytes of the arrays, eight bytes at a time: FNV-1a, with high bits folded onto low ones.
  static func checksum(_ arrays: [String: StoredArray]) -> String {
    var sum: UInt64 = 0xcbf2_9ce4_8422_2325
    func mix(_ word: UInt64) {
      sum = (sum ^ word) &* 0x100_0000_01b3
      sum ^= sum >> 32
    }
    for (name, array) in arrays.sorted(by: { $0.key < $1.key }) {
      for byte in name.utf8 { mix(UInt64(byte)) }
      array.bytes.withUnsafeBytes { bytes in
        let end = bytes.count / 8 * 8
        for start in stride(from: 0, to: end, by: 8) {
          mix(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)))
        }
        for byte in bytes[end...] { mix(UInt64(byte)) }
      }
    }
    return String(sum, radix: 16)
  }
}
