//  NetworkTrainer+Checkpoint.swift — all that a run needs to go on, in a safetensors file.
//
//  The metadata name the fit that the file belongs to and hold a checksum of the arrays: a file that was damaged is refused.

import Arrays
import Datasets
import Optimization

extension NetworkTrainer {
  private static let fingerprintKey = "fit"
  private static let checksumKey = "checksum"

  /// Writes the run to a file. `fingerprint` names the fit.
  func save(to path: String, fingerprint: String) throws(TrainingError) {
    var arrays: [String: StoredArray] = [
      "parameters": StoredArray(DenseArray(Array(parameters))), "state": StoredArray(DenseArray(Array(state))),
      "progress": StoredArray([epoch, step, optimizer.stepCount]),
    ]
    for (name, slot) in optimizer.slots { arrays["optimizer.\(name)"] = StoredArray(slot) }
    if let best {
      arrays["best.parameters"] = StoredArray(DenseArray(best.parameters))
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

    func floats(_ name: String, count: Int) throws(TrainingError) -> [Float] {
      guard let array = arrays[name], array.kind == .float32, array.count == count else {
        throw .damagedCheckpoint(path: path)
      }
      return array.converted(to: Float.self).elements
    }
    func integers(_ name: String, count: Int) throws(TrainingError) -> [Int] {
      guard let numbers = arrays[name]?.integers(), numbers.count == count, numbers.allSatisfy({ $0 >= 0 }) else {
        throw .damagedCheckpoint(path: path)
      }
      return numbers
    }
    let progress = try integers("progress", count: 3)
    (epoch, step) = (progress[0], progress[1])
    _ = parameters.update(fromContentsOf: try floats("parameters", count: parameters.count))
    _ = state.update(fromContentsOf: try floats("state", count: state.count))
    var slots: [(name: String, array: DenseArray<Float>)] = []
    for (name, array) in optimizer.slots {
      slots.append((name, DenseArray(try floats("optimizer.\(name)", count: array.count), shape: array.shape)))
    }
    optimizer = OptimizerState(configuration.optimizer, count: parameters.count, slots: slots, stepCount: progress[2])
    guard let loss = arrays["best.loss"] else { return }
    guard loss.kind == .float64, loss.count == 1 else { throw .damagedCheckpoint(path: path) }
    best = (
      loss.converted(to: Double.self).elements[0], try integers("best.epoch", count: 1)[0],
      try floats("best.parameters", count: parameters.count), try floats("best.state", count: state.count)
    )
  }

  /// A hash over the names and bytes of the arrays, eight bytes at a time: FNV-1a, with high bits folded onto low ones.
  private static func checksum(_ arrays: [String: StoredArray]) -> String {
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
