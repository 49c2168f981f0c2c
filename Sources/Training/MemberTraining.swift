//  MemberTraining.swift — trains the members of an ensemble side by side, one thread a member; a single network on all threads.
//
//  The unit of work is an epoch of one member. A free thread takes the member that is furthest behind, so that five members
//  on two threads finish together. Which thread runs a member changes no bit of it.

public import Arrays
import Foundation
public import Networks
import Synchronization

/// What training gives: a row for each member.
public struct TrainedMembers: Sendable {
  /// Shape [S, P].
  public let parameters: DenseArray<Float>
  /// Running statistics. Shape [S, Q].
  public let states: DenseArray<Float>
}

/// Trains `members` networks from different starting points, each on its own order of the data.
///
/// - Parameters:
///   - bagging: Whether each member sees a resample of the rows, with repetitions, instead of all.
/// - Throws: `TrainingError`.
public func train(
  _ model: BayesianModel, on examples: Examples, members: Int, bagging: Bool = false,
  _ configuration: TrainingConfiguration, seed: UInt64, control: RunControl
) throws(TrainingError) -> TrainedMembers {
  precondition(members >= 1, "an ensemble of \(members) members")
  let pool = members == 1 && control.threads > 1 ? WorkerPool(threads: control.threads) : nil
  var trainers: [NetworkTrainer] = []
  for member in 0..<members {
    trainers.append(
      try NetworkTrainer(
        model, examples, resamples: bagging, configuration, seed: seed, stream: UInt64(member), pool: pool))
  }
  let fingerprint = fingerprint(model, examples, configuration, members: members, bagging: bagging, seed: seed)
  if let folder = control.checkpoint {
    try folder.prepare()
    for (member, trainer) in trainers.enumerated() {
      let file = folder.file(of: member)
      if FileManager.default.fileExists(atPath: file) { try trainer.restore(from: file, fingerprint: fingerprint) }
    }
  }
  let queue = MemberQueue(trainers, control: control, fingerprint: fingerprint)
  let threads = min(control.threads, members)
  if threads == 1 {
    queue.work()
  } else {
    DispatchQueue.concurrentPerform(iterations: threads) { _ in queue.work() }
  }
  try queue.finish()
  let results = trainers.map(\.result)
  return TrainedMembers(
    parameters: DenseArray(results.flatMap(\.parameters), shape: [members, model.parameterCount]),
    states: DenseArray(results.flatMap(\.state), shape: [members, model.network.stateCount]))
}

/// Names a fit: the same text for the same model, data, settings and seed.
private func fingerprint(
  _ model: BayesianModel, _ examples: Examples, _ configuration: TrainingConfiguration, members: Int, bagging: Bool,
  seed: UInt64
) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = .sortedKeys
  func text(_ value: some Encodable) -> String? {
    (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) }
  }
  // A network with layers that cannot be saved has a summary still.
  let parts = [
    text(configuration), text(model.network) ?? model.network.summary(), text(model.prior), text(model.likelihood),
    "\(members) \(bagging) \(seed) \(examples.inputs.shape)",
    String(examples.inputs.checksum ^ (examples.targets.checksum &* 31), radix: 16),
  ]
  return parts.map { $0 ?? "" }.joined(separator: " ")
}

extension DenseArray<Float> {
  /// FNV-1a over the bits of the elements.
  fileprivate var checksum: UInt64 {
    elements.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1.bitPattern)) &* 0x100_0000_01b3 }
  }
}

/// Hands members to threads, an epoch at a time.
///
/// Each trainer is used by the one thread that took it from `waiting` under the lock, until it is put back: that is the
/// proof of the `@unchecked Sendable`.
private final class MemberQueue: @unchecked Sendable {
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
      let (loss, validationLoss) = trainer.runEpoch()
      var failure: TrainingError?
      // The last step of all may have left what no loss has seen.
      if !loss.isFinite || trainer.isFinished && !trainer.isFinite { failure = .diverged(member: member, epoch: epoch) }
      let stops = control.shouldStop()
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
