//  LearningRateSchedule.swift — the learning rate of each step.
//
//  Notation   t = 0, 1, …, T − 1 the step
//
//  cosine     η(t) = η₁ + ½ (η₀ − η₁) (1 + cos(π t / T))                        [Loshchilov and Hutter 2017]
//  sawtooth   (1 − t') η₀ + t' η₁,  t' = ((t mod c) + 1) / c, cycles of c steps  [Izmailov et al. 2018]
//  cyclical   ½ η₀ (1 + cos(π (t mod ⌈T/M⌉) / ⌈T/M⌉)), M cycles                 [Zhang et al. 2020]
//  polynomial a (b + t)^−γ; with ½ < γ ≤ 1 the rates sum to infinity and their squares do not [Welling and Teh 2011]

import Foundation

/// How the learning rate moves over a run.
public indirect enum LearningRateSchedule: Hashable, Sendable, Codable {
  case constant(Double)
  /// Multiplied by `factor` after every `period`, a share of the run.
  case step(Double, factor: Double, period: Double)
  /// From the first rate to the last along half a cosine.
  case cosine(Double, last: Double = 0)
  /// Cosine cycles, each beginning at the full rate.
  case cyclical(Double, cycles: Int)
  /// From the first rate in even steps to the last, again and again, each period a share of the run.
  case sawtooth(Double, to: Double, period: Double)
  /// One schedule over a share of the run, then another over the rest.
  case sequence(LearningRateSchedule, share: Double, LearningRateSchedule)
  /// a (b + t)^−γ, t the steps themselves: the length of the run does not enter.
  case polynomial(Double, offset: Double, power: Double)
  /// A schedule from its beginning, again and again: each time over ⌈T / times⌉ steps.
  case repeated(LearningRateSchedule, times: Int)
  /// Rises linearly over a share of the run, then follows another schedule over the rest.
  case warmUp(share: Double, LearningRateSchedule)

  /// η of step `step` of `total`. Precondition: at least one cycle; a period above 0; an offset above 0; a share of at least
  /// 0 and below 1.
  public func rate(step: Int, of total: Int) -> Double {
    let total = max(total, 1)
    switch self {
    case .constant(let rate): return rate
    case .step(let rate, let factor, let period):
      precondition(period > 0 && period.isFinite, "a step after every \(period) of the run")
      let length = max(Int((period * Double(total)).rounded()), 1)
      return rate * pow(factor, Double(step / length))
    case .cosine(let first, let last):
      return last + 0.5 * (first - last) * (1 + cos(.pi * Double(step) / Double(total)))
    case .cyclical(let rate, let cycles):
      precondition(cycles >= 1, "a schedule of \(cycles) cycles")
      let length = (total - 1) / cycles + 1
      return 0.5 * rate * (1 + cos(.pi * Double(step % length) / Double(length)))
    case .sawtooth(let from, let to, let period):
      precondition(period > 0 && period.isFinite, "teeth of \(period) of the run")
      let length = max(Int((period * Double(total)).rounded()), 1)
      let place = Double(step % length + 1) / Double(length)
      return (1 - place) * from + place * to
    case .sequence(let first, let share, let second):
      precondition(share >= 0 && share <= 1, "a first schedule over a share \(share) of the run")
      let length = Int((share * Double(total)).rounded())
      if step < length { return first.rate(step: step, of: length) }
      return second.rate(step: step - length, of: total - length)
    case .polynomial(let scale, let offset, let power):
      precondition(offset > 0, "a polynomial decay from step \(offset)")
      return scale * pow(offset + Double(step), -power)
    case .repeated(let schedule, let times):
      precondition(times >= 1, "a schedule \(times) times")
      let length = (total - 1) / times + 1
      return schedule.rate(step: step % length, of: length)
    case .warmUp(let share, let then):
      precondition(share >= 0 && share < 1, "a warm-up over a share \(share) of the run")
      let rising = Int((share * Double(total)).rounded())
      if step < rising { return then.rate(step: 0, of: total - rising) * Double(step + 1) / Double(rising) }
      return then.rate(step: step - rising, of: total - rising)
    }
  }
}
