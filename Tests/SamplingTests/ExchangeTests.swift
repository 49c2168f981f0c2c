//  ExchangeTests.swift — replicas that do nothing but exchange places.
//
//  Notation   x ~ N(0, 1) at β = 1     y ~ N(0, 1/β) at the hot replica
//
//  Equations  (1) an exchange is accepted with probability ∫∫ min(p(x) q(y), p(y) q(x)) = 2 P(|y| < |x|) = 4/π arctan √β
//             (2) afterwards x and y are distributed as before
//             (3) with a prior N(0, 1) and a likelihood of precision 3: x ~ N(0, 1/4) and y ~ N(0, 1/(1 + 3β)), and in (1) √β is the ratio of
//                 their standard deviations

import Arrays
import Foundation
import Probability
import Programs
import Sampling
import Testing

@Suite struct ExchangeTests {
  /// A sampler that stays where it is.
  private struct Still: Sampler {
    struct Kernel: MarkovKernel {
      mutating func step(
        _ point: inout ChainPoint, _ density: DensityFunction, _ workspace: Void, using generator: inout Philox
      ) -> Transition { Transition(acceptance: 1, stepSize: 1, energy: -point.logDensity) }
      mutating func learn(from transition: Transition, at point: ChainPoint) {}
      mutating func finishWarmUp() {}
    }
    func kernel(dimension: Int, warmUp: Int) -> Kernel { Kernel() }
    func workspace(of kernel: Kernel, dimension: Int) {}
  }

  /// Exchanges of one pair: the share that is accepted, and E x² afterwards.
  private func exchanges(
    _ sampler: ReplicaExchange<Still>, precisions: (cold: Double, hot: Double), _ count: Int = 40_000
  ) -> (share: Double, square: Double) {
    let density = DensityFunction(dimension: 1) { x, _ in -0.5 * precisions.cold * x[0] * x[0] }
    var generator = Philox(seed: 12)
    var (accepted, cold) = (0, 0.0)
    for _ in 0..<count {
      var kernel = sampler.kernel(dimension: 1, warmUp: 0)
      kernel.finishWarmUp()
      let workspace = sampler.workspace(of: kernel, dimension: 1)
      kernel.place([[generator.normal() / precisions.hot.squareRoot()]], density, workspace)
      var point = ChainPoint([generator.normal() / precisions.cold.squareRoot()], density)
      _ = kernel.step(&point, density, workspace, using: &generator)
      accepted += kernel.accepted[0]
      cold += point.position[0] * point.position[0]
    }
    return (Double(accepted) / Double(count), cold / Double(count))
  }

  private func check(_ sampler: ReplicaExchange<Still>, precisions: (cold: Double, hot: Double)) {
    let count = 40_000.0
    let (share, square) = exchanges(sampler, precisions: precisions)
    let expected = 4 / Double.pi * atan((precisions.hot / precisions.cold).squareRoot())  // (1)
    #expect(abs(share - expected) < 4 * (expected * (1 - expected) / count).squareRoot(), "\(share)")
    #expect(abs(square * precisions.cold - 1) < 4 * (2 / count).squareRoot(), "\(square)")  // (2)
  }

  @Test(arguments: [0.6, 0.25]) func neighboursExchangeAsOftenAsTheyShouldAndKeepTheirDistributions(beta: Double) {
    check(ReplicaExchange(Still(), inverseTemperatures: [1, beta]), precisions: (1, beta))
  }

  @Test(arguments: [0.6, 0.1, 0]) func withAPriorTheLikelihoodAloneIsTempered(beta: Double) {  // (3)
    let prior = LogDensity(dimension: 1) { KnownTarget.normal($0, sd: 1) }
    check(
      ReplicaExchange(Still(), inverseTemperatures: [1, beta], prior: prior), precisions: (4, 1 + 3 * beta))
  }

  @Test func replicasDownToThePriorFindBothModes() throws {
    let target = try KnownTarget.named(TargetName.mixture.rawValue)
    let prior = LogDensity(dimension: 2) { KnownTarget.normal($0, sd: 3) }
    let sampler = ReplicaExchange(NoUTurnSampler(), inverseTemperatures: [1, 0.3, 0.08, 0], prior: prior)
    let plan = SamplingPlan(chains: 4, warmUp: 500, draws: 2000, seed: 8)
    let report = try checkSampler(sampler, on: target, plan)
    #expect(report.passes, "\(report)")
    // Gradients of what is tempered are those of its values: trees of the hot replicas are as good as those of the cold one.
    let samples = try sampler.sample(target.density, plan)
    #expect(samples.transitions.joined().count(where: \.isDivergent) == 0)
    for kernel in samples.states.map(\.kernel) {
      #expect(zip(kernel.accepted, kernel.offered).allSatisfy { Double($0) > 0.3 * Double($1) })
    }
  }
}
