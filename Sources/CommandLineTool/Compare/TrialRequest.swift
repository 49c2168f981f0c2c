//  TrialRequest.swift — what a comparison asks of the process that fits one method: one JSON object on its command line.

import ArgumentParser
import Credence
import Foundation

/// Where the data of a comparison are.
struct ComparisonSource: Codable, Hashable {
  enum Kind: Codable, Hashable {
    case table(path: String, target: String)
    case images(path: String, labels: String)
  }

  let kind: Kind
  let task: PredictionTask?
  let missing: MissingCells
  let separator: String?
  let likelihood: LikelihoodChoice?
  let testFraction: Double
  let seed: UInt64

  /// For sentences.
  var name: String {
    switch kind {
    case .table(let path, _), .images(let path, _): path
    }
  }

  /// The same rows are held out each time.
  ///
  /// Throws: `DatasetError`.
  func load() throws(DatasetError) -> HeldOutData {
    switch kind {
    case .table(let path, let target):
      let table = try Table(contentsOf: path, separator: separator?.first, missing: missing)
      return try HeldOutData(
        table, target: target, task: task, missing: missing, likelihood: likelihood, testFraction: testFraction,
        seed: seed)
    case .images(let path, let labels):
      let images = try LabelledImages(idxImages: path, labels: labels)
      return try HeldOutData(
        images, imagesName: path, labelsName: labels, testFraction: testFraction, seed: seed)
    }
  }
}

/// One method to fit and score.
struct TrialRequest: Codable {
  let source: ComparisonSource
  let description: FitDescription
  let budget: Double?
  let threads: Int
  let isQuiet: Bool
}

/// The command that the process runs. It is not for people.
struct TrialCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trial", abstract: "One method of a comparison; started by 'credence compare'.", shouldDisplay: false)

  @Argument var request: String

  func run() throws {
    Interruption.listen()
    let request = try JSONDecoder().decode(TrialRequest.self, from: Data(request.utf8))
    let description = request.description
    let data = try request.source.load()
    let reporter = ProgressReporter(isQuiet: request.isQuiet)
    let progress = FitProgress(
      reporter, title: description.method.name, words: .of(description.method))
    let control = RunControl(
      threads: request.threads, progress: { progress.update($0) }, shouldStop: { Interruption.received != nil })
    let record: TrialRecord
    do {
      record = try Trial(description, budget: request.budget).run(on: data, control: control)
    } catch TrainingError.interrupted {
      // The comparison says so.
      reporter.clear()
      Foundation.exit(128 + (Interruption.received ?? SIGINT))
    } catch let error as TrainingError {
      record = TrialRecord(method: description.method, failure: error.description)
    }
    reporter.clear()
    try StandardOutput.write(try JSONText.object(record))
  }
}
