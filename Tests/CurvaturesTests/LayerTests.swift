//  LayerTests.swift — every layer's parameters, against products that use no pairs of inputs and cotangents.
//
//  The dense matrix is put together from the uses of each parameter, example by example; the product differentiates the
//  whole batch at once. Where a layer's use were read wrongly, the two would differ.

import Arrays
import Curvatures
import GoldenValues
import Networks
import Probability
import Testing

@Suite struct LayerTests {
  enum Kind: String, CaseIterable, Sendable {
    case dense, withoutBias, strided, grouped, sequence, batchNormalised, groupNormalised, layerNormalised, residual
    case embedded, featuresNormalised

    var network: Network {
      switch self {
      case .dense:
        Network(inputs: 3) {
          Dense(4); Activation.tanh; Dense(2)
        }
      case .withoutBias:
        Network(inputs: 3) {
          Dense(4, bias: false); Activation.tanh; Dense(2, bias: false)
        }
      case .strided:
        Network(inputs: [2, 5, 6]) {
          Convolution2D(3, size: [3, 2], stride: [2, 1], padding: [1, 0], dilation: [1, 2])
          Activation.tanh
          Flatten()
          Dense(2)
        }
      case .grouped:
        Network(inputs: [4, 4, 4]) {
          Convolution2D(4, size: 2, groups: 2); Activation.tanh; Flatten(); Dense(2)
        }
      case .sequence:
        Network(inputs: [2, 7]) {
          Convolution1D(3, size: 3, padding: 1); Activation.tanh; Flatten(); Dense(2)
        }
      case .batchNormalised:
        Network(inputs: [2, 4, 4]) {
          Convolution2D(3, size: 2)
          BatchNormalization()
          Activation.tanh
          Flatten()
          Dense(2)
        }
      case .groupNormalised:
        Network(inputs: [2, 4, 4]) {
          Convolution2D(4, size: 2)
          GroupNormalization(groups: 2)
          Activation.tanh
          Flatten()
          Dense(2)
        }
      case .layerNormalised:
        Network(inputs: 3) {
          Dense(4); LayerNormalization(); Activation.tanh; Dense(2)
        }
      case .residual:
        Network(inputs: 3) {
          Residual {
            Dense(3); Activation.tanh
          }; Dense(2)
        }
      case .embedded:
        Network(inputs: [3]) {
          Embedding(categories: 5, dimension: 2); Flatten(); Dense(2)
        }
      case .featuresNormalised:
        // At one position, each scale with a slope of its own: that of the running variance.
        Network(inputs: 3) {
          Dense(4); BatchNormalization(); Activation.tanh; Dense(2)
        }
      }
    }
  }

  private func point(_ kind: Kind, count: Int = 6) -> CurvaturePoint<Double> {
    var random = Philox(seed: 3)
    let network = kind.network
    let model = BayesianModel(network, prior: .normal(scale: 1), likelihood: .categorical(classes: 2))
    let noise: DenseArray<Double> = random.normal(shape: [model.parameterCount])
    let shape = Shape([count] + network.inputShape.extents)
    let inputs: DenseArray<Double> =
      kind == .embedded
      ? DenseArray((0..<shape.count).map { _ in Double(random.integer(below: 5)) }, shape: shape)
      : random.normal(shape: shape)
    let targets = DenseArray((0..<count).map { Double($0 % 2) })
    return CurvaturePoint(
      model, parameters: DenseArray(noise.elements.map { 0.5 * $0 }), inputs: inputs, targets: targets)
  }

  @Test(arguments: Kind.allCases) func denseMatrixIsThatOfProducts(_ kind: Kind) throws {
    let point = point(kind)
    var random = Philox(seed: 4)
    let vector: DenseArray<Double> = random.normal(shape: [point.model.parameterCount])
    for curvature in [Curvature.gaussNewton, .empiricalFisher] {
      let dense = try DenseCurvature(curvature, at: point).matrix
      let image = try CurvatureProduct(curvature, at: point)(vector)
      #expect(relativeDifference(product(dense, vector), image) < 1e-12, "\(curvature)")
      let diagonal = try DiagonalCurvature(curvature, at: point).values
      let expected = (0..<vector.count).map { dense[$0, $0] }
      #expect(relativeDifference(diagonal, DenseArray(expected)) < 1e-12, "\(curvature)")
    }
  }

  @Test func kroneckerFactorsOfOneExampleAreExact() throws {
    // One example, one output that matters: each block is an outer product, and so is its Kronecker form.
    let network = Network(inputs: 3) {
      Dense(4); Activation.tanh; Dense(1)
    }
    let model = BayesianModel(network, prior: .normal(scale: 1), likelihood: .gaussian(noise: .fixed(0.7)))
    var random = Philox(seed: 5)
    let point = CurvaturePoint(
      model, parameters: random.normal(shape: [model.parameterCount]), inputs: random.normal(shape: [1, 3]),
      targets: DenseArray([0.3]))
    let dense = try DenseCurvature(at: point).matrix
    let kronecker = try KroneckerCurvature(at: point)
    for block in kronecker.blocks {
      let left = kronecker.factors[block.outputFactor]
      let right = block.inputFactor.map { kronecker.factors[$0] } ?? DenseArray([1], shape: [1, 1])
      let width = right.shape[0]
      for row in 0..<block.slice.shape.count {
        for column in 0..<block.slice.shape.count {
          let entry = left[row / width, column / width] * right[row % width, column % width]
          #expect(abs(entry - dense[block.slice.offset + row, block.slice.offset + column]) < 1e-12)
        }
      }
    }
  }

  @Test func whatHasNoKroneckerFactorsIsRefusedByName() throws {
    #expect(
      throws: CurvatureError.unsupported(
        "the parameter 0.embedding.table enters the network in a way that has no Kronecker factors; take the diagonal or "
          + "the last layer")
    ) { try KroneckerCurvature(at: point(.embedded)) }
    #expect(throws: CurvatureError.self) { try KroneckerCurvature(.hessian, at: point(.dense)) }
  }

  @Test func sampledFisherTendsToTheExactOne() throws {
    // Entries are means of M products of two scores: their error falls as 1/√M. With 200 draws of 6 examples, 0.4
    // of the largest entry is about five standard errors.
    for kind in [Kind.dense, .strided] {
      let point = point(kind)
      let exact = try DenseCurvature(.gaussNewton, at: point).matrix
      let sampled = try DenseCurvature(.sampledFisher(draws: 200), at: point).matrix
      #expect(relativeDifference(sampled, exact) < 0.4)
      let rough = try DenseCurvature(.sampledFisher(draws: 2), at: point).matrix
      #expect(relativeDifference(rough, exact) > relativeDifference(sampled, exact))
    }
  }

  @Test func factorsAreTheSameBitsForAnyNumberOfThreads() throws {
    let point = point(.strided, count: 40)
    let one = try KroneckerCurvature(at: point).factors
    for threads in [2, 3] {
      let run = CurvatureRun(pool: WorkerPool(threads: threads))
      #expect(try KroneckerCurvature(at: point, run: run).factors == one)
    }
  }
}
