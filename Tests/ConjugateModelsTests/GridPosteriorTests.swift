//  GridPosteriorTests.swift — the numerical reference itself, where the truth is known.

import Arrays
import ConjugateModels
import Foundation
import GoldenValues
import Probability
import Programs
import Testing

@Suite struct GridPosteriorTests {
  @Test func gaussLegendreIntegratesPolynomialsExactly() {
    for count in [1, 2, 7, 40] {
      let rule = GaussLegendre(count: count, over: -1...2)
      for degree in 0..<2 * count {
        let found = zip(rule.nodes, rule.weights).reduce(0) { $0 + $1.1 * pow($1.0, Double(degree)) }
        let power = Double(degree + 1)
        #expect(agree(found, (pow(2, power) - pow(-1, power)) / power, within: 1e-12), "\(count) \(degree)")
      }
    }
  }

  @Test func momentsOfACorrelatedGaussianInThreeDimensionsAreExact() {
    // Precision tridiagonal (2, −1): covariance [[3, 2, 1], [2, 4, 2], [1, 2, 3]] / 4.
    let grid = GridPosterior(over: [-7...7, -8...8, -7...7], nodes: 48) { x in
      -(x[0] * x[0] + x[1] * x[1] + x[2] * x[2]) + x[0] * x[1] + x[1] * x[2]
    }
    let expected = [3.0, 2, 1, 2, 4, 2, 1, 2, 3].map { $0 / 4 }
    #expect(agree(Array(grid.covariance.joined()), expected, within: 1e-8))
    #expect(agree(grid.logEvidence, 1.5 * log(2 * Double.pi) - 0.5 * log(4), within: 1e-8))
    let marginal = grid.marginal(1)
    let densities = marginal.nodes.map { exp(-0.5 * $0 * $0) / (2 * Double.pi).squareRoot() }
    #expect(agree(marginal.densities, densities, within: 1e-7))
  }

  @Test func aBoxWithoutMassIsRefused() async {
    // Mass at one node alone is some.
    let grid = GridPosterior(over: [0...1], nodes: 5) { $0[0] > 0.9 ? 3 : -.infinity }
    #expect(grid.weights == [0, 0, 0, 0, 1] && grid.logEvidence.isFinite)
    await #expect(processExitsWith: .failure) { _ = GridPosterior(over: [0...1], nodes: 5) { _ in -.infinity } }
  }

  @Test func aTracedLogDensityIsIntegratedAlike() {
    let density = LogDensity(dimension: 2) { x in
      let (a, b) = (x.slice(axis: 0, 0..<1), x.slice(axis: 0, 1..<2))
      return (a * a * -0.5 - b * b * 2).reshaped(.scalar)
    }
    let grid = GridPosterior(density, over: [-8...8, -5...5], nodes: 60)
    #expect(agree(grid.logEvidence, log(2 * Double.pi / 2), within: 1e-10))
    #expect(agree(grid.covariance[1][1], 0.25, within: 1e-9))
  }
}
