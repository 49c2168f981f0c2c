//  DistributionSupportTests.swift — densities at the ends of their supports and beyond, probabilities of tails, and observations that
//  cannot be.

import Arrays
import Foundation
import Probability
import Programs
import Testing

@Suite struct DistributionSupportTests {
  /// Value and derivatives at a point.
  private func slope(at point: [Double], _ body: @escaping @Sendable (Tensor) -> Tensor) -> (
    value: Double, gradient: [Double]
  ) {
    let found = LogDensity(dimension: point.count, body).valueAndGradient.run([DenseArray(point)])
    return (found[0].elements[0], found[1].elements)
  }

  @Test func outsideOfItsSupportADensityIsNothing() {
    let outside: [(Distribution, Double)] = [
      (.gamma(shape: 2, rate: 1), -1), (.inverseGamma(shape: 2, scale: 1), 0), (.exponential(rate: 1), -0.1),
      (.logNormal(0, 1), -1), (.weibull(shape: 2, scale: 1), -1), (.pareto(least: 1, shape: 2), 0.9),
      (.halfNormal(1), -1), (.halfCauchy(1), -1), (.halfStudentT(3, 1), -1), (.beta(2, 2), 1.5), (.uniform(0, 1), 2),
    ]
    for (distribution, x) in outside {
      let program = Program(inputs: [.scalar]) { [distribution.logDensity($0[0])] }
      #expect(program.run([DenseArray([x], shape: .scalar)])[0].elements[0] == -.infinity)
    }
  }

  @Test func aPartWithoutDensityLeavesTheOtherPartsOfAMixtureAlone() {
    // At 2 the uniform part on (0, 1.5) has nothing, in either order and of several parts.
    let parts: [@Sendable (Tensor) -> Distribution] = [
      { .mixture(0.5, .uniform(0, $0), .normal($0 - 0.5, 1)) },
      { .mixture(0.5, .normal($0 - 0.5, 1), .uniform(0, $0)) },
      { .mixture([0.5, 0.5], [.uniform(0, $0), .normal($0 - 0.5, 1)]) },
    ]
    let expected = log(0.5) - 0.5 - 0.5 * log(2 * Double.pi)
    for (index, part) in parts.enumerated() {
      let found = slope(at: [1.5]) { Tensor(2).logDensity(part($0[0])) }
      #expect(abs(found.value - expected) < 1e-14 && abs(found.gradient[0] - 1) < 1e-14, "order \(index): \(found)")
    }
    // Gamma has no density at 0 either, and log 0 in its derivatives.
    let zero = slope(at: [0.4]) { q in
      Tensor(0).logDensity(.mixture(q[0], .normal(0, 1), .gamma(shape: q[0] + 1, rate: 1)))
    }
    #expect(abs(zero.value - log(0.4) + 0.5 * log(2 * Double.pi)) < 1e-14 && abs(zero.gradient[0] - 2.5) < 1e-13)
    let none = slope(at: [0.4]) { q in Tensor(-1).logDensity(.mixture(q[0], .uniform(0, 1), .exponential(rate: 1))) }
    #expect(none.value == -.infinity)
  }

