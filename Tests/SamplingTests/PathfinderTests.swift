//  PathfinderTests.swift — the approximation on the way to a mode, and chains that begin there.

import Arrays
import Evaluation
import Foundation
import Probability
import Programs
import Sampling
import Testing

@Suite struct PathfinderTests {
  @Test func aGaussianIsFoundExactlyOnceTheHistoryHoldsItsDirections() throws {
    // Precision tridiagonal, so that the covariance is dense; mean 1, 2, 3, 4.
    let density = DensityFunction(
      CompiledDensity(
        LogDensity(dimension: 4) { x in
          let d = x - .constant(DenseArray([1.0, 2, 3, 4]))
          let (a, b) = (d.slice(axis: 0, 0..<3), d.slice(axis: 0, 1..<4))
          return d.squared.sum() * -1.0 + (a * b).sum() * 0.9
        }))
    var generator = Philox(seed: 1)
    let found = try #require(
      Pathfinder(history: 10, trials: 200).approximation(of: density, from: [9, -4, 0, 2], using: &generator))
    #expect(zip(found.mean, [1.0, 2, 3, 4]).allSatisfy { abs($0 - $1) < 0.05 }, "\(found.mean)")
    // Σ⁻¹ = tridiagonal(2, −0.9): its determinant by the recursion of tridiagonal matrices.
    let determinants = (0..<4).reduce([1.0, 0]) { d, _ in [2 * d[0] - 0.81 * d[1], d[0]] }
    let evidence = 2 * log(2 * Double.pi) - 0.5 * log(determinants[0])
    // Below the evidence by the divergence of q from p, which vanishes for the exact approximation.
    #expect(evidence - found.evidenceLowerBound < 0.1 && evidence - found.evidenceLowerBound > -0.05)
    let importance = found.importance(of: density, draws: 2000, using: &generator)
    #expect(importance.shape < 0.5, "\(importance.shape)")
    #expect(abs(importance.logSum - log(2000) - evidence) < 0.05)
  }

  @Test(arguments: ["logistic_regression", "correlated_gaussian"])
  func drawsLieWhereTheMassIs(name: String) throws {
    let target = try KnownTarget.named(name)
    let density = DensityFunction(CompiledDensity(target.density))
    for seed in 0..<5 as Range<UInt64> {
      var generator = Philox(seed: seed)
      let start = (0..<target.density.dimension).map { _ in 4 * generator.uniform() - 2 }
      let found = try #require(Pathfinder().approximation(of: density, from: start, using: &generator))
      for quantity in target.quantities {
        let draws = (0..<50).map { _ in quantity.value(found.draw(using: &generator).position) }
        let mean = draws.reduce(0, +) / 50
        #expect(abs(mean - quantity.mean) < 1.5 * quantity.standardDeviation, "\(quantity.name): \(mean)")
      }
    }
  }

  @Test func chainsThatBeginThereNeedNoLongWarmUp() throws {
    let target = try KnownTarget.named("logistic_regression")
    let plan = SamplingPlan(chains: 4, warmUp: 150, draws: 1500, seed: 2)
    let report = try checkSampler(NoUTurnSampler(), on: target, plan, from: .pathfinder())
    #expect(report.passes, "\(report)")
    let far = DensityFunction(CompiledDensity(target.density))
    let none = SamplingPlan(chains: 4, warmUp: 0, draws: 1, seed: 2)
    func start(_ points: StartingPoints) throws -> Double {
      let sampler = NoUTurnSampler(stepSize: .fixed(1e-9), greatestDepth: 1)
      let draws = try sampler.sample(target.density, none, from: points).draws.elements
      return (0..<4).reduce(0) { $0 + ChainPoint(Array(draws[$1 * 4..<$1 * 4 + 4]), far).logDensity } / 4
    }
    #expect(try start(.pathfinder()) > start(.uniform()) + 10)
  }

  @Test func aDensityThatIsNowhereFiniteHasNoApproximation() {
    let nowhere = DensityFunction(dimension: 2) { _, gradient in
      gradient?[0] = 0
      gradient?[1] = 0
      return .nan
    }
    var generator = Philox(seed: 1)
    #expect(Pathfinder().approximation(of: nowhere, from: [0, 0], using: &generator) == nil)
  }
}
