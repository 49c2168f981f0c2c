//  DistributionTests.swift — densities that integrate to one, have the moments that they should, and gradients of differences.

import Arrays
import Foundation
import Probability
import Programs
import Testing

@Suite struct DistributionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let distribution: Distribution
    /// Where to integrate, in the coordinate t of x = f(t).
    let range: (Double, Double)
    let change: Bijection
    let mean: Double?
    var testDescription: String { name }
  }

  static let continuous: [Case] = [
    Case(name: "normal", distribution: .normal(1.5, 0.7), range: (-10, 12), change: .real, mean: 1.5),
    Case(name: "Student's t", distribution: .studentT(4.5, 1, 0.5), range: (-4000, 4000), change: .real, mean: 1),
    Case(name: "Cauchy", distribution: .cauchy(0, 2), range: (-1, 1), change: .real, mean: nil),
    Case(name: "Laplace", distribution: .laplace(-1, 0.6), range: (-25, 25), change: .real, mean: -1),
    Case(name: "logistic", distribution: .logistic(2, 0.5), range: (-25, 30), change: .real, mean: 2),
    Case(
      name: "Gumbel", distribution: .gumbel(1, 2), range: (-20, 90), change: .real, mean: 1 + 2 * 0.5772156649015329),
    Case(name: "gamma", distribution: .gamma(shape: 2.5, rate: 3), range: (-25, 4), change: .positive, mean: 2.5 / 3),
    Case(
      name: "inverse gamma", distribution: .inverseGamma(shape: 3.5, scale: 2), range: (-4, 15), change: .positive,
      mean: 0.8),
    Case(name: "exponential", distribution: .exponential(rate: 0.4), range: (-35, 6), change: .positive, mean: 2.5),
    Case(
      name: "log-normal", distribution: .logNormal(0.3, 0.5), range: (-6, 6), change: .positive,
      mean: exp(0.3 + 0.125)),
    Case(
      name: "Weibull", distribution: .weibull(shape: 1.7, scale: 2), range: (-22, 4), change: .positive,
      mean: 2 * tgamma(1 + 1 / 1.7)),
    Case(name: "Pareto", distribution: .pareto(least: 2, shape: 3), range: (-35, 20), change: .above(2), mean: 3),
    Case(
      name: "half-normal", distribution: .halfNormal(2), range: (-35, 4), change: .positive,
      mean: 2 * (2 / Double.pi).squareRoot()),
    Case(name: "half-Cauchy", distribution: .halfCauchy(2), range: (-35, 35), change: .positive, mean: nil),
    Case(
      name: "half Student's t", distribution: .halfStudentT(3, 1.5), range: (-35, 15), change: .positive,
      mean: 2 * 1.5 * 3.0.squareRoot() / Double.pi),
    Case(name: "beta", distribution: .beta(2.5, 1.2), range: (-18, 32), change: .between(0, 1), mean: 2.5 / 3.7),
    Case(name: "uniform", distribution: .uniform(-1, 3), range: (-40, 40), change: .between(-1, 3), mean: 1),
    Case(
      name: "mixture", distribution: .mixture(0.3, .normal(-1, 0.5), .normal(2, 1)), range: (-8, 12), change: .real,
      mean: 1.1),
    Case(
      name: "three parts", distribution: .mixture([0.2, 0.5, 0.3], [.normal(-1, 0.5), .normal(2, 1), .normal(0, 2)]),
      range: (-20, 20), change: .real, mean: 0.8),
    // Means of truncated normals: (φ(a) − φ(b)) / (Φ(b) − Φ(a)), in a tail where 1 − F(3) is a thousandth.
    Case(
      name: "normal above 3", distribution: .truncated(.normal(0, 1), above: 3), range: (-35, 4), change: .above(3),
      mean: density(3) / upperTail(3)),
    Case(
      name: "normal below −40", distribution: .truncated(.normal(0, 1), below: -40), range: (-35, 4),
      change: .below(-40), mean: -40.024968847207264),
    Case(
      name: "normal from 3 to 5", distribution: .truncated(.normal(0, 1), between: 3, 5), range: (-40, 40),
      change: .between(3, 5), mean: (density(3) - density(5)) / (upperTail(3) - upperTail(5))),
    Case(
      name: "exponential from 1 to 2", distribution: .truncated(.exponential(rate: 3), between: 1, 2), range: (-40, 40),
      change: .between(1, 2), mean: 1 + 1.0 / 3 - exp(-3.0) / (1 - exp(-3))),
  ]

  private static func density(_ x: Double) -> Double { exp(-0.5 * x * x) / (2 * Double.pi).squareRoot() }
  private static func upperTail(_ x: Double) -> Double { 0.5 * erfc(x / 2.0.squareRoot()) }

  @Test(arguments: continuous) func densitiesIntegrateToOneAndHaveTheirMean(test: Case) {
    let count = 200_001
    let step = (test.range.1 - test.range.0) / Double(count - 1)
    // A Cauchy is integrated over the angle tan(πt/2): its own scale.
    let isCauchy = test.name == "Cauchy"
    let u = (0..<count).map { test.range.0 + step * Double($0) }.filter { !isCauchy || abs($0) < 0.9999 }
    let found = Program(inputs: [[u.count]]) { inputs in
      let x = isCauchy ? tangent(inputs[0] * (0.5 * Double.pi)) : elementwise(test.change, inputs[0]).0
      let logJacobian =
        isCauchy ? log(0.5 * Double.pi * (1 + x.squared)) : elementwise(test.change, inputs[0]).1
      return [exp(test.distribution.logDensities(x) + logJacobian), x]
    }.run([DenseArray(u)])
    let mass = step * found[0].elements.reduce(0, +)
    #expect(abs(mass - 1) < (isCauchy ? 2e-3 : 1e-6), "\(mass)")
    if let mean = test.mean {
      let first = step * zip(found[0].elements, found[1].elements).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(first - mean) < 2e-4 * max(1, abs(mean)), "\(first)")
    }
  }

  private func tangent(_ x: Tensor) -> Tensor { sin(x) / cos(x) }

  /// x and log |dx/du| of each element.
  private func elementwise(_ change: Bijection, _ u: Tensor) -> (Tensor, Tensor) {
    switch change {
    case .between(let a, let b): (a + (b - a) * sigmoid(u), log(b - a) - softplus(u) - softplus(-u))
    case .above(let a): (a + exp(u), u)
    case .below(let b): (b - exp(u), u)
    default: (u, 0 * u)
    }
  }

  @Test func probabilitiesOfCountsSumToOne() {
    let logits = Tensor([0.3, -1, 0.8])
    let cases: [(Distribution, Int, Double)] = [
      (.bernoulli(0.3), 2, 0.3), (.bernoulli(logits: -1), 2, 1 / (1 + exp(1))), (.binomial(7, 0.4), 8, 2.8),
      (.binomial(5, logits: 0.7), 6, 5 / (1 + exp(-0.7))), (.poisson(3.5), 60, 3.5),
      (.poisson(logMean: 1.2), 60, exp(1.2)),
      (.negativeBinomial(mean: 4, shape: 2.5), 400, 4),
      (.categorical(logits: logits), 3, (2 * exp(0.8) + exp(-1)) / (exp(0.3) + exp(-1) + exp(0.8))),
      (.bernoulli(probit: -0.4), 2, Self.upperTail(0.4)), (.bernoulli(probit: 30), 2, 1),
      (.orderedProbit(0.4, cutpoints: [-1, 0.2, 1.5]), 4, .nan), (.orderedProbit(12, cutpoints: [-1, 0.2, 1.5]), 4, 3),
      (.orderedProbit(-0.3, cutpoints: [0.6]), 2, Self.upperTail(0.9)), (.binomial(4, 1.0), 5, 4),
      (.poisson(0.0), 3, 0),
      (.binomial(4, 0.0), 5, 0), (.mixture(0.3, .poisson(0.0), .poisson(2)), 60, 1.4),
      (.mixture(1, .poisson(1), .poisson(2)), 60, 1), (.mixture([0, 1], [.poisson(1), .poisson(2)]), 60, 2),
      (.categorical([0.2, 0.5, 0.3]), 3, 1.1), (.orderedLogistic(0.4, cutpoints: [-1, 0.2, 1.5]), 4, .nan),
      (.orderedLogistic(-0.3, cutpoints: [0.6]), 2, 1 / (1 + exp(0.9))),
    ]
    for (index, (distribution, count, mean)) in cases.enumerated() {
      let values = (0..<count).map(Double.init)
      let p = Program(inputs: [[count]]) { [exp(distribution.logDensities($0[0]))] }.run([DenseArray(values)])[0]
        .elements
      #expect(abs(p.reduce(0, +) - 1) < 1e-10, "case \(index)")
      if !mean.isNaN { #expect(abs(zip(p, values).reduce(0) { $0 + $1.0 * $1.1 } - mean) < 1e-9, "case \(index)") }
    }
  }

  @Test func densitiesOfVectors() {
    func value(_ density: @escaping () -> Tensor) -> Double {
      Program(inputs: []) { _ in [density()] }.run([DenseArray<Double>]())[0].elements[0]
    }
    // Covariance (2, 0.6; 0.6, 1): determinant 1.64.
    let normal = value {
      [[0.5, -1], [2, 0.3]].logDensity(.multivariateNormal([0.1, 0.2], covariance: [[2, 0.6], [0.6, 1.0]]))
    }
    func one(_ a: Double, _ b: Double) -> Double {
      -0.5 * (a * a - 2 * 0.6 * a * b + 2 * b * b) / 1.64 - 0.5 * log(1.64) - log(2 * Double.pi)
    }
    #expect(abs(normal - one(0.4, -1.2) - one(1.9, 0.1)) < 1e-12)
    let dirichlet = value { [0.2, 0.5, 0.3].logDensity(.dirichlet([1.5, 2, 3.0])) }
    let constant: Double = lgamma(6.5) - lgamma(1.5) - lgamma(2.0) - lgamma(3.0)
    let powers: Double = 0.5 * log(0.2) + log(0.5) + 2 * log(0.3)
    #expect(abs(dirichlet - constant - powers) < 1e-12)
    // Of two variables the correlation r has density ∝ (1 − r²)^(η − 1), here on √(1 − r²): B(η, η) 2^(2η − 1).
    let eta = 2.3
    let r = 0.4
    let factor = value {
      [[1, 0], [r, (1 - r * r).squareRoot()]].logDensity(.correlationFactor(eta))
    }
    let logBeta: Double = 2 * lgamma(eta) - lgamma(2 * eta)
    let logPower: Double = (eta - 1) * log(1 - r * r)
    let expected: Double = logPower - (2 * eta - 1) * log(2.0) - logBeta
    #expect(abs(factor - expected) < 1e-12)
  }

  @Test func correlationFactorsOfThreeVariablesHaveMassOne() {
    // Over the three unconstrained coordinates, by the trapezoidal rule: density times Jacobian.
    let density = ParameterSpace([Parameter("L", .correlationFactor, shape: [3, 3])]).logDensity {
      $0["L"].logDensity(.correlationFactor(1.5))
    }
    let executor = Executor<Double>(Plan(Program(inputs: [[3]]) { [density($0[0])] }))
    var mass = 0.0
    let step = 0.25
    for i in -32...32 {
      for j in -32...32 {
        for k in -32...32 {
          let u = [step * Double(i), step * Double(j), step * Double(k)]
          mass += exp(executor.run([DenseArray(u)])[0].elements[0])
        }
      }
    }
    #expect(abs(mass * step * step * step - 1) < 1e-4, "\(mass * step * step * step)")
  }

  @Test func gradientsAreThoseOfDifferences() {
    // Each in its value and its parameters, which are positive numbers here.
    let y = [0.3, 1.7, 0.9]
    let counts = [0.0, 3, 2]
    let density = LogDensity(dimension: 4) { q in
      let (x, a, b) = (exp(q[0..<2]), exp(q[2]), exp(q[3]))
      var sum = y.logDensity(.normal(a, b)) + y.logDensity(.studentT(a, b, a)) + y.logDensity(.cauchy(a, b))
      sum += y.logDensity(.laplace(a * 0.1, b)) + y.logDensity(.logistic(a, b)) + y.logDensity(.gumbel(a, b))
      sum += x.logDensity(.gamma(shape: a, rate: b)) + x.logDensity(.inverseGamma(shape: a, scale: b))
      sum +=
        x.logDensity(.exponential(rate: a)) + x.logDensity(.logNormal(a, b))
        + x.logDensity(.weibull(shape: a, scale: b))
      sum += x.logDensity(.pareto(least: 0.01 * a, shape: b)) + x.logDensity(.halfStudentT(a, b))
      sum += (x / (1 + x)).logDensity(.beta(a, b)) + x.logDensity(.uniform(-a, 30 * b))
      sum += [1.0, 0].logDensity(.bernoulli(logits: a)) + [0.0, 1].logDensity(.bernoulli(a / (1 + a)))
      sum += [1.0, 0].logDensity(.bernoulli(probit: a)) + y.logDensity(.truncated(.normal(a, b), above: 0.1 * a))
      sum +=
        y.logSurvival(.weibull(shape: a, scale: b)) + y.logCumulative(.logNormal(a, b)) + y.logCumulative(.gumbel(a, b))
      sum += y.logDensity(.truncated(.logistic(a, b), between: -a, 9 * b)) + y.logSurvival(.uniform(-a, 9 * b))
      sum += y.logDensity(.truncated(.halfNormal(b), below: 9 * a)) + y.logSurvival(.exponential(rate: a))
      sum += counts.logDensity(.orderedProbit(a, cutpoints: stack([-b, a, a + b])))
      let matrix = (a + b) * Tensor.identity(2) + b
      sum += matrix.logDensity(.wishart(2 + a, scale: [[2, 0.5], [0.5, 1]]))
      sum += matrix.logDensity(.inverseWishart(2 + a, scale: [[2, 0.5], [0.5, 1]]))
      sum += counts.logDensity(.binomial(5, a / (1 + a))) + counts.logDensity(.binomial(5, logits: b))
      sum += counts.logDensity(.poisson(a)) + counts.logDensity(.poisson(logMean: a))
      sum += counts.logDensity(.negativeBinomial(mean: a, shape: b))
      sum += counts.logDensity(.negativeBinomial(logMean: a, shape: b)) + counts.logDensity(.betaBinomial(5, a, b))
      sum += [2.0, 3].logDensity(.multinomial(logits: x)) + [2.0, 3].logDensity(.multinomial(x / x.sum()))
      sum += [2.0, 3].logDensity(.dirichletMultinomial(x)) + y.logDensity(.vonMises(a, concentration: b))
      sum +=
        [1.0, 0].logDensity(.categorical(logits: x)) + [1.0, 0, 0].logDensity(.categorical(x / x.sum()))
        + counts.logDensity(.orderedLogistic(a, cutpoints: stack([-b, a, a + b])))
      sum += x.logDensity(.multivariateNormal(a, covariance: (a + b) * .identity(2) + b))
      sum += (x / x.sum()).logDensity(.dirichlet(stack([a, b])))
      sum += [[1, 0], [0.6, 0.8]].logDensity(.correlationFactor(a))
      sum += y.logDensity(.mixture(a / (1 + a), .normal(a, b), .normal(b, a)))
      return sum + y.logDensity(.mixture(x / x.sum(), [.normal(a, b), .normal(b, a)]))
    }
    let point = [0.2, -0.3, 0.4, -0.1]
    let program = density.valueAndGradient
    let gradient = program.run([DenseArray(point)])[1].elements
    for axis in 0..<4 {
      func at(_ shift: Double) -> Double {
        var moved = point
        moved[axis] += shift
        return program.run([DenseArray(moved)])[0].elements[0]
      }
      let h = 1e-3
      let difference = (45 * (at(h) - at(-h)) - 9 * (at(2 * h) - at(-2 * h)) + at(3 * h) - at(-3 * h)) / (60 * h)
      #expect(abs(difference - gradient[axis]) < 1e-7 * max(1, abs(gradient[axis])), "axis \(axis)")
    }
  }

  @Test func covarianceMatricesOfTwoVariablesHaveMassOneAndTheirMeans() {
    // Over the unconstrained coordinates, by the trapezoidal rule: density times Jacobian.
    let cases: [(Distribution, mean: Double)] = [
      (.wishart(4.5, scale: [[1.2, 0.4], [0.4, 0.8]]), 1.8),
      (.inverseWishart(7, scale: [[4.8, 1.6], [1.6, 3.2]]), 0.4),
    ]
    for (index, (distribution, mean)) in cases.enumerated() {
      let space = ParameterSpace([Parameter("S", .covariance, shape: [2, 2])])
      let density = space.logDensity { $0["S"].logDensity(distribution) }
      let program = Program(inputs: [[3]]) { [density($0[0]), space.values(at: $0[0]).values["S"]] }
      let executor = Executor<Double>(Plan(program))
      var (mass, first) = (0.0, 0.0)
      let step = 0.2
      for i in -25...16 {
        for j in -35...45 {
          for k in -25...16 {
            _ = executor.input(0).update(fromContentsOf: [i, j, k].map { step * Double($0) })
            executor.run()
            let share = step * step * step * exp(executor.output(0)[0])
            mass += share
            first += share * executor.output(1)[1]
          }
        }
      }
      #expect(abs(mass - 1) < 1e-3 && abs(first - mean) < 2e-3, "case \(index): \(mass), \(first)")
    }
  }
}
