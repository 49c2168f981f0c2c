//  SamplingPath.swift — how the learning rate moves along a chain, and which steps keep a draw.
//
//  Notation   T steps in all,  L = ⌈T / M⌉ steps of a cycle,  r(t) = (t mod L) / L the place in the cycle,  t = 0, 1, …
//
//  stationary   noise at every step; draws after the burn-in
//  cyclical     η(t) = ½ η₀ (1 + cos(π r(t)));  for r < β the chain explores without noise, for r ≥ β it samples
//               [Zhang et al. 2020]
//
//  The draws lie evenly in the steps that sample, the last one at their end: thinning follows from how many are asked for.

public import Optimization

/// The course of a chain.
public enum SamplingPath: Hashable, Sendable, Codable {
  /// Rates from a schedule; the share `burnIn` of the run keeps no draws.
  case stationary(LearningRateSchedule, burnIn: Double = 0.5)
  /// M cycles, each beginning at the full rate; the share β of each explores.
  case cyclical(Double, cycles: Int, exploration: Double = 0.8)

  /// η(t).
  var schedule: LearningRateSchedule {
    switch self {
    case .stationary(let schedule, _): schedule
    case .cyclical(let rate, let cycles, _): .cyclical(rate, cycles: cycles)
    }
  }

  var problem: String? {
    switch self {
    case .stationary(_, let burnIn): burnIn >= 0 && burnIn < 1 ? nil : "a burn-in of \(burnIn) of the run"
    case .cyclical(_, let cycles, let exploration):
      cycles >= 1 && exploration >= 0 && exploration < 1
        ? nil : "\(cycles) cycles of which the share \(exploration) explores"
    }
  }

  /// Whether draws may be kept after step t of T.
  public func samples(step: Int, of total: Int) -> Bool {
    switch self {
    case .stationary(_, let burnIn): return Double(step) >= burnIn * Double(total)
    case .cyclical(_, let cycles, let exploration):
      let length = (total + cycles - 1) / cycles
      return Double(step % length) >= exploration * Double(length)
    }
  }

  /// Whether step t of T is noisy.
  public func isNoisy(step: Int, of total: Int) -> Bool {
    if case .stationary = self { return true }
    return samples(step: step, of: total)
  }

  /// The steps after which `count` draws are kept, ascending; `nil` when fewer steps sample.
  public func keptSteps(_ count: Int, of total: Int) -> [Int]? {
    let sampling = (0..<total).filter { samples(step: $0, of: total) }
    var stretches: [ArraySlice<Int>] = []
    for (place, step) in sampling.enumerated() {
      if let last = stretches.last?.last, last + 1 == step {
        stretches[stretches.count - 1] = sampling[stretches[stretches.count - 1].startIndex...place]
      } else {
        stretches.append(sampling[place...place])
      }
    }
    var kept: [Int] = []
    for (place, stretch) in stretches.enumerated() {
      let share = (count - kept.count) / (stretches.count - place)
      guard share <= stretch.count else { return nil }
      for draw in 0..<share {
        kept.append(stretch[stretch.startIndex + (draw + 1) * stretch.count / share - 1])
      }
    }
    return kept.count == count ? kept : nil
  }
}
