//  RunControl.swift — what long work says of itself, where it keeps what is unfinished, and how it is asked to stop.

import Foundation

/// A moment of a fit.
public struct TrainingEvent: Sendable {
  /// The member of the ensemble, from 0; 0 for a single network.
  public let member: Int
  public let memberCount: Int
  /// Epochs that this member has finished, of how many at most.
  public let epoch: Int
  public let epochCount: Int
  /// Whether this member is finished; early stopping ends before `epochCount`.
  public let isLast: Bool
  /// The negative log likelihood per row of training data, mean over the epoch. Unit: nats.
  public let loss: Double
  /// The mean negative log likelihood of the validation rows, where there are any. Unit: nats.
  public let validationLoss: Double?

  package init(
    member: Int, memberCount: Int, epoch: Int, epochCount: Int, isLast: Bool, loss: Double, validationLoss: Double?
  ) {
    self.member = member
    self.memberCount = memberCount
    self.epoch = epoch
    self.epochCount = epochCount
    self.isLast = isLast
    self.loss = loss
    self.validationLoss = validationLoss
  }
}

/// How a fit is run. Nothing here changes its result.
public struct RunControl: Sendable {
  /// Threads in all.
  public var threads: Int
  /// Where unfinished work is kept, so that it can go on; `nil` keeps none.
  public var checkpoint: CheckpointFolder?
  /// Called after each epoch of each member, by one thread at a time.
  public var progress: @Sendable (TrainingEvent) -> Void
  /// Asked after each epoch: whether to keep what there is and stop.
  public var shouldStop: @Sendable () -> Bool
  /// Asked before each step: whether to keep what there is and stop at once, within an epoch. To be answered by a look at a
  /// flag.
  public var shouldStopAtOnce: @Sendable () -> Bool

  /// The processors of this machine.
  public static var processorCount: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// Precondition: threads ≥ 1.
  public init(
    threads: Int = RunControl.processorCount, checkpoint: CheckpointFolder? = nil,
    progress: @escaping @Sendable (TrainingEvent) -> Void = { _ in },
    shouldStop: @escaping @Sendable () -> Bool = { false },
    shouldStopAtOnce: @escaping @Sendable () -> Bool = { false }
  ) {
    precondition(threads >= 1, "a run on \(threads) threads: it needs at least one")
    self.threads = threads
    self.checkpoint = checkpoint
    self.progress = progress
    self.shouldStop = shouldStop
    self.shouldStopAtOnce = shouldStopAtOnce
  }
}

extension RunControl {
  /// The control of one of several fits that make a whole: its events count as those of a member, and its checkpoint has a
  /// folder of its own.
  package func component(_ index: Int, of count: Int, threads: Int) -> RunControl {
    var control = self
    control.threads = threads
    control.checkpoint = checkpoint?.component(index)
    control.progress = { [progress] event in
      progress(
        TrainingEvent(
          member: index * event.memberCount + event.member, memberCount: count * event.memberCount, epoch: event.epoch,
          epochCount: event.epochCount, isLast: event.isLast, loss: event.loss, validationLoss: event.validationLoss))
    }
    return control
  }
}

/// Why a fit has no result.
public enum TrainingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// It was asked to stop; `epochs` were finished, over all members.
  case interrupted(epochs: Int, canResume: Bool)
  /// The loss of an epoch was not finite.
  case diverged(member: Int, epoch: Int)
  /// A checkpoint that belongs to other data, another model or other settings.
  case foreignCheckpoint(path: String)
  /// A checkpoint whose contents are not those that were written.
  case damagedCheckpoint(path: String)
  /// A checkpoint that cannot be read or written.
  case checkpoint(String)
  /// Settings and data that do not fit each other.
  case unusable(String)

  public var description: String {
    switch self {
    case .interrupted(let epochs, let canResume):
      "stopped after \(epochs) epochs" + (canResume ? "; run the same command with --resume to go on" : "")
    case .diverged(let member, let epoch):
      "training diverged: the loss of member \(member + 1) was not finite in epoch \(epoch + 1); "
        + "lower the learning rate or check the data"
    case .foreignCheckpoint(let path):
      "\(path): the checkpoint belongs to another fit (other data, model, settings or seed); "
        + "repeat the first command, or delete it"
    case .damagedCheckpoint(let path):
      "\(path): the checkpoint is damaged; delete it, and this member begins anew"
    case .checkpoint(let problem): problem
    case .unusable(let problem): problem
    }
  }
}
