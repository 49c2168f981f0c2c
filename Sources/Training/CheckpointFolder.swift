//  CheckpointFolder.swift — unfinished work on disk: a file for each member, each replaced as a whole or not at all.
//
//  Members run on their own threads and are saved on their own, at ends of epochs. A run that is killed goes on from the
//  last file of each member and arrives at the same bits, since all randomness is a function of seed, stream and step.

import Arrays
import Datasets
import Foundation
import Optimization

/// A folder that holds the unfinished members of one fit.
public struct CheckpointFolder: Sendable {
  public let path: String
  /// Whether a run goes on from what the folder holds; otherwise it begins anew.
  public let resumes: Bool
  /// The least time between two files of one member. Unit: seconds.
  public let interval: Double

  public init(path: String, resumes: Bool = false, interval: Double = 10) {
    self.path = path
    self.resumes = resumes
    self.interval = interval
  }

  func file(of member: Int) -> String { path + "/member-\(member).safetensors" }

  /// Makes the folder; empties it unless the run resumes.
  func prepare() throws(TrainingError) {
    do {
      if !resumes && FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .checkpoint("\(path): the checkpoint folder cannot be made: \(error.localizedDescription)")
    }
  }

  /// Removes the folder when the fit is done.
  public func remove() {
    try? FileManager.default.removeItem(atPath: path)
  }
}

extension NetworkTrainer {
  private static let fingerprintKey = "fit"

  /// Writes all that the run needs to go on. `fingerprint` names the fit.
  func save(to file: String, fingerprint: String) throws(TrainingError) {
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
      try SafetensorsFile.write(arrays, metadata: [Self.fingerprintKey: fingerprint], to: file)
    } catch {
      throw .checkpoint(error.description)
    }
  }

  /// Takes up a saved run.
  func restore(from path: String, fingerprint: String) throws(TrainingError) {
    do {
      let file = try SafetensorsFile(contentsOf: path)
      guard file.metadata[Self.fingerprintKey] == fingerprint else { throw TrainingError.foreignCheckpoint(path: path) }
      func floats(_ name: String, count: Int) throws -> [Float] {
        let array = try file.array(named: name).converted(to: Float.self).elements
        guard array.count == count else { throw TrainingError.foreignCheckpoint(path: path) }
        return array
      }
      func integers(_ name: String) throws -> [Int] {
        try file.array(named: name).converted(to: Double.self).elements.map { Int($0) }
      }
      let progress = try integers("progress")
      guard progress.count == 3 else { throw TrainingError.foreignCheckpoint(path: path) }
      (epoch, step) = (progress[0], progress[1])
      _ = parameters.update(fromContentsOf: try floats("parameters", count: parameters.count))
      _ = state.update(fromContentsOf: try floats("state", count: state.count))
      let slots = try optimizer.slots.map { slot in
        (slot.name, DenseArray(try floats("optimizer.\(slot.name)", count: slot.array.count), shape: slot.array.shape))
      }
      optimizer = OptimizerState(configuration.optimizer, count: parameters.count, slots: slots, stepCount: progress[2])
      if file.names.contains("best.epoch") {
        let loss = try file.array(named: "best.loss").converted(to: Double.self).elements
        best = (
          loss.first ?? .infinity, try integers("best.epoch").first ?? 0,
          try floats("best.parameters", count: parameters.count), try floats("best.state", count: state.count)
        )
      }
    } catch let error as TrainingError {
      throw error
    } catch {
      throw .checkpoint("\(error)")
    }
  }
}
