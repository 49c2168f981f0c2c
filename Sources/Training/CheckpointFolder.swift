//  CheckpointFolder.swift — unfinished work on disk: a file for each member, each replaced as a whole or not at all.
//
//  Members run on their own threads and are saved on their own, at ends of epochs, and within one when the run is asked to
//  stop. A run that is killed goes on from the
//  last file of each member and arrives at the same bits, since all randomness is a function of seed, stream and step.

import Foundation

/// A folder that holds the unfinished members of one fit. Other files in it are left alone.
public struct CheckpointFolder: Sendable {
  public let path: String
  /// Whether a run goes on from what the folder holds; otherwise it begins anew.
  public let resumes: Bool
  /// The least time between two files of one member. Unit: seconds.
  public let interval: Double
  /// Whether Markov chains that have made their draws are kept too, so that a run that asks for more goes on from them.
  public let keepsFinished: Bool

  public init(path: String, resumes: Bool = false, interval: Double = 10, keepsFinished: Bool = false) {
    self.path = path
    self.resumes = resumes
    self.interval = interval
    self.keepsFinished = keepsFinished
  }

  /// Whether there is a member to go on from.
  public var holdsMembers: Bool {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.contains { $0.hasPrefix("member-") && $0.hasSuffix(".safetensors") }
  }

  func file(of member: Int) -> String { path + "/member-\(member).safetensors" }

  /// Makes the folder; removes the members in it unless the run resumes.
  package func prepare() throws(TrainingError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      if !resumes { try removeMembers() }
    } catch {
      throw .checkpoint("\(path): the checkpoint folder cannot be made: \(error.localizedDescription)")
    }
  }

  /// Removes the members when the fit is done, and the folder if nothing else is in it.
  public func remove() {
    try? removeMembers()
    if (try? FileManager.default.contentsOfDirectory(atPath: path))?.isEmpty == true {
      try? FileManager.default.removeItem(atPath: path)
    }
  }

  /// The folder of one of several fits that make a whole.
  func component(_ index: Int) -> CheckpointFolder {
    CheckpointFolder(
      path: path + "/component-\(index)", resumes: resumes, interval: interval, keepsFinished: keepsFinished)
  }

  /// Removes files of members, folders of components, and parts of such files that a killed run left.
  private func removeMembers() throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: path)
    where name.hasPrefix("member-") && (name.hasSuffix(".safetensors") || name.hasSuffix(".partial")) {
      try FileManager.default.removeItem(atPath: path + "/" + name)
    }
    for name in try FileManager.default.contentsOfDirectory(atPath: path) where name.hasPrefix("component-") {
      CheckpointFolder(path: path + "/" + name).remove()
    }
  }
}