  @Test func certaintyHasAValueAndADerivative() {
    // y, the density as a function of q, its value and its derivative at 0 or 1.
    let cases: [(Double, @Sendable (Tensor) -> Tensor, value: Double, gradient: Double)] = [
      (1, { Tensor(1).logDensity(.bernoulli($0)) }, 0, 1), (0, { Tensor(0).logDensity(.bernoulli($0)) }, 0, -1),
      (1, { Tensor(5).logDensity(.binomial(5, $0)) }, 0, 5), (0, { Tensor(0).logDensity(.binomial(5, $0)) }, 0, -5),
      (0, { Tensor(0).logDensity(.poisson($0)) }, 0, -1),
      (0, { Tensor(0).logDensity(.negativeBinomial(mean: $0, shape: 2)) }, 0, -1),
      (40, { Tensor(1).logDensity(.bernoulli(sigmoid($0))) }, 0, 0),
      (-40, { Tensor(1).logDensity(.bernoulli(probit: $0)) }, -804.608442013754, 40.024968847207264),
      (1, { Tensor(2).logDensity(.mixture($0, .normal(2, 1), .normal(0, 1))) }, -0.5 * log(2 * Double.pi), 1),
    ]
    for (index, (q, density, value, gradient)) in cases.enumerated() {
      let found = slope(at: [q]) { density($0[0]) }
      #expect(abs(found.value - value) < 1e-10, "case \(index): \(found.value)")
      #expect(abs(found.gradient[0] - gradient) < 1e-9, "case \(index): \(found.gradient[0])")
    }
    let corner = slope(at: [1]) { [0, 0.4, 0.6].logDensity(.dirichlet(stack([$0[0], .constant(1), .constant(1)]))) }
    #expect(abs(corner.value - log(2)) < 1e-14)
  }

  @Test func outsideOfTheSimplexThereIsNoDensity() {
    func found(_ x: [Double]) -> (value: Double, gradient: [Double]) {
      slope(at: x) { $0.logDensity(.dirichlet([1.5, 2, 3.0])) }
    }
    for x in [[0.2, 0.3, 0.9], [-0.2, 0.5, 0.7], [0.1, 0.1, 0.1]] {
      #expect(found(x).value == -.infinity && found(x).gradient.allSatisfy(\.isFinite), "\(x): \(found(x))")
    }
    // Rounded to three digits.
    #expect(found([0.333, 0.333, 0.333]).value.isFinite)
    // The support of a gamma distribution is open, whatever its shape.
    for shape in [0.5, 1, 2] {
      #expect(slope(at: [0]) { $0.logDensity(.gamma(shape: shape, rate: 1)) }.value == -.infinity)
    }
  }

  @Test func tailsAreTheIntegralsOfTheirDensities() {
    let cases: [(String, Distribution, [Double])] = [
      ("normal", .normal(0.5, 1.3), [-2, 0.3, 4]), ("logistic", .logistic(-1, 0.7), [-3, -1, 2]),
      ("gumbel", .gumbel(1, 2), [-3, 1, 8]), ("uniform", .uniform(-1, 2), [-0.5, 1.9]),
      ("exponential", .exponential(rate: 2), [0.1, 3]), ("weibull", .weibull(shape: 1.5, scale: 2), [0.1, 5]),
      ("log-normal", .logNormal(0.2, 0.6), [0.3, 4]), ("half-normal", .halfNormal(1.5), [0.2, 4]),
      ("cauchy", .cauchy(0.5, 1.3), [-40, -2, -0.3, 0.5, 1.2, 4, 300]),
      ("laplace", .laplace(-1, 0.7), [-9, -1.5, 0.3, 7]),
      ("pareto", .pareto(least: 2, shape: 1.5), [2.1, 30]), ("half-Cauchy", .halfCauchy(1.5), [0.2, 1.4, 1.6, 400]),
    ]
    for (name, distribution, points) in cases {
      for point in points {
        let below = slope(at: [point]) { exp($0.logCumulative(distribution)) }
        let above = slope(at: [point]) { exp($0.logSurvival(distribution)) }
        let density = slope(at: [point]) { exp($0.logDensity(distribution)) }.value
        #expect(abs(below.value + above.value - 1) < 1e-14, "\(name) at \(point)")
        #expect(abs(below.gradient[0] - density) < 1e-12 * max(density, 1e-3), "\(name) at \(point)")
        #expect(abs(above.gradient[0] + density) < 1e-12 * max(density, 1e-3), "\(name) at \(point)")
      }
    }
    for positive in [
      Distribution.exponential(rate: 2), .weibull(shape: 2, scale: 1), .logNormal(0, 1), .halfNormal(1), .halfCauchy(1),
      .pareto(least: 1, shape: 2),
    ] {
      #expect(slope(at: [-1]) { $0.logCumulative(positive) }.value == -.infinity)
      #expect(slope(at: [-1]) { $0.logSurvival(positive) }.value == 0)
    }
  }

