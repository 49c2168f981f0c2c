//  LaplaceBridgeTests.swift — the Laplace bridge, against the Dirichlet density itself.
//
//  Notation   α [C]  concentrations     z  outputs, Σ z = 0     π = softmax(z)
//
//  Equations  (1) the Dirichlet density as one of z:  log p(z) = Σ αₖ log πₖ(z) + const     [Hobbhahn 2022]
//             (2) its mode μ and the inverse Σ of its negative curvature, in the plane Σ z = 0
//             (3) the mean of a Dirichlet distribution:  ∫ πₖ p(z) dz = αₖ / Σ α
//
//             (4) E H[π] = ψ(A + 1) − Σ αₖ/A ψ(αₖ + 1),  A = Σ α
//
//  (2) is found by Newton's method on finite differences of (1) and (3) by summation on a grid, in coordinates of the plane: neither uses
//  the formula of the bridge, which must lead from μ and Σ back to (3).

import Approximations
import Arrays
import Evaluation
import Foundation
import Testing

@Suite struct LaplaceBridgeTests {
  /// Orthonormal vectors of the plane Σ z = 0 in three dimensions.
  private static let plane: [[Double]] = [
    [1, -1, 0].map { $0 / 2.0.squareRoot() }, [1, 1, -2].map { $0 / 6.0.squareRoot() },
  ]

  private static func outputs(_ u: [Double]) -> [Double] { (0..<3).map { u[0] * plane[0][$0] + u[1] * plane[1][$0] } }

  private static func probabilities(_ u: [Double]) -> [Double] {
    let weights = outputs(u).map { Foundation.exp($0) }
    return weights.map { $0 / weights.reduce(0, +) }
  }

  /// Equation (1).
  private static func logDensity(_ u: [Double], _ alpha: [Double]) -> Double {
    zip(alpha, probabilities(u)).reduce(0) { $0 + $1.0 * Foundation.log($1.1) }
  }

  private static func differences(_ alpha: [Double], at u: [Double]) -> (slope: [Double], curvature: [[Double]]) {
    let h = 1e-3
    func value(_ a: Double, _ b: Double) -> Double { logDensity([u[0] + a * h, u[1] + b * h], alpha) }
    let middle = value(0, 0)
    let cross = (value(1, 1) - value(1, -1) - value(-1, 1) + value(-1, -1)) / (4 * h * h)
    return (
      [(value(1, 0) - value(-1, 0)) / (2 * h), (value(0, 1) - value(0, -1)) / (2 * h)],
      [
        [(value(1, 0) - 2 * middle + value(-1, 0)) / (h * h), cross],
        [cross, (value(0, 1) - 2 * middle + value(0, -1)) / (h * h)],
      ]
    )
  }

  /// Equation (2). Shapes [3] and [3, 3].
  private static func normal(_ alpha: [Double]) -> (mean: [Double], covariance: [Double]) {
    var u = [0.0, 0.0]
    var inverse: [[Double]] = []
    for _ in 0..<100 {
      let (g, h) = differences(alpha, at: u)
      let determinant = h[0][0] * h[1][1] - h[0][1] * h[1][0]
      inverse = [[-h[1][1], h[0][1]], [h[1][0], -h[0][0]]].map { $0.map { $0 / determinant } }
      let step = [0, 1].map { inverse[$0][0] * g[0] + inverse[$0][1] * g[1] }
      // Far from the mode the curvature is nearly nothing, and a whole step would leave the grid.
      let length = (step[0] * step[0] + step[1] * step[1]).squareRoot()
      let share = min(1, 0.3 / max(length, 1e-300))
      u = [0, 1].map { u[$0] + share * step[$0] }
    }
    var covariance: [Double] = []
    for i in 0..<3 {
      for j in 0..<3 {
        var sum = 0.0
        for a in 0..<2 { for b in 0..<2 { sum += plane[a][i] * inverse[a][b] * plane[b][j] } }
        covariance.append(sum)
      }
    }
    return (outputs(u), covariance)
  }

  /// Equation (3).
  private static func mean(_ alpha: [Double]) -> [Double] {
    var (sums, total) = ([0.0, 0, 0], 0.0)
    for i in -400...400 {
      for j in -400...400 {
        let u = [0.04 * Double(i), 0.04 * Double(j)]
        let density = Foundation.exp(logDensity(u, alpha))
        total += density
        for (k, p) in probabilities(u).enumerated() { sums[k] += p * density }
      }
    }
    return sums.map { $0 / total }
  }

