//  ScheduleTests.swift — learning rates against golden values; clipping of gradients.

import Optimization
import Testing

@Suite struct ScheduleTests {
  private static let golden: [(String, LearningRateSchedule, Int)] = [
    ("cosine_annealing", .cosine(0.1, last: 0.001), 12),
    ("cyclical_sgmcmc", .cyclical(0.1, cycles: 4), 20),
    ("step_decay", .step(0.1, factor: 0.5, period: 0.3), 10),
    ("cyclical_sgmcmc", .repeated(.cosine(0.1), times: 4), 20),
    ("sgld_polynomial", .polynomial(0.5, offset: 10, power: 0.55), 8),
    ("linear_warmup_then_cosine", .warmUp(share: 1 / 3, .cosine(0.1)), 12),
    // Cycles of 4, 8 and 16 steps, of which the golden ones are the first 16.
    (
      "cosine_warm_restarts",
      .sequence(.cosine(0.1), share: 4 / 28, .sequence(.cosine(0.1), share: 8 / 24, .cosine(0.1))), 28
    ),
    ("swa_anneal_cos", .sequence(.cosine(0.1, last: 0.02), share: 5 / 8, .constant(0.02)), 8),
    (
      "swa_anneal_linear",
      .sequence(
        .constant(0.1), share: 1 / 8, .sequence(.sawtooth(0.1, to: 0.02, period: 1), share: 5 / 7, .constant(0.02))), 8
    ),
    (
      "swa_piecewise_izmailov",
      .sequence(
        .constant(0.1), share: 11 / 20,
        .sequence(.sawtooth(0.1, to: 0.005, period: 1), share: 8 / 9, .constant(0.005))), 20
    ),
    ("exponential_decay", .step(0.1, factor: 0.9, period: 1 / 8), 8),
  ]

  @Test(arguments: golden) func ratesAreTheGoldenOnes(name: String, schedule: LearningRateSchedule, total: Int) throws {
    guard case .row(let rates) = try #require(GoldenOptimizers.load().rates[name]) else {
      Issue.record("\(name) has no rates")
      return
    }
    for (step, rate) in rates.enumerated() {
      #expect(abs(schedule.rate(step: step, of: total) - rate) <= 1e-12 * max(rate, 0.001), "\(name) at step \(step)")
    }
  }

  @Test func aDecayCountsWholePeriodsWhateverTheLengthOfTheRun() {
    for total in [1, 3, 10, 30, 70, 1000] {
      let schedule = LearningRateSchedule.step(1, factor: 0.5, period: 0.1)
      let length = max(1, Int((Double(total) / 10).rounded()))
      for step in 0..<total {
        let halvings = step / length
        #expect(schedule.rate(step: step, of: total) == Double(sign: .plus, exponent: -halvings, significand: 1))
      }
    }
    #expect(LearningRateSchedule.constant(0.3).rate(step: 17, of: 20) == 0.3)
  }

  @Test func schedulesThatAreNoneTrap() async {
    await #expect(processExitsWith: .failure) {
      _ = LearningRateSchedule.cyclical(1, cycles: 0).rate(step: 0, of: 10)
    }
    await #expect(processExitsWith: .failure) {
      _ = LearningRateSchedule.warmUp(share: 1, .constant(1)).rate(step: 0, of: 10)
    }
    await #expect(processExitsWith: .failure) {
      _ = LearningRateSchedule.step(1, factor: 0.5, period: 0).rate(step: 0, of: 10)
    }
  }

  private func clipped(_ gradient: [Float], _ clipping: GradientClipping) -> [Float] {
    var gradient = gradient
    gradient.withUnsafeMutableBufferPointer { clipping.apply(to: $0) }
    return gradient
  }

  @Test func clippingByNormKeepsTheDirection() {
    #expect(clipped([3, -4], .norm(1)) == [0.6, -0.8])
    #expect(clipped([3, -4], .norm(6)) == [3, -4])
    let long = clipped([Float](repeating: 2, count: 10_000), .norm(10))
    #expect(long.allSatisfy { abs($0 - 0.1) < 1e-6 })
  }

  @Test func clippingByValueLimitsEachEntryAndKeepsNotANumber() {
    let result = clipped([3, -4, 0.5, .nan, .infinity], .value(1))
    #expect(result[0] == 1 && result[1] == -1 && result[2] == 0.5 && result[3].isNaN && result[4] == 1)
    #expect(clipped([.nan, 5], .norm(1))[0].isNaN)
  }
}
