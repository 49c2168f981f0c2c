import Arrays
import Networks
import Probability
import Programs
import Testing

@Suite struct NetworkTests {
  @Test func parametersLieInTheOrderOfTheLayersWeightsFirst() {
    let network = Network.multilayerPerceptron(inputs: 3, hidden: [5], outputs: 2, activation: .tanh)
    #expect(network.layout.slices.map(\.name) == ["0.dense.weight", "0.dense.bias", "2.dense.weight", "2.dense.bias"])
    #expect(network.layout.slices.map(\.shape) == [[5, 3], [5], [2, 5], [2]])
    #expect(network.layout.slices.map(\.offset) == [0, 15, 20, 30])
    #expect(network.layout.slices.map(\.fanIn) == [3, 3, 5, 5])
    #expect(network.parameterCount == 32)
  }

  @Test func summaryIsATable() {
    let network = Network(inputs: [1, 28, 28]) {
      Convolution2D(6, size: 5, padding: 2)
      Activation.relu
      MaxPool(2)
      Residual { BatchNormalization() }
      Flatten()
      Dense(10)
    }
    #expect(
      network.summary() == """
        layer          output       parameters
        input          [1, 28, 28]
        0 convolution  [6, 28, 28]         156
        1 relu         [6, 28, 28]           0
        2 maxPool      [6, 14, 14]           0
        3 residual     [6, 14, 14]          12
        4 flatten      [1176]                0
        5 dense        [10]              11770
        total                            11938
        """)
  }

  @Test func readyNetworksHaveTheKnownNumbersOfParameters() {
    #expect(Network.multilayerPerceptron(inputs: 784, hidden: [800, 400], outputs: 10).parameterCount == 952_410)
    #expect(Network.leNet5().parameterCount == 61_706)
    #expect(Network.resNet20().parameterCount == 272_474)
    #expect(Network.resNet20().outputShape == [10])
  }

  /// Untrained, with two examples, in `Float`: the program of a deep network can be planned and run.
  @Test func residualNetworkRunsWithItsGradient() {
    let network = Network.resNet20(inputs: [3, 16, 16], width: 4)
    let model = BayesianModel(network, prior: .normal(scale: 1), likelihood: .categorical(classes: 10))
    var generator = SplitMix(state: 1)
    let theta: DenseArray<Float> = model.initialParameters(using: &generator)
    let x: DenseArray<Float> = sample([2, 3, 16, 16]).converted()
    let state: DenseArray<Float> = network.initialState()
    let program = Program(inputs: [theta.shape, x.shape, [2], state.shape]) { t in
      let (value, newState) = model.minibatchLogJoint(t[0], t[1], t[2], dataCount: 2, state: t[3])
      return [value, gradient(of: value, withRespectTo: t[0]), newState]
    }
    let results = program.run([theta, x, DenseArray([3, 7]), state])
    #expect(results[1].elements.allSatisfy { $0.isFinite })
    #expect(results[1].elements.contains { $0 != 0 })
    #expect(results[2].shape == state.shape && results[2] != state)
  }

  @Test func aLayerOfOnesOwnTakesPartInEverything() {
    struct Stretch: Layer {
      var name: String { "stretch" }
      func outputShape(for input: Shape) -> Shape { input }
      func parameters(for input: Shape) -> [ParameterDeclaration] {
        [ParameterDeclaration("factor", shape: input, role: .scale, initialiser: .constant(3))]
      }
      func apply(_ x: Tensor, in context: inout LayerContext) -> Tensor { x * context.parameter("factor") }
    }
    let network = Network(inputs: 2) {
      Stretch()
      Dense(1)
    }
    #expect(network.layout.slices.map(\.name) == ["0.stretch.factor", "1.dense.weight", "1.dense.bias"])
    var generator = SplitMix(state: 1)
    let theta: DenseArray<Double> = network.initialParameters(using: &generator)
    #expect(Array(theta.elements[..<2]) == [3, 3])
    let y = evaluate(network, DenseArray([2.0, 3, 10, 100, 0.5]), DenseArray(rows: [[1.0, 1]]))
    #expect(y == DenseArray(rows: [[320.5]]))
  }
}
