//  WrongTreeTests.swift — the harness of the table on wrong No-U-Turn samplers.

import Sampling
import Testing

@Suite struct WrongTreeTests {
  @Test(arguments: WrongTrees.Fault.allCases, [TargetName.schools, .logistic])
  func faultsOfTreesAreSeenOnTheTargetsOfTheTable(fault: WrongTrees.Fault, target: TargetName) throws {
    // Steps that leave an error of energy: with short ones all weights are alike, and a rule that is wrong about weights does no harm.
    let sampler = WrongTrees(fault: fault, stepSize: target == .schools ? 0.6 : 0.2)
    let plan = SamplingPlan(chains: 4, warmUp: 200, draws: 4000, seed: 12)
    let report = try checkSampler(sampler, on: try KnownTarget.named(target.rawValue), plan)
    #expect(report.passes == (fault == .none), "\(report)")
  }
}