  @Test(arguments: [[2.0, 5, 11], [1.5, 1.5, 4], [30, 8, 3]])
  func aDirichletDistributionComesBackFromItsNormalOne(alpha: [Double]) {
    let (mean, covariance) = Self.normal(alpha)
    let expected = Self.mean(alpha)
    for (k, value) in expected.enumerated() { #expect(abs(value - alpha[k] / alpha.reduce(0, +)) < 1e-6) }
    let found = LinearisedOutputs(
      means: DenseArray(mean, shape: [1, 3]), covariances: DenseArray(covariance, shape: [1, 3, 3])
    ).bridgeConcentrations.elements
    // The differences are off by h² in the curvature.
    for k in 0..<3 {
      #expect(abs(found[k] / found.reduce(0, +) - expected[k]) < 1e-5, "\(found), not \(expected)")
      #expect(abs(found[k] / alpha[k] - 1) < 1e-4, "\(found), not \(alpha)")
    }
  }

  @Test func whatAllOutputsHaveInCommonChangesNothing() {
    let (mean, covariance) = Self.normal([2, 5, 11])
    let plain = LinearisedOutputs(
      means: DenseArray(mean, shape: [1, 3]), covariances: DenseArray(covariance, shape: [1, 3, 3]))
    // The same plus a normal number that is added to all three.
    let shifted = LinearisedOutputs(
      means: DenseArray(mean.map { $0 + 3 }, shape: [1, 3]),
      covariances: DenseArray(covariance.map { $0 + 0.7 }, shape: [1, 3, 3]))
    // The same plus t (1 + b), Σ b = 0, for t normal of mean 3 and variance 0.7: where the sum 3 t is nothing, so is what goes with t.
    let along = [1.5, 0.8, 0.7]
    let tied = LinearisedOutputs(
      means: DenseArray(zip(mean, along).map { $0 + 3 * $1 }, shape: [1, 3]),
      covariances: DenseArray(
        covariance.enumerated().map { $1 + 0.7 * along[$0 / 3] * along[$0 % 3] }, shape: [1, 3, 3]))
    for outputs in [shifted, tied] {
      for (a, b) in zip(plain.bridgeConcentrations.elements, outputs.bridgeConcentrations.elements) {
        #expect(abs(a / b - 1) < 1e-6)
      }
    }
  }

  /// No Dirichlet has such variances: softmax(μ) is its mean, and its trace that of Σ without what the outputs have in common.
  @Test(arguments: [
    ([2.0, 2, 0], [1.899672271737685, 0.4238741782223612, 0.8973416423384225]),
    ([2, 1, 0], [2.532896362316913, 0.5651655709631481, 1.1964555231178966]),
    // Given the sum, 0.69 of the least variance.
    ([2, 2, 0.3], [1.7671369969652886, 0.3943015611370803, 0.8347364114776024]),
  ])
  func aClassWhoseOutputHardlyVariesIsNotCertain(_ variances: [Double], _ expected: [Double]) {
    let outputs = LinearisedOutputs(
      means: DenseArray([1, -0.5, 0.25], shape: [1, 3]),
      covariances: DenseArray((0..<9).map { $0 % 4 == 0 ? variances[$0 / 4] : 0 }, shape: [1, 3, 3]))
    // By numpy.
    for (found, alpha) in zip(outputs.bridgeConcentrations.elements, expected) {
      #expect(abs(found / alpha - 1) < 1e-12)
    }
  }

  @Test func aSingleOutputThatVariesLeavesTheOthersTheirOdds() {
    let means = [1, -0.5, 0.25]
    let found = LinearisedOutputs(
      means: DenseArray(means, shape: [1, 3]), covariances: DenseArray([3, 0, 0, 0, 0, 0, 0, 0, 0], shape: [1, 3, 3])
    ).bridgeConcentrations.elements
    for k in 0..<3 { #expect(abs(found[k] / found[0] - Foundation.exp(means[k] - means[0])) < 1e-12) }
  }

  // MARK: What is not known of the probabilities

  /// (4) by scipy, 0.8487015526231212; by two million draws in numpy, 0.84866.
  @Test func theMutualInformationIsThatOfTheDirichletDistribution() {
    let forecast = Predictive(dirichlet: DenseArray([2.0, 5, 11], shape: [1, 1, 3])).classes
    #expect(abs(forecast.expectedEntropy[0] - 0.8487015526231212) < 1e-12)
    #expect(abs(forecast.mutualInformation[0] - (0.900908873225472 - 0.8487015526231212)) < 1e-12)
  }

  private static func forecast(_ prediction: LaplacePrediction, components: Int = 1) throws -> ClassForecast {
    let method = Laplace(.dense, prediction: prediction, training: LaplaceTests.training)
    if components == 1 {
      return try method.fit(LaplaceTests.model, to: LaplaceTests.examples, seed: 3).predict(LaplaceTests.inputs).classes
    }
    return try Mixture(method, components: components, draws: components)
      .fit(LaplaceTests.model, to: LaplaceTests.examples, seed: 3).predict(LaplaceTests.inputs).classes
  }

  @Test func whatAPredictionDoesNotKnowIsNotZero() throws {
    for components in [1, 2] {
      let probit = try Self.forecast(.probit, components: components)
      #expect(probit.mutualInformation.allSatisfy(\.isNaN) && probit.predictiveEntropy.allSatisfy { $0 > 0 })
      let bridge = try Self.forecast(.laplaceBridge, components: components).mutualInformation
      let draws = try Self.forecast(.linearised(draws: 2000), components: components).mutualInformation
      // Little among the data, much far away, as draws say.
      #expect(bridge[0] > 0 && bridge[0] < 0.3 * bridge[1], "\(bridge), \(draws)")
      #expect(draws[0] > 0 && draws[0] < 0.3 * draws[1], "\(bridge), \(draws)")
    }
  }
}
