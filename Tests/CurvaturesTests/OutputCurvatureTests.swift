//  OutputCurvatureTests.swift — the curvature in the outputs is the Fisher matrix of the likelihood, by quadrature.
//
//  Notation   f  outputs of one example, [O]     s(y) = ∂ log p(y | f)/∂f     S  columns of the curvature, [K, O]
//
//  Equations  (1) Sᵀ S = E s sᵀ under p(y | f), the negative expected second derivative of log p
//             (2) numbers: y = tan u, by the midpoint rule in u; counts and classes: by their sum

import Arrays
import Curvatures
import Foundation
import GoldenValues
import Networks
import Probability
import Programs
import Testing

@Suite struct OutputCurvatureTests {
  struct Case: CustomTestStringConvertible {
    let name: String
    let likelihood: Likelihood
    let outputs: [Double]
    var testDescription: String { name }
  }

  private static let cases = [
    Case(name: "normal", likelihood: .gaussian(noise: .fixed(0.7)), outputs: [0.4]),
    Case(name: "normal, noise of each input", likelihood: .gaussian(noise: .perInput), outputs: [0.4, -0.3]),
    Case(
      name: "Student's t", likelihood: .studentT(degreesOfFreedom: 5, scale: .fixed(0.7)), outputs: [0.4]),
    Case(
      name: "Student's t, scale of each input", likelihood: .studentT(degreesOfFreedom: 5, scale: .perInput),
      outputs: [0.4, -0.3]),
    Case(name: "Poisson", likelihood: .poisson, outputs: [0.9]),
    Case(name: "label", likelihood: .bernoulli, outputs: [0.9]),
    Case(name: "classes", likelihood: .categorical(classes: 3), outputs: [0.9, -0.2, 0.1]),
  ]

  /// The numbers y of (2), and what each counts beside its density.
  private static func nodes(_ likelihood: Likelihood) -> (targets: [Double], weights: [Double]) {
    switch likelihood.family {
    case .gaussian, .studentT:
      let count = 4000
      let angles = (0..<count).map { Double.pi * ((Double($0) + 0.5) / Double(count) - 0.5) }
      return (angles.map { tan($0) }, angles.map { Double.pi / Double(count) / (cos($0) * cos($0)) })
    case .poisson: return ((0..<60).map(Double.init), [Double](repeating: 1, count: 60))
    case .categorical(let classes, _): return ((0..<classes).map(Double.init), [Double](repeating: 1, count: classes))
    case .bernoulli, .multiLabel: return ([0, 1], [1, 1])
    }
  }

  /// Sᵀ S. Shape [O, O].
  private static func curvature(_ likelihood: Likelihood, _ outputs: [Double], target: Double = 0) throws -> [Double] {
    let width = outputs.count
    let program = Program(inputs: [[1, width], [1]]) { t in
      guard
        let columns = try? likelihood.curvatureColumns(.gaussNewton, outputs: t[0], targets: t[1], logNoise: nil)
      else { return [.constant(.nan, shape: [width, width])] }
      let rows = concatenate(columns, axis: 0)
      return [matmul(rows, rows, transposeLeft: true)]
    }
    return program.run([DenseArray(outputs, shape: [1, width]), DenseArray([target])])[0].elements
  }

  @Test(arguments: cases) func theCurvatureIsTheFisherMatrix(one: Case) throws {
    let width = one.outputs.count
    let (targets, weights) = Self.nodes(one.likelihood)
    let program = Program(inputs: [[targets.count, width], [targets.count]]) { t in
      let density = one.likelihood.logDensity(outputs: t[0], targets: t[1])
      return [density, gradient(of: density.sum(), withRespectTo: t[0])]
    }
    let repeated = DenseArray(targets.flatMap { _ in one.outputs }, shape: [targets.count, width])
    let results = program.run([repeated, DenseArray(targets)])
    var fisher = [Double](repeating: 0, count: width * width)
    for (place, weight) in weights.enumerated() {
      let mass = weight * exp(results[0].elements[place])
      for i in 0..<width {
        for j in 0..<width { fisher[i * width + j] += mass * results[1][place, i] * results[1][place, j] }
      }
    }
    let found = try Self.curvature(one.likelihood, one.outputs)
    for (a, b) in zip(found, fisher) { #expect(abs(a - b) < 1e-6, "\(found) for \(fisher)") }
  }

  @Test(arguments: cases) func aTemperatureDividesTheCurvature(one: Case) throws {
    let (plain, warm) = (
      try Self.curvature(one.likelihood, one.outputs),
      try Self.curvature(one.likelihood.tempered(by: 4), one.outputs)
    )
    for (a, b) in zip(plain, warm) { #expect(abs(a - 4 * b) < 1e-12, "\(warm) for \(plain)") }
  }

  @Test func weightsOfAClassMultiplyTheCurvature() throws {
    let (outputs, weights) = ([0.9, -0.2, 0.1], [0.5, 3, 1])
    let plain = try Self.curvature(.categorical(classes: 3), outputs)
    for label in 0..<3 {
      let weighted = try Self.curvature(
        .categorical(classes: 3, weights: weights), outputs, target: Double(label))
      for (a, b) in zip(plain, weighted) { #expect(abs(weights[label] * a - b) < 1e-12) }
    }
    let label = try Self.curvature(.bernoulli, [0.9])
    #expect(try abs(Self.curvature(.bernoulli(positiveWeight: 3), [0.9], target: 1)[0] - 3 * label[0]) < 1e-12)
    #expect(try abs(Self.curvature(.bernoulli(positiveWeight: 3), [0.9], target: 0)[0] - label[0]) < 1e-12)
  }
}
