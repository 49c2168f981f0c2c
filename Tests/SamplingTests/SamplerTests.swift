//  SamplerTests.swift — the targets against their references, and the harness against samplers that are wrong. What samplers are held to
//  which targets is in `SamplerTable`.

import Arrays
import Evaluation
import Foundation
import Probability
import Programs
import Sampling
import Testing

@Suite struct KnownTargetTests {
  @Test(arguments: KnownTarget.names) func densityAndGradientAgreeWithTheReference(name: String) throws {
    let reference = try TargetReference.named(name)
    let density = try KnownTarget.named(name).density
    #expect(density.dimension == reference.dim)
    for (index, point) in reference.points.enumerated() {
      let found = density.valueAndGradient.run([DenseArray(point)])
      let expected = reference.logDensity[index]
      #expect(abs(found[0].elements[0] - expected) <= 1e-11 * abs(expected))
      let scale = reference.gradient[index].reduce(0) { max($0, abs($1)) }
      #expect(zip(found[1].elements, reference.gradient[index]).allSatisfy { abs($0 - $1) <= 1e-11 * scale })
    }
  }

  @Test func theModeOfTheReferenceIsOne() throws {
    let reference = try TargetReference.named("logistic_regression")
    let (mode, expected) = (try #require(reference.map), try #require(reference.mapLogDensity))
    // The mode is known to 1e-8, and no curvature is above 8.
    let found = try KnownTarget.named("logistic_regression").density.valueAndGradient.run([DenseArray(mode)])
    #expect(abs(found[0].elements[0] - expected) <= 1e-11 * abs(expected))
    #expect(found[1].elements.allSatisfy { abs($0) < 1e-7 }, "\(found[1].elements)")
  }

  @Test func theDensityOfANormalAtItsMeanIsThatOfItsDeterminant() throws {
    let reference = try TargetReference.named("correlated_gaussian")
    let logDeterminant = try #require(reference.exact?.logDetCov)
    let mean = DenseArray(try #require(reference.data.mean))
    let found = try KnownTarget.named("correlated_gaussian").density.valueAndGradient.run([mean])[0].elements[0]
    #expect(abs(found + 0.5 * logDeterminant + 25 * log(2 * .pi)) < 1e-11 * abs(found))
  }

  @Test func drawsAndQuadratureAgreeOnEightSchools() throws {
    let reference = try TargetReference.named("eight_schools_noncentred")
    let (exact, draws) = (try #require(reference.exact), try #require(reference.reference))
    let (meanErrors, scaleErrors) = (try #require(draws.mcseMean), try #require(draws.mcseSd))
    for index in exact.mean.indices {
      #expect(abs(draws.mean[index] - exact.mean[index]) < 5 * meanErrors[index])
      #expect(abs(draws.sd[index] - exact.sd[index]) < 5 * scaleErrors[index])
    }
    let quantiles = try #require(exact.tauQuantiles)
    let (found, errors) = (try #require(draws.quantiles?[1]), try #require(draws.mcseQuantiles?[1]))
    #expect(quantiles.levels == draws.quantileLevels && quantiles.values.count == 5)
    for index in found.indices { #expect(abs(found[index] - quantiles.values[index]) < 5 * errors[index]) }
  }

  @Test func everyReferenceHasItsQuantilesInTheTable() throws {
    let counts = try TargetName.allCases.map { name in
      try KnownTarget.named(name.rawValue).quantities.reduce(0) { $0 + $1.quantiles.count }
    }
    // Ten of schools, four of the regression, two of the banana, five places and the density of the network, three of the funnel, two of
    // the mixture; none are known of the normal distribution but its moments.
    #expect(counts == [50, 20, 10, 0, 30, 15, 10])
  }
}

@Suite struct HarnessTests {
  private static let target = KnownTarget(
    density: LogDensity(dimension: 1) { KnownTarget.normal($0, mean: 1, sd: 2) },
    quantities: [.init(name: "x", value: { $0[0] }, mean: 1, standardDeviation: 2)])

  @Test(arguments: WrongMetropolis.Fault.allCases) func wrongAcceptanceRulesAreSeen(fault: WrongMetropolis.Fault) throws
  {
    let plan = SamplingPlan(chains: 4, warmUp: 200, draws: 20_000, seed: 3)
    let report = try checkSampler(WrongMetropolis(fault: fault, scale: 3), on: Self.target, plan, leastEffective: 50)
    #expect(report.passes == (fault == .none), "\(report)")
  }

  @Test func aWrongTemperatureIsSeen() throws {
    let plan = SamplingPlan(chains: 4, warmUp: 300, draws: 2000, seed: 4)
    let tempered = LogDensity(dimension: 1) { Self.target.density($0) * 0.85 }
    #expect(try !checkSampler(NoUTurnSampler(), on: Self.target, plan, density: tempered).passes)
    #expect(try checkSampler(NoUTurnSampler(), on: Self.target, plan).passes)
  }

  @Test func aTailThatIsTooHeavyIsSeenByItsQuantilesWhereMomentsAreRight() throws {
    // Student's t with 4 degrees of freedom and a variance of 1 in the place of a normal distribution.
    let exact = zip(
      [0.05, 0.25, 0.5, 0.75, 0.95],
      [-1.6448536269514722, -0.6744897501960817, 0, 0.6744897501960817, 1.6448536269514722])
    let quantity = KnownTarget.Quantity(
      name: "x", value: { $0[0] }, mean: 0, standardDeviation: nil,
      quantiles: exact.map { KnownTarget.Quantile(level: $0, value: $1) })
    let right = LogDensity(dimension: 1) { KnownTarget.normal($0, sd: 1) }
    let heavy = LogDensity(dimension: 1) { (log1p($0.squared * 0.5) * -2.5).sum() }
    let target = KnownTarget(density: right, quantities: [quantity])
    let plan = SamplingPlan(chains: 4, warmUp: 300, draws: 3000, seed: 5)
    #expect(try checkSampler(NoUTurnSampler(), on: target, plan).passes)
    let report = try checkSampler(NoUTurnSampler(), on: target, plan, density: heavy)
    #expect(!report.passes && report.failures.allSatisfy { $0.contains("quantile") }, "\(report)")
  }

  @Test func aMissingJacobianIsSeen() throws {
    let plan = SamplingPlan(chains: 4, warmUp: 500, draws: 1000, seed: 5)
    let reference = try TargetReference.named("eight_schools_noncentred")
    let wrong = try KnownTarget.eightSchools(reference, withJacobian: false)
    #expect(try !checkSampler(NoUTurnSampler(), on: wrong, plan, leastEffective: 50).passes)
  }
}

@Suite struct ComposedSamplerTargetTests {
  @Test func replicasExchangePlacesInTurn() throws {
    let target = try KnownTarget.named("gaussian_mixture_2d")
    let sampler = ReplicaExchange(NoUTurnSampler(), replicas: 4, least: 0.1)
    let samples = try sampler.sample(target.density, SamplingPlan(chains: 2, warmUp: 200, draws: 400, seed: 1))
    for state in samples.states {
      #expect(state.kernel.offered == [200, 200, 200])
      #expect(state.kernel.accepted.allSatisfy { $0 > 20 && $0 < 200 })
    }
  }

  @Test func gibbsSamplerWithAConditionalAndAMetropolisBlock() throws {
    // A bivariate normal with correlation 0.6, and a third coordinate x₂ | x₀ ~ N(x₀, 1).
    let rho = 0.6
    let density = LogDensity(dimension: 3) { x in
      let (a, b, c) = (x.slice(axis: 0, 0..<1), x.slice(axis: 0, 1..<2), x.slice(axis: 0, 2..<3))
      return KnownTarget.normal(a, sd: 1)
        + KnownTarget.normal(b, a * rho, sd: .constant((1 - rho * rho).squareRoot()))
        + KnownTarget.normal(c, a, sd: .constant(1))
    }
    let target = KnownTarget(
      density: density,
      quantities: [
        .init(name: "a", value: { $0[0] }, mean: 0, standardDeviation: 1),
        .init(name: "b", value: { $0[1] }, mean: 0, standardDeviation: 1),
        .init(name: "c", value: { $0[2] }, mean: 0, standardDeviation: 2.0.squareRoot()),
        .init(name: "ab", value: { $0[0] * $0[1] }, mean: rho, standardDeviation: (1 + rho * rho).squareRoot()),
      ])
    let sampler = GibbsSampler([
      .conditional { x, generator in x[1] = rho * x[0] + (1 - rho * rho).squareRoot() * generator.normal() },
      .conditional { x, generator in x[2] = x[0] + generator.normal() },
      .metropolis(0..<1),
    ])
    let plan = SamplingPlan(chains: 4, warmUp: 500, draws: 10_000, seed: 33)
    let report = try checkSampler(sampler, on: target, plan)
    #expect(report.passes, "\(report)")
  }
}
