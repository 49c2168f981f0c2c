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
        let (truth, deviation) = (try #require(quantity.mean), try #require(quantity.standardDeviation))
        #expect(abs(mean - truth) < 1.5 * deviation, "\(quantity.name): \(mean)")
      }
    }
  }

  @Test func drawsOutsideOfTheSupportHaveNoWeight() throws {
    // x of Γ(4, 1), without its support: not a number below 0, where the normal approximation has some of its draws.
    let gamma = DensityFunction(CompiledDensity(LogDensity(dimension: 1) { x in (3 * log(x) - x).sum() }))
    var generator = Philox(seed: 3)
    let found = try #require(Pathfinder().approximation(of: gamma, from: [2], using: &generator))
    let importance = found.importance(of: gamma, draws: 4000, using: &generator)
    let outside = importance.logWeights.count { $0 == -.infinity }
    #expect(outside > 40 && outside < 1000, "\(outside)")
    #expect(importance.shape.isFinite && !importance.logWeights.contains(where: \.isNaN))
    // Γ(4) = 6.
    #expect(abs(importance.logSum - log(4000) - log(6)) < 0.1, "\(importance.logSum)")
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

  @Test func severalPathsWeighedByImportanceKnowTheTailOfAScale() throws {
    let target = try KnownTarget.named("eight_schools_noncentred")
    let tau = target.quantities[1]
    let truth = try #require(tau.mean)
    for seed in 1...3 as ClosedRange<UInt64> {
      let found = try MultiPathfinder(paths: 8, draws: 500).approximation(of: target.density, seed: seed)
      var generator = Philox(seed: seed)
      let draws = found.draws(2000, using: &generator)
      func mean(_ points: [[Double]]) -> Double {
        points.reduce(0) { $0 + min(tau.value($1), 100) } / Double(points.count)
      }
      let weighed = abs(mean((0..<2000).map { Array(draws.elements[$0 * 10..<$0 * 10 + 10]) }) - truth)
      // No normal distribution has the tails of log τ, and the shape of the weights says so.
      #expect(found.paths.count == 8 && found.importance.shape > 0.5)
      #expect(weighed < 0.5 * truth && weighed < 0.5 * abs(mean(found.positions) - truth), "\(weighed)")
      let starts = found.starts(8, using: &generator)
      #expect(Set(starts).count == 8 && starts.allSatisfy { $0.count == 10 && tau.value($0) < 25 })
    }
  }

  @Test func bothModesAreFoundByPathsFromManyPlaces() throws {
    let target = try KnownTarget.named("gaussian_mixture_2d")
    let found = try MultiPathfinder(paths: 12).approximation(of: target.density, seed: 4, radius: 6)
    var generator = Philox(seed: 4)
    let draws = found.draws(4000, using: &generator)
    for (axis, quantity) in target.quantities.prefix(2).enumerated() {
      let (mean, deviation) = (try #require(quantity.mean), try #require(quantity.standardDeviation))
      let values = (0..<4000).map { draws.elements[2 * $0 + axis] }
      #expect(abs(values.reduce(0, +) / 4000 - mean) < 2 * deviation)
      let modes = Set(values.map { $0 > mean })
      #expect(modes.count == 2)
    }
    let plan = SamplingPlan(chains: 4, warmUp: 100, draws: 10, seed: 5)
    let starts = StartingPoints.pathfinders(radius: 6)
    let first = try NoUTurnSampler().sample(target.density, plan, from: starts)
    #expect(try NoUTurnSampler().sample(target.density, plan, from: starts).draws == first.draws)
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
