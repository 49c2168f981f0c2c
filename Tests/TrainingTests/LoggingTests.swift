import Logging
import Networks
import Optimization
import Synchronization
import Testing
import Training

@Suite struct LoggingTests {
  @Test func eachEpochIsLoggedAndTheLastStandsOut() throws {
    let records = Records()
    var logger = Logger(label: "test") { _ in RecordingHandler(records: records) }
    logger.logLevel = .debug
    let configuration = TrainingConfiguration(epochs: 3, batchSize: 16)
    _ = try train(
      Problems.perceptron, on: Problems.curve(rows: 40), members: 2, configuration, seed: 1,
      control: RunControl(threads: 1).logging(to: logger))
    let all = records.all
    #expect(all.count == 6)
    #expect(all.filter { $0.level == .info }.map(\.message) == ["member trained", "member trained"])
    #expect(Set(all.map { $0.metadata["member"] }) == ["0", "1"])
    #expect(all.last?.metadata["epoch"] == "3" && all.last?.metadata["epochs"] == "3")
    #expect(all.allSatisfy { $0.metadata["loss"] != nil && $0.metadata["validationLoss"] == nil })
  }
}

private struct Record: Sendable {
  let level: Logger.Level
  let message: String
  let metadata: [String: String]
}

private final class Records: Sendable {
  private let list = Mutex<[Record]>([])

  var all: [Record] { list.withLock { $0 } }

  func append(_ record: Record) { list.withLock { $0.append(record) } }
}

private struct RecordingHandler: LogHandler {
  let records: Records
  var logLevel: Logger.Level = .debug
  var metadata: Logger.Metadata = [:]

  init(records: Records) { self.records = records }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    records.append(
      Record(
        level: event.level, message: event.message.description,
        metadata: (event.metadata ?? [:]).mapValues(\.description)))
  }
}
