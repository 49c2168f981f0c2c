//  MemberQueue.swift — hands members to threads, an epoch at a time, and keeps their checkpoints.

import Synchronization

/// Hands members to threads, an epoch at a time.
///
/// Each trainer is used by the one thread that took it from `waiting` under the lock, until it is put back: that is the
/// proof of the `@unchecked Sendable`.
final class MemberQueue: @unchecked Sendable {
  private struct Shared {
    var waiting: [Int]
    var failure: TrainingError?
    var isStopping = false
  }

  private let trainers: [NetworkTrainer]
  private let control: RunControl
  private let fingerprint: String
  private let shared: Mutex<Shared>
  private let saved: Mutex<[ContinuousClock.Instant]>

  init(_ trainers: [NetworkTrainer], control: RunControl, fingerprint: String) {
    self.trainers = trainers
    self.control = control
    self.fingerprint = fingerprint
    shared = Mutex(Shared(waiting: trainers.indices.filter { !trainers[$0].isFinished }))
    saved = Mutex(trainers.map { _ in ContinuousClock.now })
  }

  /// Takes members until none is left.
  func work() {
    while let member = take() {
      let trainer = trainers[member]
      let epoch = trainer.epoch
      guard let (loss, validationLoss) = trainer.runEpoch(unless: control.shouldStopAtOnce) else {
        shared.withLock { shared in
          shared.isStopping = true
          shared.waiting.append(member)
        }
        continue
      }
      var failure: TrainingError?
      // The last step of all may have left what no loss has seen.
      if !loss.isFinite || trainer.isFinished && !trainer.isFinite { failure = .diverged(member: member, epoch: epoch) }
      if failure == nil { failure = trainer.collector?.failure }
      let stops = control.shouldStop() || control.shouldStopAtOnce()
      if failure == nil { failure = save(member, always: stops || trainer.isFinished) }
      let event = TrainingEvent(
        member: member, memberCount: trainers.count, epoch: trainer.epoch, epochCount: trainer.configuration.epochs,
        isLast: trainer.isFinished, loss: loss, validationLoss: validationLoss)
      shared.withLock { shared in
        if shared.failure == nil { shared.failure = failure }
        if stops { shared.isStopping = true }
        if !trainer.isFinished { shared.waiting.append(member) }
        control.progress(event)
      }
    }
  }

  private func take() -> Int? {
    shared.withLock { shared in
      guard shared.failure == nil, !shared.isStopping else { return nil }
      func epoch(_ place: Int) -> Int { trainers[shared.waiting[place]].epoch }
      guard let place = shared.waiting.indices.min(by: { epoch($0) < epoch($1) }) else { return nil }
      return shared.waiting.remove(at: place)
    }
  }

  private func save(_ member: Int, always: Bool) -> TrainingError? {
    guard let folder = control.checkpoint else { return nil }
    let isDue = saved.withLock { saved in
      let due = always || saved[member].duration(to: .now) >= .seconds(folder.interval)
      if due { saved[member] = .now }
      return due
    }
    guard isDue else { return nil }
    do {
      try trainers[member].save(to: folder.file(of: member), fingerprint: fingerprint)
      return nil
    } catch {
      return error
    }
  }

  /// Throws why there is no result.
  func finish() throws(TrainingError) {
    let (failure, isStopping) = shared.withLock { ($0.failure, $0.isStopping) }
    if let failure { throw failure }
    if isStopping && trainers.contains(where: { !$0.isFinished }) {
      // Members that were waiting have newer epochs than their last files.
      if let folder = control.checkpoint {
        for (member, trainer) in trainers.enumerated() {
          try trainer.save(to: folder.file(of: member), fingerprint: fingerprint)
        }
      }
      throw .interrupted(epochs: trainers.reduce(0) { $0 + $1.epoch }, canResume: control.checkpoint != nil)
    }
  }
}
