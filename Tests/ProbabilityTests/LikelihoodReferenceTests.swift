import Arrays
import Probability
import Programs
import Testing

@Suite struct LikelihoodReferenceTests {
  /// log p(x | f) with one output f for all x.
  private func densities(_ likelihood: Likelihood, output: [Double], at x: [Double]) -> [Double] {
    let outputs = DenseArray(rows: x.map { _ in output })
    return evaluate([outputs, DenseArray(x)]) { likelihood.logDensity(outputs: $0[0], targets: $0[1]) }
  }

  @Test func gaussianAgreesWithTheReference() throws {
    let file = try ReferenceDistribution.named("normal")
    let likelihood = Likelihood.gaussian(noise: .fixed(try file.number("scale")))
    #expect(
      relativeDifference(densities(likelihood, output: [try file.number("loc")], at: file.x), file.logDensities) < 1e-9)
  }

  @Test func studentTAgreesWithTheReference() throws {
    let file = try ReferenceDistribution.named("student_t")
    let likelihood = Likelihood.studentT(
      degreesOfFreedom: try file.number("df"), scale: .fixed(try file.number("scale")))
    #expect(
      relativeDifference(densities(likelihood, output: [try file.number("loc")], at: file.x), file.logDensities) < 1e-9)
  }

  @Test func bernoulliAgreesWithTheReference() throws {
    let file = try ReferenceDistribution.named("bernoulli")
    let p = try file.number("p")
    #expect(
      relativeDifference(densities(.bernoulli, output: [logOf(p / (1 - p))], at: file.x), file.logDensities) < 1e-9)
  }

  @Test func poissonAgreesWithTheReference() throws {
    let file = try ReferenceDistribution.named("poisson")
    let output = logOf(try file.number("rate"))
    #expect(relativeDifference(densities(.poisson, output: [output], at: file.x), file.logDensities) < 1e-9)
  }

  @Test func categoricalAgreesWithTheReference() throws {
    let file = try ReferenceDistribution.named("categorical")
    let logits = try file.list("logits")
    let values = densities(.categorical(classes: logits.count), output: logits, at: file.x)
    #expect(relativeDifference(values, file.logDensities) < 1e-9)
  }

  /// The same densities, with the scale reached through the other noise models.
  @Test func noiseModelsGiveTheSameDensityForTheSameScale() throws {
    let file = try ReferenceDistribution.named("normal")
    let (location, scale) = (try file.number("loc"), try file.number("scale"))
    let outputs = DenseArray(rows: file.x.map { _ in [location] })
    let learned = evaluate([outputs, DenseArray(file.x), DenseArray([logOf(scale)])]) {
      Likelihood.gaussian(noise: .learned).logDensity(outputs: $0[0], targets: $0[1], logNoise: $0[2])
    }
    #expect(relativeDifference(learned, file.logDensities) < 1e-9)
    // softplus(r) + floor = scale.
    let raw = logOf(expMinusOne(scale - NoiseModel.perInputFloor))
    let perInput = densities(.gaussian(noise: .perInput), output: [location, raw], at: file.x)
    #expect(relativeDifference(perInput, file.logDensities) < 1e-9)
  }
}
