//  LastLayerTests.swift — exact inference in a network's last layer, against the network by hand and Gaussian conditioning.

import Arrays
import ConjugateModels
import Foundation
import GoldenValues
import Networks
import Programs
import Testing

@Suite struct LastLayerTests {
  /// Two inputs, four units, one output: 2·4 + 4 + 4 + 1 parameters, and a learnt noise behind them.
  private static let network = Network(inputs: 2) {
    Dense(4)
    Activation.tanh
    Dense(1)
  }
  private static let parameters = numbers(18, seed: 1)
  private static let inputs = DenseArray(numbers(14, seed: 2).elements, shape: [7, 2])
  private static let targets = numbers(7, seed: 3).elements

  private static func numbers(_ count: Int, seed: UInt64) -> DenseArray<Double> {
    var generator = Philox(seed: seed)
    return generator.normal(shape: [count])
  }

  /// (tanh(W x + b), 1), written out.
  private static func features(_ x: [Double]) -> [Double] {
    let theta = parameters.elements
    let hidden = (0..<4).map { unit -> Double in
      let sum: Double = theta[2 * unit] * x[0] + theta[2 * unit + 1] * x[1] + theta[8 + unit]
      return tanh(sum)
    }
    return hidden + [1]
  }

  /// The solution of A u = b and log |A|, by elimination; A is positive definite.
  private static func solved(_ matrix: [[Double]], _ right: [Double]) -> (solution: [Double], logDeterminant: Double) {
    var (a, b, logDeterminant) = (matrix, right, 0.0)
    for k in a.indices {
      logDeterminant += log(a[k][k])
      for i in a.indices where i != k {
        let factor = a[i][k] / a[k][k]
        for j in k..<a.count { a[i][j] -= factor * a[k][j] }
        b[i] -= factor * b[k]
      }
    }
    return (a.indices.map { b[$0] / a[$0][$0] }, logDeterminant)
  }

  @Test func predictionsAndEvidenceAreThoseOfAGaussianProcessWithTheFeaturesKernel() throws {
    let (alpha, beta) = (0.7, 9.0)
    let model = BayesianLinearRegression(
      try .lastLayer(of: Self.network, parameters: Self.parameters), inputs: 2, priorPrecision: alpha,
      noisePrecision: beta
    ).observing(Self.inputs, Self.targets)
    #expect(model.featureCount == 5)
    // y ~ N(0, K + I/β) with K = ΦΦᵀ/α: no weights appear.
    func kernel(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } / alpha }
    let phi = (0..<7).map { Self.features([Self.inputs[$0, 0], Self.inputs[$0, 1]]) }
    let gram = phi.indices.map { i in phi.indices.map { kernel(phi[i], phi[$0]) + (i == $0 ? 1 / beta : 0) } }
    let (weights, logDeterminant) = Self.solved(gram, Self.targets)
    let square = zip(weights, Self.targets).reduce(0) { $0 + $1.0 * $1.1 }
    let evidence: Double = -0.5 * (square + logDeterminant + 7 * log(2 * Double.pi))
    #expect(agree(model.logEvidence, evidence, within: 1e-12))
    let new = Self.features([0.3, -1.1])
    let cross = phi.map { kernel($0, new) }
    let found = model.predict(DenseArray([0.3, -1.1], shape: [1, 2]))
    #expect(agree(found.means, [zip(cross, weights).reduce(0) { $0 + $1.0 * $1.1 }], within: 1e-12))
    let explained = zip(cross, Self.solved(gram, cross).solution).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(agree(found.latentVariances, [kernel(new, new) - explained], within: 1e-11))
  }

  @Test func thePosteriorMeanIsALastLayerOfTheNetwork() throws {
    let network = Network(inputs: [1, 6, 6]) {
      Convolution2D(2, size: 3)
      BatchNormalization()
      Activation.relu
      Flatten()
      Dense(1)
    }
    let parameters = Self.numbers(network.parameterCount, seed: 4)
    let state = DenseArray(Self.numbers(network.stateCount, seed: 5).elements.map(abs))
    // More rows than go through the network at once, and no multiple of it.
    let inputs = DenseArray(Self.numbers(600 * 36, seed: 6).elements, shape: [600, 36])
    let model = BayesianLinearRegression(
      try .lastLayer(of: network, parameters: parameters, state: state), inputs: 36, priorPrecision: 1,
      noisePrecision: 4
    ).observing(inputs, Self.numbers(600, seed: 7).elements)
    let below = network.parameterCount - model.featureCount
    let theta = DenseArray(parameters.elements[..<below] + model.weights)
    let outputs = Program(inputs: [theta.shape, state.shape, [600, 1, 6, 6]]) {
      [network.apply($0[0], $0[2], state: $0[1]).outputs]
    }.run([theta, state, inputs.reshaped([600, 1, 6, 6])])[0]
    #expect(agree(model.predict(inputs).means, outputs.elements, within: 1e-10))
    // A row alone has the features that it has among others.
    let whole = model.basis.design(inputs)
    let last = model.basis(Array(inputs.elements[36 * 599..<36 * 600]))
    #expect(agree(last, whole.rows(599..<600).elements, within: 1e-12))
  }

  @Test func aLastLayerWithoutABiasHasNoConstantAndOneLayerHasTheInputsThemselves() throws {
    let bare = Network(inputs: 3) { Dense(2, bias: false) }
    let basis = try BasisFunctions.lastLayer(of: bare, parameters: Self.numbers(6, seed: 8))
    #expect(basis([1, -2, 0.5]) == [1, -2, 0.5] && basis.featureCount(inputs: 3) == 3)
  }

  @Test func aNetworkThatDoesNotEndInADenseLayerIsRefused() {
    let network = Network(inputs: 2) {
      Dense(3)
      Activation.softplus
    }
    let error = #expect(throws: LayerError.self) {
      _ = try BasisFunctions.lastLayer(of: network, parameters: Self.numbers(9, seed: 9))
    }
    #expect(
      error?.description
        == "layer 1.softplus is the last, and features of a linear model are what a dense layer weighs")
  }
}
