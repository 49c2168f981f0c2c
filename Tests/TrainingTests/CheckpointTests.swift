import Arrays
import Datasets
import Foundation
import Networks
import Optimization
import Probability
import Testing
import Training

@Suite struct CheckpointTests {
  private static let examples = Problems.curve(rows: 40)
  private static let configuration = TrainingConfiguration(epochs: 5, earlyStopping: EarlyStopping())

  /// A folder with the checkpoint of a run that was stopped, and its file.
  private static func stoppedRun() throws -> (folder: CheckpointFolder, file: String) {
    let folder = CheckpointFolder(path: temporaryFolder(), resumes: true, interval: 0)
    #expect(throws: TrainingError.interrupted(epochs: 2, canResume: true)) {
      _ = try train(
        Problems.perceptron, on: examples, members: 1, configuration, seed: 1,
        control: stopping(after: 2, checkpoint: folder))
    }
    return (folder, folder.path + "/member-0.safetensors")
  }

  /// What resuming says.
  private static func message(
    _ folder: CheckpointFolder, model: BayesianModel = Problems.perceptron, on examples: Examples = examples,
    _ configuration: TrainingConfiguration = configuration, seed: UInt64 = 1
  ) -> String? {
    do {
      _ = try train(
        model, on: examples, members: 1, configuration, seed: seed,
        control: RunControl(threads: 1, checkpoint: folder))
      return nil
    } catch {
      return error.description
    }
  }

  @Test func aCheckpointOfAnotherFitIsRefused() throws {
    let (folder, file) = try Self.stoppedRun()
    defer { folder.remove() }
    let sentence =
      "\(file): the checkpoint belongs to another fit (other data, model, settings or seed); "
      + "repeat the first command, or delete it"
    let otherPrior = BayesianModel(
      Problems.perceptron.network, prior: .normal(scale: 2), likelihood: Problems.perceptron.likelihood)
    var otherSettings = Self.configuration
    otherSettings.epochs = 6
    #expect(Self.message(folder, seed: 2) == sentence)
    #expect(Self.message(folder, model: otherPrior) == sentence)
    #expect(Self.message(folder, on: Problems.curve(rows: 40, seed: 2)) == sentence)
    #expect(Self.message(folder, otherSettings) == sentence)
    #expect(Self.message(folder) == nil, "the fit itself goes on")
  }

  @Test func aCheckpointWithAChangedByteIsRefused() throws {
    let (folder, file) = try Self.stoppedRun()
    defer { folder.remove() }
    let whole = try Data(contentsOf: URL(filePath: file))
    for place in [whole.count - 1, whole.count - 100, whole.count - 399] {
      var bytes = whole
      bytes[place] ^= 0x10
      try bytes.write(to: URL(filePath: file))
      #expect(Self.message(folder) == "\(file): the checkpoint is damaged; delete it, and this member begins anew")
    }
  }

  @Test func aTruncatedCheckpointIsRefused() throws {
    let (folder, file) = try Self.stoppedRun()
    defer { folder.remove() }
    let whole = try Data(contentsOf: URL(filePath: file))
    try whole.prefix(whole.count - 4).write(to: URL(filePath: file))
    let message = try #require(Self.message(folder))
    #expect(message.hasPrefix("\(file): the array 'vector' lies outside of the "))
    #expect(message.hasSuffix(" bytes that the file holds; fetch or save the safetensors file again."))
  }

  @Test func aFileThatIsNoCheckpointIsRefused() throws {
    let (folder, file) = try Self.stoppedRun()
    defer { folder.remove() }
    try SafetensorsFile.write(["a": StoredArray([1])], to: file)
    #expect(Self.message(folder)?.contains("belongs to another fit") == true)
  }

  @Test func aNewRunRemovesOldMembersAndNothingElse() throws {
    let (old, _) = try Self.stoppedRun()
    let mine = old.path + "/notes.txt"
    try "mine".write(toFile: mine, atomically: true, encoding: .utf8)
    try "part".write(toFile: old.path + "/member-7.safetensors.12.partial", atomically: true, encoding: .utf8)
    let folder = CheckpointFolder(path: old.path, resumes: false, interval: 0)
    #expect(throws: TrainingError.interrupted(epochs: 1, canResume: true)) {
      _ = try train(
        Problems.perceptron, on: Self.examples, members: 1, Self.configuration, seed: 9,
        control: stopping(after: 1, checkpoint: folder))
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(names == ["member-0.safetensors", "notes.txt"])
    folder.remove()
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["notes.txt"])
    try FileManager.default.removeItem(atPath: mine)
    folder.remove()
    #expect(!FileManager.default.fileExists(atPath: folder.path))
  }

  @Test func aFolderThatCannotBeMadeIsNamed() throws {
    let file = temporaryFolder()
    try "a file".write(toFile: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: file) }
    let message = Self.message(CheckpointFolder(path: file + "/inside"))
    #expect(message?.hasPrefix("\(file)/inside: the checkpoint folder cannot be made: ") == true)
  }
}
