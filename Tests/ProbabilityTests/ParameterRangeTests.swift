//  ParameterRangeTests.swift — every parameter of every distribution out of its range: no density, and nothing that rewards going there.

import Arrays
import Foundation
import Probability
import Programs
import Testing

private let matrix: [[Double]] = [[2, 0.5], [0.5, 1]]

private func row(_ parts: any TensorConvertible...) -> Tensor { stack(parts.map(\.tensor)) }

private func chain(initial: some TensorConvertible, _ transitions: some TensorConvertible) -> Tensor {
  [0.2, 1.1, 0.4].logDensity(
    .hiddenMarkov(initial: initial, transitions: transitions, emissions: [.normal(0, 1), .normal(1, 1)]))
}

@Suite struct ParameterRangeTests {
  typealias Body = @Sendable (Tensor) -> Tensor

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let possible: Double
    let impossible: [Double]
    let body: Body
    var testDescription: String { name }

    init(_ name: String, _ possible: Double, not impossible: [Double], _ body: @escaping Body) {
      (self.name, self.possible, self.impossible, self.body) = (name, possible, impossible, body)
    }
  }

  /// By one parameter that is to be positive.
  private static func positive(_ name: String, _ y: Double, _ family: @escaping @Sendable (Tensor) -> Distribution)
    -> Case
  {
    Case(name, 1.7, not: [-0.5, -3, 0]) { [y, 2 * y].logDensity(family($0)) }
  }

  static let numbers: [Case] = [
    positive("scale of normal", 1) { .normal(0.3, $0) },
    positive("degrees of Student's t", 1) { .studentT($0, 0, 2) },
    positive("scale of Student's t", 1) { .studentT(3, 0, $0) },
    positive("scale of Cauchy", 1) { .cauchy(0.3, $0) }, positive("scale of Laplace", 1) { .laplace(0.3, $0) },
    positive("scale of logistic", 1) { .logistic(0.3, $0) }, positive("scale of Gumbel", 1) { .gumbel(0.3, $0) },
    Case("end of uniform", 3, not: [0.4, 0.5, -2]) { 0.5.logDensity(.uniform(0.5, $0)) },
    positive("shape of gamma", 1) { .gamma(shape: $0, rate: 2) },
    positive("rate of gamma", 1) { .gamma(shape: 2, rate: $0) },
    positive("shape of inverse gamma", 1) { .inverseGamma(shape: $0, scale: 2) },
    positive("scale of inverse gamma", 1) { .inverseGamma(shape: 2, scale: $0) },
    positive("rate of exponential", 1) { .exponential(rate: $0) },
    positive("scale of log-normal", 1) { .logNormal(0.3, $0) },
    positive("shape of Weibull", 1) { .weibull(shape: $0, scale: 2) },
    positive("scale of Weibull", 1) { .weibull(shape: 2, scale: $0) },
    positive("least of Pareto", 2) { .pareto(least: $0, shape: 2) },
    positive("shape of Pareto", 2) { .pareto(least: 1.5, shape: $0) },
    positive("scale of half-normal", 1) { .halfNormal($0) }, positive("scale of half-Cauchy", 1) { .halfCauchy($0) },
    positive("degrees of half-t", 1) { .halfStudentT($0, 2) },
    positive("scale of half-t", 1) { .halfStudentT(3, $0) }, positive("a of beta", 0.4) { .beta($0, 2) },
    positive("b of beta", 0.4) { .beta(2, $0) },
    Case("concentration of von Mises", 2, not: [-0.5, -30]) { 0.4.logDensity(.vonMises(1, concentration: $0)) },
    positive("scale of truncated normal", 1) { .truncated(.normal(0, $0), above: 0.5) },
    positive("scale of normal between", 1) { .truncated(.normal(0, $0), between: 0.5, 9) },
    positive("scale of normal below", 1) { .truncated(.normal(0, $0), below: 9) },
    Case("bounds of truncated normal", 2, not: [1, 0.5]) { 1.0.logDensity(.truncated(.normal(0, 1), between: 1, $0)) },
  ]

  static let counts: [Case] = [
    Case("bernoulli", 0.3, not: [1.3, -0.3]) { [1.0, 0].logDensity(.bernoulli($0)) },
    Case("probability of binomial", 0.3, not: [1.2, -0.1]) { [5.0, 2].logDensity(.binomial(5, $0)) },
    Case("trials of binomial", 4, not: [-1, -3]) { 0.0.logDensity(.binomial($0, 0.5)) },
    Case("trials of binomial by logits", 4, not: [-1, -3]) { 0.0.logDensity(.binomial($0, logits: 0.5)) },
    Case("trials of beta-binomial", 4, not: [-1, -3]) { 0.0.logDensity(.betaBinomial($0, 2, 3)) },
    Case("a of beta-binomial", 2, not: [-5, -0.5, 0]) { [0.0, 2].logDensity(.betaBinomial(5, $0, 2)) },
    Case("b of beta-binomial", 2, not: [-5, -0.5, 0]) { [5.0, 2].logDensity(.betaBinomial(5, 2, $0)) },
    Case("poisson", 2, not: [-2]) { [0.0, 1].logDensity(.poisson($0)) },
    Case("mean of negative binomial", 2, not: [-1]) { [0.0, 3].logDensity(.negativeBinomial(mean: $0, shape: 3)) },
    positive("shape of negative binomial", 1) { .negativeBinomial(mean: 2, shape: $0) },
    positive("shape of negative binomial by log mean", 1) { .negativeBinomial(logMean: 0.5, shape: $0) },
    Case("categorical", 0.3, not: [-0.2, -0.7, -3]) { [0.0, 1].logDensity(.categorical(row($0, 0.7))) },
    Case("categorical rows", 0.3, not: [-0.2]) {
      [1.0, 0].logDensity(.categorical(row(0.2, 0.8, $0, 0.7).reshaped([2, 2])))
    },
    Case("nothing of categorical", 1, not: [0]) { 0.0.logDensity(.categorical([0.2, 0.8].tensor * $0)) },
    Case("cutpoints of ordered logistic", 2, not: [0.5, -4]) {
      [0.0, 2].logDensity(.orderedLogistic(0, cutpoints: row(1.0, $0)))
    },
    Case("cutpoints of ordered probit", 2, not: [0.5, -4]) {
      [0.0, 2, 1].logDensity(.orderedProbit(0, cutpoints: row(1.0, $0)))
    },
  ]

  static let vectors: [Case] = [
    Case("factor of normal", 2, not: [-2, 0]) { q in
      [1.0, 2].logDensity(.multivariateNormal([0, 0], choleskyFactor: row(1.0, 0.0, 0.5, q).reshaped([2, 2])))
    },
    Case("dirichlet", 2, not: [-0.5, 0]) { [0.5, 0.5].logDensity(.dirichlet(row($0, 1.0))) },
    Case("multinomial", 0.3, not: [-0.2, -0.7, -3]) { [0.0, 4].logDensity(.multinomial(row($0, 0.7))) },
    Case("nothing of multinomial", 1, not: [0]) { [0.0, 2].logDensity(.multinomial([0.2, 0.8].tensor * $0)) },
    Case("dirichlet-multinomial", 2, not: [-0.5, -5, 0]) {
      [0.0, 4].logDensity(.dirichletMultinomial(row($0, 1.0)))
    },
    Case("correlation factor", 1.7, not: [-0.5, 0]) { [[1, 0], [0.6, 0.8]].logDensity(.correlationFactor($0)) },
    Case("degrees of Wishart", 2, not: [1, 0.5, -0.5, -1.5]) { matrix.logDensity(.wishart($0, scale: matrix)) },
    Case("degrees of inverse Wishart", 2, not: [1, 0.5, -0.5, -1.5]) {
      matrix.logDensity(.inverseWishart($0, scale: matrix))
    },
    Case("weight of two", 0.3, not: [-0.5, -1.5, 1.5, 2.5]) {
      0.3.logDensity(.mixture($0, .normal(0, 1), .normal(0, 2)))
    },
    Case("weights", 0.3, not: [-0.2, -0.7, -3]) {
      0.3.logDensity(.mixture(row($0, 0.7), [.normal(0, 1), .normal(0, 2)]))
    },
    Case("first states", 0.3, not: [-0.5, -5]) { chain(initial: row($0, 0.7), [[0.5, 0.5], [0.2, 0.8]]) },
    Case("transitions", 0.3, not: [-0.5, -5]) { chain(initial: [0.5, 0.5], row($0, 0.7, 0.5, 0.5).reshaped([2, 2])) },
  ]

  /// Censored values, whose probabilities are all that is known.
  static let tails: [Case] = {
    let families: [(String, @Sendable (Tensor) -> Distribution)] = [
      ("normal", { .normal(0.3, $0) }), ("Cauchy", { .cauchy(0.3, $0) }), ("Laplace", { .laplace(0.3, $0) }),
      ("logistic", { .logistic(0.3, $0) }), ("Gumbel", { .gumbel(0.3, $0) }), ("uniform", { .uniform(0, $0) }),
      ("exponential", { .exponential(rate: $0) }), ("shape of Weibull", { .weibull(shape: $0, scale: 2) }),
      ("scale of Weibull", { .weibull(shape: 2, scale: $0) }),
      ("least of Pareto", { .pareto(least: 0.5 * $0, shape: 2) }),
      ("shape of Pareto", { .pareto(least: 0.5, shape: $0) }), ("log-normal", { .logNormal(0.3, $0) }),
      ("half-normal", { .halfNormal($0) }), ("half-Cauchy", { .halfCauchy($0) }),
    ]
    return families.flatMap { name, family in
      [
        Case("\(name), below", 1.2, not: [-0.5, -3]) { 0.9.logCumulative(family($0)) },
        Case("\(name), above", 1.2, not: [-0.5, -3]) { 0.9.logSurvival(family($0)) },
      ]
    }
  }()

  private func found(_ q: Double, _ body: @escaping Body) -> (value: Double, slope: Double) {
    let found = LogDensity(dimension: 1) { body($0[0]) }.valueAndGradient.run([DenseArray([q])])
    return (found[0].elements[0], found[1].elements[0])
  }

  @Test(arguments: numbers + counts + vectors + tails)
  func outOfItsRangeAParameterHasNoDensity(test: Case) {
    let inside = found(test.possible, test.body)
    #expect(inside.value.isFinite && inside.slope.isFinite, "\(inside)")
    for q in test.impossible {
      let outside = found(q, test.body)
      #expect(outside.value == -.infinity && outside.slope.isFinite, "\(outside) at \(q)")
    }
    #expect(found(.nan, test.body).value.isNaN)
  }

  @Test func probabilitiesAreDividedByTheirSum() {
    let p = [0.2, 0.5, 0.3]
    let families: [(String, @Sendable (Tensor) -> Tensor)] = [
      ("categorical", { [0.0, 2, 2].logDensity(.categorical($0)) }),
      ("multinomial", { [3.0, 0, 5].logDensity(.multinomial($0)) }),
      ("mixture", { [0.3, 2].logDensity(.mixture($0, [.normal(0, 1), .normal(1, 2), .normal(3, 1)])) }),
    ]
    for (name, body) in families {
      let at = { (scale: Double) in
        LogDensity(dimension: 3, body).valueAndGradient.run([DenseArray(p.map { scale * $0 })])
      }
      let (one, five) = (at(1), at(5))
      #expect(abs(one[0].elements[0] - five[0].elements[0]) < 1e-13, "\(name)")
      // Nothing is gained along p, by Euler's theorem.
      let along = zip(p, one[1].elements).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(along) < 1e-13 && one[1].elements.contains { abs($0) > 0.1 }, "\(name)")
    }
    // 8!/(3! 5!) 0.2³ 0.3⁵ of probabilities that add up to one.
    let value = log(56 * pow(0.2, 3) * pow(0.3, 5))
    #expect(abs(evaluate([]) { _ in families[1].1(p.tensor) }[0] - value) < 1e-13)
  }
}