  @Test func farTailsKeepTheirDigits() {
    // 1 − F ≈ 1/(π z) at 10¹², and e⁻⁸⁰⁰/2; F there is one less that much.
    let far = slope(at: [1e12]) { $0.logSurvival(.cauchy(0, 1)) }
    #expect(abs(far.value + log(Double.pi * 1e12)) < 1e-14 * 30 && abs(far.gradient[0] * 1e12 + 1) < 1e-12)
    #expect(abs(slope(at: [1e12]) { $0.logCumulative(.cauchy(0, 1)) }.value * Double.pi * 1e12 + 1) < 1e-12)
    #expect(slope(at: [800]) { $0.logSurvival(.laplace(0, 1)) }.value == -800 - log(2.0))
    #expect(abs(slope(at: [30]) { $0.logCumulative(.laplace(0, 1)) }.value / (-0.5 * exp(-30)) - 1) < 1e-12)
  }

  @Test func theArcTangentIsThatOfTheStandardLibrary() {
    for x in [-1e200, -30, -1.000001, -1, -0.7, -1e-9, 0, 1e-300, 0.2, 0.999, 1, 1.5, 1e8, .infinity] {
      let found = slope(at: [x]) { atan($0[0]) }
      #expect(abs(found.value - Foundation.atan(x)) <= 4e-16 * abs(Foundation.atan(x)), "at \(x)")
      #expect(abs(found.gradient[0] * (1 + x * x) - 1) < 1e-14 || x * x == .infinity, "at \(x)")
    }
  }

  @Test func aValueThatParametersWouldRepeatEndsTheProgram() async {
    let (y, column) = ([1.0, 2, 3], Tensor([1.0, 2, 3]).reshaped([3, 1]))
    await #expect(processExitsWith: .failure) {
      _ = [1.0, 2, 3].logDensity(.normal(Tensor([1.0, 2, 3]).reshaped([3, 1]), 1))
    }
    await #expect(processExitsWith: .failure) { _ = Tensor.constant(1).logDensity(.normal([0, 1.0], 1)) }
    await #expect(processExitsWith: .failure) { _ = Tensor.constant(1).logSurvival(.normal([0, 1.0], 1)) }
    // A vector of as many elements as there are means for it.
    await #expect(processExitsWith: .failure) {
      let factor = Tensor([1.0, 0, 0, 1]).reshaped([2, 2])
      _ = [1.0, 2].logDensity(.multivariateNormal(Tensor([1.0, 2, 3, 4]).reshaped([2, 2]), choleskyFactor: factor))
    }
    // Each value once: with a column of values, with one axis more, and where repetition is asked for.
    let found = evaluate([]) { _ in
      stack(
        [
          y.tensor.reshaped([3, 1]).logDensity(.normal(column, 1)),
          y.logDensity(.normal(y.tensor.reshaped([1, 3]), 1)),
          y.logDensities(.normal(column, 1)).sum(),
        ], axis: 0)
    }
    let constant = -0.5 * log(2 * Double.pi)
    let expected = [3 * constant, 3 * constant, 9 * constant - 6]
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-12 }, "\(found)")
  }

  @Test func observationsThatCannotBeEndTheProgram() async {
    await #expect(processExitsWith: .failure) { _ = [1.0, 2].logDensity(.bernoulli(logits: 0.3)) }
    await #expect(processExitsWith: .failure) { _ = [1.5].logDensity(.poisson(2)) }
    await #expect(processExitsWith: .failure) { _ = [1.0, 2, 3].logDensity(.categorical([0.2, 0.5, 0.3])) }
    await #expect(processExitsWith: .failure) { _ = Tensor([1.0, 2]).gatherRows(at: Tensor([2.0])) }
  }
}
