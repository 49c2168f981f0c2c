//  NotANumberTests.swift — values that are not a number leave a trace, and a start that is no good says what is wrong there.

import Arrays
import Evaluation
import Foundation
import Probability
import Programs
import Sampling
import Testing

@Suite struct NotANumberTests {
  /// Γ(2, 1) without its support: log x is not a number below 0.
  private static let gamma = LogDensity(dimension: 1) { x in (log(x) - x).sum() }
  private static let plan = SamplingPlan(chains: 3, warmUp: 200, draws: 400, thinning: 3, seed: 4)

  /// How often a density that counts for itself was not a number, in chains that are run by hand.
  private func counted<S: Sampler>(_ sampler: S, chain: Int) -> (warmUp: Int, sampling: Int) {
    var (count, warmUp) = (0, 0)
    // The same bits as those of the run.
    let inner = DensityFunction(CompiledDensity(Self.gamma))
    let density = DensityFunction(dimension: 1) { x, gradient in
      let value = gradient.map { inner(x, gradient: $0) } ?? inner(x)
      if value.isNaN { count += 1 }
      return value
    }
    var generator = Philox(seed: Self.plan.seed, stream: UInt64(chain))
    var kernel = sampler.kernel(dimension: 1, warmUp: Self.plan.warmUp)
    let workspace = sampler.workspace(of: kernel, dimension: 1)
    var point = ChainPoint([1], density)
    for step in 1...Self.plan.warmUp + Self.plan.draws * Self.plan.thinning {
      let transition = kernel.step(&point, density, workspace, using: &generator)
      if step <= Self.plan.warmUp { kernel.learn(from: transition, at: point) }
      if step == Self.plan.warmUp {
        kernel.finishWarmUp()
        warmUp = count
      }
    }
    return (warmUp, count - warmUp)
  }

  private func check<S: Sampler>(_ sampler: S) throws {
    let samples = try sampler.sample(Self.gamma, Self.plan, from: .given([[1], [1], [1]]))
    for (chain, found) in samples.notANumber.enumerated() {
      let expected = counted(sampler, chain: chain)
      #expect(found == expected && expected.sampling > 0, "\(S.self): \(found), \(expected)")
    }
    let counts = samples.notANumber.map(\.sampling)
    #expect(samples.trajectories.notANumber == counts)
    let findings = ConvergenceFinding.all(
      in: [ConvergenceSummary(samples.chains(of: 0), name: "x")], trajectories: samples.trajectories)
    #expect(findings.contains(.notANumber(counts.reduce(0, +), chains: [0, 1, 2])), "\(findings)")
  }

  @Test func everyValueThatIsNotANumberIsCounted() throws {
    try check(RandomWalkMetropolis())
    try check(SliceSampler())
    try check(GibbsSampler([.metropolis(0..<1)]))
    try check(HamiltonianMonteCarlo(length: .jitteredSteps(mean: 3)))
    try check(NoUTurnSampler())
  }

  @Test func aDensityThatIsANumberEverywhereHasNone() throws {
    let normal = LogDensity(dimension: 1) { KnownTarget.normal($0, sd: 1) }
    let samples = try NoUTurnSampler().sample(normal, SamplingPlan(chains: 2, warmUp: 50, draws: 50, seed: 1))
    #expect(samples.trajectories.notANumber == [0, 0] && samples.notANumber.allSatisfy { $0 == (0, 0) })
  }

  @Test func theFindingIsASentence() {
    #expect(
      ConvergenceFinding.notANumber(7, chains: [1, 2]).problem
        == "The log density was not a number, or +∞, at 7 points on the way of chains 2 and 3: such points were rejected."
    )
    #expect(
      ConvergenceFinding.notANumber(1, chains: [0]).problem
        == "The log density was not a number, or +∞, at one point on the way of chain 1: such points were rejected.")
  }

  private static let space = ParameterSpace([
    Parameter("mu"), Parameter("tau", .positive), Parameter("z", shape: [2, 2]), Parameter("p", .simplex, shape: [3]),
  ])

  private func sentence(_ body: @escaping @Sendable (ParameterValues) -> Tensor) -> String {
    do {
      let density = Self.space.logDensity { body($0) - $0["z"].squared.sum() - $0["mu"].squared }
      _ = try NoUTurnSampler().sample(density, Self.plan)
      return "no error"
    } catch {
      return error.sentence(in: Self.space)
    }
  }

  @Test func anErrorOfTheStartNamesWhatIsWrongAndWhere() {
    func expected(_ fault: String) -> String {
      "chain 1 found no starting point where the log density and its gradient are finite: at the last that was tried "
        + fault + "; give starting points, or check the density"
    }
    // √(tau − tau − 1) is not a number, and neither is its derivative.
    #expect(
      sentence { sqrt($0["tau"] * 0 - 1) }
        == expected("the log density is not a number or +∞, and its gradient not finite at tau"))
    #expect(sentence { log($0["mu"] * 0) } == expected("the log density is −∞, and its gradient not finite at mu"))
    // √0 is finite, and its derivative is not.
    #expect(
      sentence { sqrt($0["z"][1, 0] * 0) }
        == expected("the log density is finite, but its gradient is not, at z[1,0]"))
    #expect(sentence { sqrt($0["p"][2] * 0 - 1) }.contains("not finite at p, p;"))
  }
}
