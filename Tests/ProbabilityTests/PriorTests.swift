import Arrays
import Probability
import Programs
import Testing

@Suite struct PriorTests {
  /// A non-square weight, its bias, a scale, an embedding, and a parameter of the likelihood.
  private var layout: ParameterLayout {
    var layout = ParameterLayout()
    layout.append(name: "0.dense.weight", shape: [2, 3], role: .weight, fanIn: 3, fanOut: 2)
    layout.append(name: "0.dense.bias", shape: [2], role: .bias, fanIn: 3, fanOut: 2)
    layout.append(name: "1.layerNormalization.scale", shape: [2], role: .scale)
    layout.append(name: "2.embedding.table", shape: [2, 1], role: .embedding)
    layout.append(name: Likelihood.logNoiseName, shape: [1], role: .likelihood)
    return layout
  }

  private let theta = DenseArray([0.5, -1, 2, 0.25, -0.75, 1.5, 3, -2, 1.25, 0.5, -0.3, 0.7, 9])

  private func logDensity(_ prior: Prior) -> Double {
    evaluate([theta]) { prior.logDensity($0[0], layout: layout) }[0]
  }

  private func normal(_ x: Double, mean: Double = 0, _ scale: Double) -> Double {
    let z = (x - mean) / scale
    return -0.5 * z * z - logOf(scale) - 0.5 * logOf(2 * Double.pi)
  }

  @Test func normalPriorIsTheSumOverTheNetworksParameters() {
    let expected = theta.elements.dropLast().reduce(0.0) { $0 + normal($1, 1.7) }
    #expect(relativeDifference([logDensity(.normal(scale: 1.7))], [expected]) < 1e-13)
  }

  @Test func fanInPriorScalesWeightsByTheirFanIn() {
    var expected = 0.0
    for (index, x) in theta.elements.dropLast().enumerated() {
      switch index {
      case ..<6: expected += normal(x, 2 / 3.0.squareRoot())
      case ..<8: expected += normal(x, 0.5)
      case ..<10: expected += normal(x, mean: 1, 0.5)
      default: expected += normal(x, 2)
      }
    }
    #expect(relativeDifference([logDensity(.fanIn(gain: 2, biasScale: 0.5))], [expected]) < 1e-13)
  }

  @Test func theLongestNameThatFitsDecides() {
    let prior = Prior.bySlice(["0": .normal(scale: 2), "0.dense.bias": .flat], default: .laplace(scale: 0.5))
    var expected = 0.0
    for (index, x) in theta.elements.dropLast().enumerated() {
      switch index {
      case ..<6: expected += normal(x, 2)
      case ..<8: break
      default: expected -= abs(x) / 0.5 + logOf(1)
      }
    }
    #expect(relativeDifference([logDensity(prior)], [expected]) < 1e-13)
  }

  @Test func sparsePriorsAgreeWithTheReference() throws {
    let mixture = try ReferenceDistribution.named("scale_mixture_two_normals")
    let horseshoe = try ReferenceDistribution.named("horseshoe")
    let cases: [(Prior, ReferenceDistribution)] = [
      (
        .scaleMixture(
          weight: try mixture.number("weight1"), wide: try mixture.number("sigma1"),
          narrow: try mixture.number("sigma2")), mixture
      ), (.horseshoe(scale: try horseshoe.number("tau")), horseshoe),
    ]
    for (prior, reference) in cases {
      for (x, expected) in zip(reference.x, reference.logDensities) {
        var layout = ParameterLayout()
        layout.append(name: "a", shape: [1], role: .weight)
        let density = evaluate([DenseArray([x])]) { prior.logDensity($0[0], layout: layout) }[0]
        #expect(abs(density - expected) < 1e-11 * max(1, abs(expected)), "\(prior) at \(x)")
      }
    }
  }

  @Test func theHorseshoeIsSmoothWhereItsTwoFormsMeet() {
    var layout = ParameterLayout()
    layout.append(name: "a", shape: [3], role: .weight)
    // z = θ² / 2 = 2 at θ = 2.
    let points = DenseArray([2 - 1e-7, 2, 2 + 1e-7])
    let slopes = evaluate([points]) {
      gradient(of: Prior.horseshoe(scale: 1).logDensity($0[0], layout: layout), withRespectTo: $0[0])
    }
    #expect(abs(slopes[0] - slopes[2]) < 1e-6 && abs(slopes[0] - slopes[1]) < 1e-6, "\(slopes)")
    #expect(slopes.allSatisfy { $0 < -0.5 && $0 > -2 }, "\(slopes)")
  }

  @Test func flatPriorIsZero() { #expect(logDensity(.flat) == 0) }

  /// One parameter a density: the marginals of the golden values, which are located at `loc`.
  @Test(arguments: ["normal", "laplace", "student_t"]) func marginalsAgreeWithTheReference(_ name: String) throws {
    let file = try ReferenceDistribution.named(name)
    let (location, scale) = (try file.number("loc"), try file.number("scale"))
    let prior: Prior =
      switch name {
      case "normal": .normal(scale: scale)
      case "laplace": .laplace(scale: scale)
      default: .studentT(degreesOfFreedom: try file.number("df"), scale: scale)
      }
    var layout = ParameterLayout()
    layout.append(name: "x", shape: [1], role: .weight)
    for (x, expected) in zip(file.x, file.logDensities) {
      let value = evaluate([DenseArray([x - location])]) { prior.logDensity($0[0], layout: layout) }
      #expect(relativeDifference(value, [expected]) < 1e-9)
    }
  }

  /// Neighbouring slices of one distribution are one sum of squares over θ: no instruction holds an array of scales.
  @Test func isotropicPriorReadsTheVectorOnce() {
    var layout = ParameterLayout()
    layout.append(name: "weight", shape: [300, 20], role: .weight)
    layout.append(name: "bias", shape: [300], role: .bias)
    let program = Program(inputs: [[6300]]) { [Prior.normal(scale: 2).logDensity($0[0], layout: layout)] }
    let sums = program.instructions.filter { if case .reduce = $0.primitive { true } else { false } }
    #expect(sums.count == 1)
    #expect(!program.instructions.contains { if case .slice = $0.primitive { true } else { false } })
  }

  @Test func aPriorForANameThatDoesNotExistTraps() async {
    await #expect(processExitsWith: .failure) {
      var layout = ParameterLayout()
      layout.append(name: "0.dense.weight", shape: [1], role: .weight)
      let prior = Prior.bySlice(["0.dense.wait": .flat], default: .flat)
      _ = prior.logDensity(.constant(0, shape: [1]), layout: layout)
    }
  }
}
