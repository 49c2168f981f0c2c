//  IllConditionedTests.swift — a Laplace approximation where the curvature's eigenvalues are of very unlike sizes.
//
//  Notation   X [40, 6], its directions of lengths 10⁰ to 10⁻⁵, turned by a reflection     σ = 10⁻³     the prior standard normal
//
//  Equations  (1) Λ = XᵀX/σ² + I,  θ* = Λ⁻¹ Xᵀ y/σ²,  Var f(x) = xᵀ Λ⁻¹ x
//             (2) log p(D) = −½ [40 log(2π σ²) + log det Λ + |y|²/σ² − θ*ᵀ Λ θ*]
//             (3) effective parameters  6 − tr Λ⁻¹
//
//  XᵀX/σ² has eigenvalues from 4·10⁷ to 4·10⁻³. Rounded as the largest are in single precision, the small ones would be lost or made up.

import Approximations
import Arrays
import Curvatures
import Foundation
import Networks
import Probability
import Testing
import Training

@Suite struct IllConditionedTests {
  private static let (count, width, noise) = (40, 6, 1e-3)

  private static let inputs: DenseArray<Float> = {
    var random = Philox(seed: 4)
    let rows = (0..<count).map { _ in
      let x = (0..<width).map { Foundation.pow(10, -Double($0)) * random.normal() }
      // x − 2 v vᵀ x, v = (1, …, 1)/√6.
      let sum = x.reduce(0, +)
      return x.map { Float($0 - 2 * sum / Double(width)) }
    }
    return DenseArray(rows: rows)
  }()
  private static let targets: [Float] = {
    var random = Philox(seed: 5)
    return (0..<count).map { inputs[$0, 0] - inputs[$0, 1] + Float(noise * random.normal()) }
  }()
  private static let examples = Examples(inputs: inputs, targets: DenseArray(targets))
  private static let model = BayesianModel(
    Network(inputs: Shape([width])) { Dense(1, bias: false) }, prior: .normal(scale: 1),
    likelihood: .gaussian(noise: .fixed(noise)))

  /// Λ⁻¹, log det Λ and θ*, by elimination.
  private static let exact: (covariance: [[Double]], logDeterminant: Double, mode: [Double]) = {
    let x = (0..<count).map { row in (0..<width).map { Double(inputs[row, $0]) } }
    var left = (0..<width).map { i in
      (0..<width).map { j in x.reduce(i == j ? 1 : 0) { $0 + $1[i] * $1[j] / (noise * noise) } }
    }
    let slope = (0..<width).map { i in zip(x, targets).reduce(0) { $0 + $1.0[i] * Double($1.1) / (noise * noise) } }
    // θ* by elimination, too: the product with Λ⁻¹ would be off by the rounding of its large terms.
    var right = (0..<width).map { i in (0..<width).map { i == $0 ? 1.0 : 0 } + [slope[i]] }
    var logDeterminant = 0.0
    for pivot in 0..<width {
      let value = left[pivot][pivot]
      logDeterminant += Foundation.log(value)
      left[pivot] = left[pivot].map { $0 / value }
      right[pivot] = right[pivot].map { $0 / value }
      for row in 0..<width where row != pivot {
        let factor = left[row][pivot]
        left[row] = zip(left[row], left[pivot]).map { $0 - factor * $1 }
        right[row] = zip(right[row], right[pivot]).map { $0 - factor * $1 }
      }
    }
    return (right.map { Array($0[..<width]) }, logDeterminant, right.map { $0[width] })
  }()

  private static func variance(_ x: [Double]) -> Double {
    zip(x, exact.covariance).reduce(0) { sum, row in
      sum + row.0 * zip(x, row.1).reduce(0) { $0 + $1.0 * $1.1 }
    }
  }

  private static func approximation(
    _ structure: LaplaceStructure, _ model: BayesianModel, mode: DenseArray<Float>, _ examples: Examples
  ) throws -> LaplacePosterior {
    try Laplace(structure, tuning: .fixed, training: TrainingConfiguration(epochs: 1))
      .approximate(model, mode: mode, examples)
  }

