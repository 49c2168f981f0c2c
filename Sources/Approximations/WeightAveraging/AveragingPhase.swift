//  AveragingPhase.swift — the part of a training run in which weights are averaged.
//
//  Notation   E epochs in all,  S = ⌊s E⌋ those before averaging,  i = 1, 2, … the steps of a cycle of c steps
//
//  constant   rate η after S; a look at the end of every epoch
//  cyclical   t(i) = i / c, rate (1 − t) η₁ + t η₂ after S; a look at the end of every cycle       [Izmailov et al. 2018]

package import Optimization

/// When and at which rates weights are averaged.
public struct AveragingPhase: Hashable, Sendable, Codable {
  public enum Rate: Hashable, Sendable, Codable {
    /// η.
    case constant(Double)
    /// From η₁ to η₂, again and again, each cycle of so many epochs.
    case cyclical(Double, to: Double, epochs: Int)
  }

  /// s.
  public var start: Double
  public var rate: Rate

  /// Precondition: 0 ≤ start < 1; cycles of at least one epoch.
  public init(from start: Double = 0.5, rate: Rate) {
    precondition(start >= 0 && start < 1, "averaging that begins after the share \(start) of a run")
    if case .cyclical(_, _, let epochs) = rate { precondition(epochs >= 1, "cycles of \(epochs) epochs") }
    self.start = start
    self.rate = rate
  }

  /// Epochs before the phase, of `epochs`.
  func firstEpoch(of epochs: Int) -> Int { min(Int(start * Double(epochs)), epochs - 1) }

  /// Whether the weights at the end of this epoch, counted from 0, are looked at.
  func looks(epoch: Int, of epochs: Int) -> Bool {
    let place = epoch - firstEpoch(of: epochs)
    guard place >= 0 else { return false }
    guard case .cyclical(_, _, let length) = rate else { return true }
    return (place + 1) % length == 0
  }

  /// The rates of a whole run: those of training, then those of the phase.
  package func schedule(after training: LearningRateSchedule, epochs: Int) -> LearningRateSchedule {
    let first = firstEpoch(of: epochs)
    let share = Double(first) / Double(epochs)
    switch rate {
    case .constant(let rate): return .sequence(training, share: share, .constant(rate))
    case .cyclical(let from, let to, let length):
      return .sequence(
        training, share: share, .sawtooth(from, to: to, period: Double(length) / Double(epochs - first)))
    }
  }
}
