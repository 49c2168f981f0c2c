//  ExchangeTests.swift — replicas that do nothing but exchange places.
//
//  Notation   x ~ N(0, 1) at β = 1     y ~ N(0, 1/β) at the hot replica
//
//  Equations  (1) an exchange is accepted with probability ∫∫ min(p(x) q(y), p(y) q(x)) = 2 P(|y| < |x|) = 4/π arctan √β
//             (2) afterwards x and y are distributed as before

import Arrays
import Foundation
import Sampling
import Testing

@Suite struct ExchangeTests {
  /// A sampler that stays where it is.
  private struct Still: Sampler {
    struct Kernel: MarkovKernel {
      mutating func step(
        _ point: inout ChainPoint, _ density: DensityFunction, _ workspace: Void, using generator: inout Philox
      ) -> Transition { Transition(acceptance: 1, stepSize: 1, energy: -point.logDensity, evaluations: 0) }
      mutating func learn(from transition: Transition, at point: ChainPoint) {}
      mutating func finishWarmUp() {}
    }
    func kernel(dimension: Int, warmUp: Int) -> Kernel { Kernel() }
    func workspace(of kernel: Kernel, dimension: Int) {}
  }

  @Test(arguments: [0.6, 0.25]) func neighboursExchangeAsOftenAsTheyShouldAndKeepTheirDistributions(beta: Double) {
    let density = DensityFunction(dimension: 1) { x, _ in -0.5 * x[0] * x[0] }
    let sampler = ReplicaExchange(Still(), inverseTemperatures: [1, beta])
    var generator = Philox(seed: 12)
    let count = 40_000
    var (accepted, cold) = (0, 0.0)
    for _ in 0..<count {
      var kernel = sampler.kernel(dimension: 1, warmUp: 0)
      kernel.finishWarmUp()
      kernel.place([[generator.normal() / beta.squareRoot()]], density)
      var point = ChainPoint([generator.normal()], density)
      _ = kernel.step(&point, density, (), using: &generator)
      accepted += kernel.accepted[0]
      cold += point.position[0] * point.position[0]
    }
    let share = Double(accepted) / Double(count)
    let expected = 4 / Double.pi * atan(beta.squareRoot())  // (1)
    #expect(abs(share - expected) < 4 * (expected * (1 - expected) / Double(count)).squareRoot(), "\(share)")
    #expect(abs(cold / Double(count) - 1) < 4 * (2 / Double(count)).squareRoot(), "\(cold / Double(count))")  // (2)
  }
}
