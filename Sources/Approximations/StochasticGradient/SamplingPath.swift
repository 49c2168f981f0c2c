//  SamplingPath.swift — how the learning rate moves along a chain, and which steps keep a draw.
//
//  Notation   T steps in all,  L = ⌈T / M⌉ steps of a cycle,  r(t) = (t mod L) / L the place in the cycle,  t = 0, 1, …
//
//  stationary   noise at every step; draws after the burn-in
//  cyclical     η(t) = ½ η₀ (1 + cos(π r(t)));  for r < β the chain explores without noise, for r ≥ β it samples
//               [Zhang et al. 2020]
//  modes        for r < β an optimiser leads to a mode, its rate falling from η₀ to zero along half a cosine; for r ≥ β the chain
//               samples there at the rate η. Of these steps the share γ keeps no draws: the chain leaves the mode for where
//               the posterior has its mass. One cycle is a chain with a warm start
//
//  The draws lie evenly in the steps that sample, the last one at their end: thinning follows from how many are asked for.

public import Optimization

/// The course of a chain.
public enum SamplingPath: Hashable, Sendable, Codable {
  /// Rates from a schedule; the share `burnIn` of the run keeps no draws.
  case stationary(LearningRateSchedule, burnIn: Double = 0.5)
  /// M cycles, each beginning at the full rate; the share β of each explores.
  case cyclical(Double, cycles: Int, exploration: Double = 0.8)
  /// M cycles, each of which begins with an optimiser from the rate η₀ for the share β, and samples at the rate η. The defaults are
  /// those of several cycles; for one there is `warmStart(_:from:sampling:exploration:burnIn:)`.
  case modes(
    Optimizer = .adam(), from: Double, sampling: Double, cycles: Int = 1, exploration: Double = 0.7,
    burnIn: Double = 0)

  /// One chain that an optimiser leads to a mode: it samples there for longer than a cycle does, and leaves the mode first.
  public static func warmStart(
    _ optimizer: Optimizer = .adam(), from: Double, sampling: Double, exploration: Double = 0.3, burnIn: Double = 0.3
  ) -> SamplingPath {
    .modes(optimizer, from: from, sampling: sampling, exploration: exploration, burnIn: burnIn)
  }

  /// β of a path with an optimiser or with cycles; 0 for another.
  package var exploration: Double {
    switch self {
    case .stationary: 0
    case .cyclical(_, _, let exploration), .modes(_, _, _, _, let exploration, _): exploration
    }
  }

  /// The share without draws: of the run, or γ.
  package var burnIn: Double {
    switch self {
    case .stationary(_, let burnIn), .modes(_, _, _, _, _, let burnIn): burnIn
    case .cyclical: 0
    }
  }

  /// η(t).
  package var schedule: LearningRateSchedule {
    switch self {
    case .stationary(let schedule, _): schedule
    case .cyclical(let rate, let cycles, _): .cyclical(rate, cycles: cycles)
    case .modes(_, let from, let sampling, let cycles, let exploration, _):
      .repeated(.sequence(.cosine(from), share: exploration, .constant(sampling)), times: cycles)
    }
  }

  /// What leads to modes, where the path has such stretches.
  var guide: Optimizer? {
    guard case .modes(let optimizer, _, _, _, _, _) = self else { return nil }
    return optimizer
  }

  var problem: String? {
    switch self {
    case .stationary(_, let burnIn): burnIn >= 0 && burnIn < 1 ? nil : "a burn-in of \(burnIn) of the run"
    case .cyclical(_, let cycles, let exploration):
      cycles >= 1 && exploration >= 0 && exploration < 1
        ? nil : "\(cycles) cycles of which the share \(exploration) explores"
    case .modes(_, _, _, let cycles, let exploration, let burnIn):
      cycles >= 1 && exploration >= 0 && exploration < 1 && burnIn >= 0 && burnIn < 1
        ? nil : "\(cycles) cycles of which the share \(exploration) explores, with a burn-in of \(burnIn)"
    }
  }

  /// Where step t of T lies in its cycle, how long that is, and how many steps of it are the optimiser's: not all.
  private func place(_ step: Int, of total: Int) -> (step: Int, length: Int, guided: Int) {
    guard case .modes(_, _, _, let cycles, let exploration, _) = self else { return (step, total, 0) }
    let length = (total + cycles - 1) / cycles
    return (step % length, length, min(Int((exploration * Double(length)).rounded()), length - 1))
  }

  /// Whether step t of T is one of the optimiser.
  public func isGuided(step: Int, of total: Int) -> Bool {
    let place = place(step, of: total)
    return place.step < place.guided
  }

  /// Whether step t of T is the first of a cycle with an optimiser.
  func beginsCycle(step: Int, of total: Int) -> Bool { place(step, of: total).step == 0 }

  /// Whether draws may be kept after step t of T.
  public func samples(step: Int, of total: Int) -> Bool {
    switch self {
    case .stationary(_, let burnIn): return Double(step) >= burnIn * Double(total)
    case .cyclical(_, let cycles, let exploration):
      let length = (total + cycles - 1) / cycles
      return Double(step % length) >= exploration * Double(length)
    case .modes(_, _, _, _, _, let burnIn):
      let place = place(step, of: total)
      return place.step - place.guided >= Int(burnIn * Double(place.length - place.guided))
    }
  }

  /// Whether step t of T is noisy.
  public func isNoisy(step: Int, of total: Int) -> Bool {
    switch self {
    case .stationary: true
    case .cyclical: samples(step: step, of: total)
    case .modes: !isGuided(step: step, of: total)
    }
  }

  /// Why a chain of T steps cannot keep so many draws, and what to do; `nil` where it can.
  package func problem(keeping count: Int, of total: Int) -> String? {
    if keptSteps(count, of: total) != nil { return nil }
    let sampling = (0..<total).count { samples(step: $0, of: total) }
    guard sampling == 0 else {
      return
        "\(count) draws of a chain are more than its \(total) steps keep, of which \(sampling) sample; take more epochs, or "
        + "fewer draws"
    }
    let none = "none of the \(total) steps of a chain samples: "
    switch self {
    case .cyclical(_, let cycles, let exploration), .modes(_, _, _, let cycles, let exploration, _):
      let length = (total + cycles - 1) / cycles
      return none
        + "a cycle of \(length), one of \(cycles), explores in the share \(exploration) of them; take fewer cycles, less "
        + "exploration or more epochs"
    case .stationary(_, let burnIn):
      return none + "the burn-in is the share \(burnIn) of them; take a shorter one, or more epochs"
    }
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