  @Test(arguments: [
    LaplaceStructure.dense, .lowRank(6), .functional(examples: 40), .kronecker, .lastLayer(.dense),
    .lastLayer(.kronecker), .subnetwork(.slices(["0.dense"])),
  ])
  func everyStructureThatCanBeThePosteriorIsIt(_ structure: LaplaceStructure) throws {
    let mode = DenseArray(Self.exact.mode.map { Float($0) })
    let posterior = try Self.approximation(structure, Self.model, mode: mode, Self.examples)
    let determined = 6 - (0..<6).reduce(0) { $0 + Self.exact.covariance[$1][$1] }  // (3)
    #expect(abs(posterior.effectiveParameters - determined) < 1e-5, "\(posterior.effectiveParameters)")
    // Among the data, where the variance is small, and along each input, where it is that of the prior in part.
    let units = (0..<36).map { Float($0 / 6 == $0 % 6 ? 1 : 0) }
    let places = DenseArray(Self.inputs.elements + units, shape: [46, 6])
    let found = posterior.linearisedOutputs(places).covariances.elements
    for row in 0..<46 {
      let expected = Self.variance((0..<6).map { Double(places[row, $0]) })
      #expect(abs(found[row] / expected - 1) < 1e-4, "row \(row): \(found[row]), not \(expected)")
    }
    let norm = Self.targets.reduce(0) { $0 + Double($1) * Double($1) }
    let slope = (0..<6).map { i in
      (0..<40).reduce(0) { $0 + Double(Self.inputs[$1, i]) * Double(Self.targets[$1]) }
    }
    let explained = zip(slope, Self.exact.mode).reduce(0) { $0 + $1.0 * $1.1 }
    let square = Self.noise * Self.noise
    let evidence =
      -0.5
      * (40 * Foundation.log(2 * Double.pi * square) + Self.exact.logDeterminant + (norm - explained) / square)  // (2)
    let logEvidence = try #require(posterior.logEvidence)
    #expect(abs(logEvidence - evidence) < 1e-3, "\(logEvidence), not \(evidence)")
  }

  // MARK: A network

  private static let network = BayesianModel(
    Network(inputs: 3) {
      Dense(40); Activation.tanh; Dense(1)
    }, prior: .normal(scale: 1), likelihood: .gaussian(noise: .fixed(0.003)))
  private static let point: (mode: DenseArray<Float>, examples: Examples) = {
    var random = Philox(seed: 6)
    let mode: DenseArray<Float> = random.normal(shape: [network.parameterCount])
    let inputs: DenseArray<Float> = random.normal(shape: [150, 3])
    return (mode, Examples(inputs: inputs, targets: random.normal(shape: [150])))
  }()

  @Test(arguments: [LaplaceStructure.functional(examples: 150), .lowRank(201)])
  func rowsAndEigenpairsOfANetworkWithLittleNoiseAreItsMatrix(_ structure: LaplaceStructure) throws {
    let (mode, examples) = Self.point
    let dense = try Self.approximation(.dense, Self.network, mode: mode, examples)
    let other = try Self.approximation(structure, Self.network, mode: mode, examples)
    #expect(abs(other.effectiveParameters - dense.effectiveParameters) < 1e-5)
    let (found, expected) = (try #require(other.logEvidence), try #require(dense.logEvidence))
    #expect(abs(found - expected) < 1e-4)
    let further = DenseArray(examples.inputs.elements.map { 1.5 * $0 }, shape: examples.inputs.shape)
    for inputs in [examples.inputs, further] {
      let pairs = zip(
        other.linearisedOutputs(inputs).covariances.elements, dense.linearisedOutputs(inputs).covariances.elements)
      for (found, expected) in pairs { #expect(abs(found / expected - 1) < 1e-5) }
    }
  }

  @Test func moreEigenpairsDetermineMoreParameters() throws {
    let (mode, examples) = Self.point
    let dense = try Self.approximation(.dense, Self.network, mode: mode, examples).effectiveParameters
    var before = 0.0
    for rank in [20, 40, 80, 160] {
      let determined = try Self.approximation(.lowRank(rank), Self.network, mode: mode, examples).effectiveParameters
      // The directions with more curvature than prior come first, and each of them counts nearly whole.
      #expect(determined > before + 5 && determined < min(Double(rank), dense + 1e-5), "\(determined) of rank \(rank)")
      before = determined
    }
    #expect(before > 0.9 * dense, "\(before) of \(dense)")
  }
}
