import Approximations
import GoldenValues
import Optimization
import Testing

@Suite struct SamplingPathTests {
  @Test func cyclesExploreThenSampleAsTheGoldenOnes() throws {
    let golden = try GoldenSamplers.load().cyclical
    let path = SamplingPath.cyclical(0.1, cycles: 4, exploration: 0.8)
    #expect((0..<20).map { path.samples(step: $0, of: 20) } == golden.samples)
    #expect((0..<20).map { path.isNoisy(step: $0, of: 20) } == golden.samples)
    let rates = (0..<20).map { LearningRateSchedule.cyclical(0.1, cycles: 4).rate(step: $0, of: 20) }
    #expect(relativeDifference(rates, golden.lr) < 1e-14)
  }

  @Test func averagingCyclesFallAsTheGoldenOnes() throws {
    let schedule = LearningRateSchedule.sawtooth(0.05, to: 0.001, period: 5.0 / 12)
    let rates = (0..<12).map { schedule.rate(step: $0, of: 12) }
    #expect(relativeDifference(rates, try GoldenSamplers.load().sawtooth) < 1e-14)
  }

  @Test func aSequenceFollowsTheFirstScheduleThenTheSecond() {
    let schedule = LearningRateSchedule.sequence(.cosine(1), share: 0.75, .constant(0.1))
    #expect(schedule.rate(step: 0, of: 8) == 1 && schedule.rate(step: 3, of: 8) == 0.5)
    #expect((6..<8).allSatisfy { schedule.rate(step: $0, of: 8) == 0.1 })
  }

  @Test func drawsLieEvenlyAfterTheBurnIn() {
    let path = SamplingPath.stationary(.constant(0.1), burnIn: 0.5)
    #expect(path.keptSteps(5, of: 20) == [11, 13, 15, 17, 19])
    #expect(path.keptSteps(3, of: 20) == [12, 15, 19])
    #expect(path.keptSteps(11, of: 20) == nil, "ten steps sample")
    #expect((0..<20).allSatisfy { path.isNoisy(step: $0, of: 20) })
  }

  @Test func anOptimiserLeadsToAModeAndTheChainSamplesThere() {
    // Two cycles of ten steps: five of the optimiser, then two that burn in, then three that sample.
    let path = SamplingPath.modes(from: 0.1, sampling: 0.03, cycles: 2, exploration: 0.5, burnIn: 0.4)
    let cycle = 0..<10
    #expect((0..<20).map { path.isGuided(step: $0, of: 20) } == (cycle.map { $0 < 5 } + cycle.map { $0 < 5 }))
    #expect((0..<20).map { path.isNoisy(step: $0, of: 20) } == (cycle.map { $0 >= 5 } + cycle.map { $0 >= 5 }))
    #expect((0..<20).map { path.samples(step: $0, of: 20) } == (cycle.map { $0 >= 7 } + cycle.map { $0 >= 7 }))
    #expect(path.keptSteps(4, of: 20) == [7, 9, 17, 19])
  }

  @Test func aPathSaysWhyItKeepsTooFewDraws() {
    let cycles = SamplingPath.cyclical(0.1, cycles: 50, exploration: 0.8)
    #expect(
      cycles.problem(keeping: 1, of: 120)
        == "none of the 120 steps of a chain samples: a cycle of 3, one of 50, explores in the share 0.8 of them; take fewer "
        + "cycles, less exploration or more epochs")
    #expect(SamplingPath.cyclical(0.1, cycles: 24, exploration: 0.8).problem(keeping: 24, of: 120) == nil)
    let burning = SamplingPath.stationary(.constant(0.1), burnIn: 0.99)
    #expect(
      burning.problem(keeping: 1, of: 20)
        == "none of the 20 steps of a chain samples: the burn-in is the share 0.99 of them; take a shorter one, or more "
        + "epochs")
    #expect(
      SamplingPath.stationary(.constant(0.1), burnIn: 0.5).problem(keeping: 11, of: 20)
        == "11 draws of a chain are more than its 20 steps keep, of which 10 sample; take more epochs, or fewer draws")
  }

  @Test func drawsOfCyclesEndEachOfThem() {
    let path = SamplingPath.cyclical(0.1, cycles: 3, exploration: 0.5)
    #expect(path.keptSteps(3, of: 30) == [9, 19, 29])
    #expect(path.keptSteps(6, of: 30) == [6, 9, 16, 19, 26, 29])
    #expect(path.keptSteps(7, of: 30)?.count == 7)
  }
}
