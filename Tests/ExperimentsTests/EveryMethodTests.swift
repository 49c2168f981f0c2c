//  EveryMethodTests.swift — what every method of the catalogue keeps: its progress is told, its seed counts, and a run in pieces on
//  other threads ends at the same bits.

import Approximations
import Experiments
import Foundation
import Synchronization
import Testing
import Training

@Suite struct EveryMethodTests {
  /// Small enough to be fitted often. Methods that share out their epochs get what they ask for.
  private static func description(_ name: String, seed: UInt64 = 3) -> FitDescription {
    let options: [String: [String: OptionValue]] = [
      "nuts": ["depth": .integer(3), "chains": .integer(2)], "hmc": ["steps": .integer(4), "chains": .integer(2)],
      "multi-swag": ["components": .integer(2)], "laplace": ["components": .integer(2)],
      "sghmc": ["chains": .integer(2)],
    ]
    return FitDescription(
      method: MethodDescription(name, options: options[name] ?? [:]), network: .dense([4]), epochs: 40, seed: seed)
  }

  private static func contents(
    _ description: FitDescription, _ control: RunControl
  ) throws -> PosteriorContents {
    try description.run(on: SmallData.regression(), control: control).posterior.contents
  }

  @Test(arguments: MethodCatalogue.names) func progressIsToldEpochByEpochToTheEnd(name: String) throws {
    let watch = Watch()
    _ = try Self.contents(Self.description(name), watch.control(threads: 1))
    let events = watch.events
    var done: [Int: TrainingEvent] = [:]
    for event in events {
      // A pilot is told as the first member, and the method begins anew behind it.
      let before = done[event.member].map { $0.isLast ? 0 : $0.epoch } ?? 0
      // Chains on all rows tell of some transitions.
      let isNext = name == "nuts" || name == "hmc" ? event.epoch > before : event.epoch == before + 1
      #expect(isNext && event.epoch <= event.epochCount, "\(event)")
      #expect(event.member < event.memberCount && event.loss.isFinite)
      done[event.member] = event
    }
    #expect(done.count == events.last?.memberCount)
    #expect(done.values.allSatisfy { $0.isLast })
  }

  @Test(arguments: MethodCatalogue.names) func aRunInPiecesOnOtherThreadsEndsAtTheSameBits(name: String) throws {
    let description = Self.description(name)
    let watch = Watch()
    let whole = try Self.contents(description, watch.control(threads: 1))
    let other = try Self.contents(Self.description(name, seed: 4), RunControl(threads: 1))
    #expect(other != whole, "the seed counts")
    let count = watch.events.count
    // It is asked before an epoch is told: the last one is asked for while the one before it is told.
    for stop in [1, count / 2, max(1, count - 3)] {
      let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let checkpoint = CheckpointFolder(path: folder, resumes: true, interval: 0)
      let piece = Watch(stopsAfter: stop)
      let error = #expect(throws: TrainingError.self) {
        try Self.contents(description, piece.control(threads: 1, checkpoint: checkpoint))
      }
      guard case .interrupted(_, canResume: true) = error else {
        Issue.record("stopped after \(stop) of \(count) events: \(error?.description ?? "no error")")
        continue
      }
      let rest = Watch()
      let resumed = try Self.contents(description, rest.control(threads: 2, checkpoint: checkpoint))
      #expect(resumed == whole, "stopped after \(stop) of \(count) events")
      #expect(rest.events.count < count || count < 4, "what was done is not done again")
    }
  }
}

/// Keeps the events of a run, and stops it after some.
private final class Watch: Sendable {
  private let kept = Mutex<[TrainingEvent]>([])
  private let limit: Int

  init(stopsAfter limit: Int = .max) { self.limit = limit }

  var events: [TrainingEvent] { kept.withLock { $0 } }

  func control(threads: Int, checkpoint: CheckpointFolder? = nil) -> RunControl {
    RunControl(
      threads: threads, checkpoint: checkpoint, progress: { event in self.kept.withLock { $0.append(event) } },
      shouldStop: { self.kept.withLock { $0.count } >= self.limit })
  }
}
