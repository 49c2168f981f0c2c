//  FitProgress.swift — from the events of training to a line of progress.

import Credence
import Synchronization

/// Adds up what the members of a fit have done.
final class FitProgress: Sendable {
  private struct Member {
    var first: Int
    var done: Int
    var total: Int
    var loss: Double
  }

  private struct State {
    var members: [Int: Member] = [:]
    var last: ProgressLine?
    var stepsDone: String?
  }

  /// What the events of a fit count.
  struct Words: Sendable {
    let step, member, loss: String

    static let training = Words(step: "epoch", member: "member", loss: "loss")
    /// Its loss is −log p(θ, D) a row.
    static let chains = Words(step: "transition", member: "chain", loss: "energy a row")

    static func of(_ method: MethodDescription) -> Words {
      ["nuts", "hmc"].contains(method.name) ? .chains : .training
    }
  }

  private let reporter: ProgressReporter
  private let title: String
  private let words: Words
  private let start = ContinuousClock.now
  private let state = Mutex(State())

  init(_ reporter: ProgressReporter, title: String = "Fitting", words: Words = .training) {
    self.reporter = reporter
    self.words = words
    self.title = title
  }

  func update(_ event: TrainingEvent) {
    state.withLock { state in
      var member =
        state.members[event.member]
        ?? Member(first: event.epoch - 1, done: 0, total: 0, loss: .infinity)
      member.done = event.epoch
      member.total = event.isLast ? event.epoch : event.epochCount
      // Of rows held back, the best so far: these are the parameters that are kept.
      member.loss = event.validationLoss.map { min($0, member.loss) } ?? event.loss
      state.members[event.member] = member
      let line = line(Array(state.members.values), event)
      state.last = line
      let done = state.members.values.reduce(0) { $0 + $1.done }
      state.stepsDone =
        "\(done) of \(NumberFormat.count(event.memberCount * event.epochCount, words.step))"
        + (event.memberCount > 1 ? ", those of all \(event.memberCount) \(words.member)s together" : "")
      reporter.show(line)
    }
  }

  /// What was done, for a sentence: "40 of 900 epochs, those of all 3 members together".
  var stepsDone: String { state.withLock { $0.stepsDone } ?? "less than one \(words.step)" }

  /// Leaves a full bar behind.
  func finish() {
    guard var line = state.withLock({ $0.last }) else { return }
    line.share = 1
    line.secondsLeft = nil
    reporter.finish(line)
  }

  private func line(_ members: [Member], _ event: TrainingEvent) -> ProgressLine {
    let unseen = (event.memberCount - members.count) * event.epochCount
    let total = members.reduce(unseen) { $0 + $1.total }
    let done = members.reduce(0) { $0 + $1.done }
    let here = members.reduce(0) { $0 + $1.done - $1.first }
    let seconds = start.duration(to: .now) / .seconds(1)
    let rate = Double(here) / max(seconds, 1e-9)
    let loss = members.reduce(0) { $0 + $1.loss } / Double(members.count)
    let pace = (rate >= 10 ? "\(Int(rate))" : NumberFormat.number(rate, digits: 2)) + " \(words.step)s/s"
    return ProgressLine(
      title: title, share: Double(done) / Double(max(total, 1)),
      secondsLeft: seconds > 0.5 ? Double(total - done) / rate : nil,
      details: [
        (event.validationLoss == nil ? "" : "held-out ") + words.loss + " " + NumberFormat.number(loss, digits: 3),
        pace, NumberFormat.count(event.memberCount, words.member),
      ])
  }
}
