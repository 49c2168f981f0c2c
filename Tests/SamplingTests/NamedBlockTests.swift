//  NamedBlockTests.swift — coordinates of a parameter by its name, as samplers of parts of a point take them.

import Arrays
import Probability
import Programs
import Sampling
import Testing

@Suite struct NamedBlockTests {
  private static let space = ParameterSpace([
    Parameter("mu"), Parameter("shares", .simplex, shape: [2, 3]), Parameter("tau", .positive),
    Parameter("theta", shape: [2, 2]),
  ])

  @Test func coordinatesFollowEachOther() {
    let found = Self.space.parameters.map { Self.space.coordinates(of: $0.name) }
    // Two rows of three shares have two coordinates each.
    #expect(found == [0..<1, 1..<5, 5..<6, 6..<10] && Self.space.dimension == 10)
  }

  @Test func aNameThatIsNoneIsASentence() async {
    await #expect(processExitsWith: .failure) { _ = Self.space.coordinates(of: "sigma") }
  }

  @Test func aCoordinateThatNoBlockMovesIsRefused() async {
    await #expect(processExitsWith: .failure) {
      let density = LogDensity(dimension: 3) { KnownTarget.normal($0, sd: 1) }
      let plan = SamplingPlan(chains: 1, warmUp: 1, draws: 1, seed: 1)
      _ = try GibbsSampler([.metropolis(0..<1), .metropolis(2..<3)]).sample(density, plan)
    }
  }

  @Test func blocksAndReferencesByNameAreThoseByCoordinates() throws {
    let density = Self.space.logDensity { p in
      KnownTarget.normal(p["mu"], sd: 2) + KnownTarget.normal(p["theta"], p["mu"], sd: p["tau"]) - p["tau"]
    }
    let plan = SamplingPlan(chains: 2, warmUp: 20, draws: 20, seed: 1)
    let names = GibbsSampler(Self.space.parameters.map { .metropolis($0.name, in: Self.space) })
    let ranges = GibbsSampler([.metropolis(0..<1), .metropolis(1..<5), .metropolis(5..<6), .metropolis(6..<10)])
    #expect(try names.sample(density, plan).draws == ranges.sample(density, plan).draws)
    let named = EllipticalSliceSampler(
      in: Self.space, normal: ["mu": (1, 2), "shares": (0, 1), "tau": (-1, 0.5), "theta": (0.3, 3)])
    let listed = EllipticalSliceSampler(
      mean: [1, 0, 0, 0, 0, -1, 0.3, 0.3, 0.3, 0.3], variances: [4, 1, 1, 1, 1, 0.25, 9, 9, 9, 9])
    #expect(named == listed)
  }
}
