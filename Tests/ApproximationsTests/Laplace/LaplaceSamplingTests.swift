//  LaplaceSamplingTests.swift — draws of the weights have the covariance Λ⁻¹; the weight is not square.
//
//  With d ~ N(0, Λ⁻¹) the matrix Λ d dᵀ has the mean I, and entry (i, j) of it the variance Λᵢᵢ (Λ⁻¹)ⱼⱼ + δᵢⱼ.

import Approximations
import Arrays
import Curvatures
import GoldenValues
import Networks
import Probability
import Testing
import Training

@Suite struct LaplaceSamplingTests {
  static let point: CurvaturePoint<Double> = {
    let network = Network(inputs: 3) {
      Dense(2); Activation.tanh; Dense(4)
    }
    let model = BayesianModel(network, prior: .fanIn(gain: 1.4, biasScale: 0.5), likelihood: .categorical(classes: 4))
    var random = Philox(seed: 8)
    let theta: DenseArray<Double> = random.normal(shape: [model.parameterCount])
    return CurvaturePoint(
      model, parameters: theta, inputs: random.normal(shape: [20, 3]),
      targets: DenseArray((0..<20).map { Double($0 % 4) }))
  }()

  private func check<Weights: WeightPosterior>(_ weights: Weights, precision: [[Double]]) {
    let (count, draws) = (precision.count, 40_000)
    let variances = weights.variances()
    var mean = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    var random = Philox(seed: 21)
    for _ in 0..<draws {
      let move = weights.deviation(using: &random).map { Double($0) }
      for row in 0..<count {
        let image = zip(precision[row], move).reduce(0) { $0 + $1.0 * $1.1 }
        for column in 0..<count { mean[row][column] += image * move[column] / Double(draws) }
      }
    }
    for row in 0..<count {
      for column in 0..<count {
        let own = row == column ? 1.0 : 0
        let error = ((precision[row][row] * variances[column] + own) / Double(draws)).squareRoot()
        #expect(abs(mean[row][column] - own) < 5 * error, "entry \(row), \(column)")
      }
    }
  }

  private var prior: PriorPrecision {
    get throws { try PriorPrecision(of: Self.point.model, slices: Self.point.slices) }
  }

  @Test func drawsOfTheDenseStructure() throws {
    let curvature = try DenseCurvature(at: Self.point)
    let precisions = try prior.elements
    let rows = (0..<precisions.count).map { row in
      (0..<precisions.count).map { curvature.matrix[row, $0] + (row == $0 ? precisions[row] : 0) }
    }
    check(try DenseSpectrum(curvature, slices: Self.point.slices).posterior(try prior, scale: 1), precision: rows)
  }

  @Test func drawsOfAFewDirections() throws {
    let precisions = try prior.elements
    let curvature = try FactoredCurvature(rank: 5, at: Self.point)
    let directions = curvature.rows
    let rows = (0..<precisions.count).map { row in
      (0..<precisions.count).map { column in
        (0..<5).reduce(row == column ? precisions[row] : 0) { $0 + directions[$1, row] * directions[$1, column] }
      }
    }
    check(FactoredSpectrum(curvature).posterior(try prior, scale: 1), precision: rows)
  }

  @Test func allDirectionsAndAllExamplesAreTheDenseMatrix() throws {
    let dense = DenseSpectrum(try DenseCurvature(at: Self.point), slices: Self.point.slices)
    let inputs: DenseArray<Double> = DenseArray([0.3, -1, 0.7, 2, 0.1, -0.4], shape: [2, 3])
    let prior = try prior
    let expected = try dense.posterior(prior, scale: 1).outputs(
      of: Self.point.model, at: Self.point.parameters, state: Self.point.state, inputs: inputs, pool: nil)
    let count = Self.point.model.parameterCount
    for curvature in [
      try FactoredCurvature(rank: count, at: Self.point), try FactoredCurvature(examples: 20, at: Self.point),
    ] {
      let spectrum = FactoredSpectrum(curvature)
      let found = spectrum.posterior(prior, scale: 1).outputs(
        of: Self.point.model, at: Self.point.parameters, state: Self.point.state, inputs: inputs, pool: nil)
      #expect(relativeDifference(found.covariances, expected.covariances) < 1e-9)
      let (terms, exact) = (spectrum.terms(prior, scale: 1.3), try dense.terms(prior, scale: 1.3))
      #expect(abs(terms.logDeterminant - exact.logDeterminant) < 1e-9)
      for (share, other) in zip(terms.priorShares, exact.priorShares) { #expect(abs(share - other) < 1e-8) }
    }
  }

  @Test func drawsOfTheKroneckerStructure() throws {
    let curvature = try KroneckerCurvature(at: Self.point)
    let count = Self.point.model.parameterCount
    var rows = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    for (block, precision) in zip(curvature.blocks, try prior.bySlice) {
      let left = curvature.factors[block.outputFactor]
      let right = block.inputFactor.map { curvature.factors[$0] } ?? DenseArray([1], shape: [1, 1])
      let (width, start) = (right.shape[0], block.slice.offset)
      for row in 0..<block.slice.shape.count {
        for column in 0..<block.slice.shape.count {
          rows[start + row][start + column] =
            left[row / width, column / width] * right[row % width, column % width] + (row == column ? precision : 0)
        }
      }
    }
    check(KroneckerSpectrum(curvature).posterior(try prior, scale: 1), precision: rows)
  }

  @Test func drawsOfTheDiagonalStructure() throws {
    let curvature = try DiagonalCurvature(at: Self.point)
    let precisions = try prior.elements
    let rows = (0..<precisions.count).map { row in
      (0..<precisions.count).map { row == $0 ? curvature.values.elements[row] + precisions[row] : 0 }
    }
    check(try DiagonalSpectrum(curvature).posterior(try prior, scale: 1), precision: rows)
  }

  // MARK: Drawn targets

  /// The curvature of a linear model with known noise is the same at all parameters: what differs is what is drawn.
  @Test func theTargetsOfASampledFisherAreDrawnByTheSeed() throws {
    let model = LaplaceExactnessTests.model
    func determined(_ structure: LaplaceStructure, seed: UInt64) throws -> Double {
      try Laplace(
        structure, curvature: .sampledFisher(draws: 1), tuning: .fixed, training: TrainingConfiguration(epochs: 1)
      ).approximate(model, mode: LaplaceExactnessTests.mode, LaplaceExactnessTests.examples, seed: seed)
        .effectiveParameters
    }
    for structure in LaplaceExactnessTests.structures {
      let one = try determined(structure, seed: 1)
      #expect(try one == determined(structure, seed: 1) && one != determined(structure, seed: 2), "\(structure)")
    }
    func components(_ curvature: Curvature) throws -> Set<Double> {
      let method = Laplace(
        .dense, curvature: curvature, tuning: .fixed, training: TrainingConfiguration(epochs: 1, batchSize: 8))
      let mixture = try Mixture(method, components: 3, draws: 3)
        .fit(model, to: LaplaceExactnessTests.examples, seed: 1)
      return Set(mixture.components.map(\.effectiveParameters))
    }
    #expect(try components(.gaussNewton).count == 1)
    #expect(try components(.sampledFisher(draws: 1)).count == 3)
  }
}
