import Arrays
import GoldenValues
import Networks
import Probability
import Programs
import Testing

@Suite struct DenseTests {
  /// y = W x + b with W [3, 2], by hand.
  @Test func denseLayerIsMatrixTimesInputPlusBias() {
    let network = Network(inputs: 2) { Dense(3) }
    let theta = DenseArray([1.0, 2, 3, 4, 5, 6, 0.5, -1, 2])
    let y = evaluate(network, theta, DenseArray(rows: [[1.0, 10], [0, -1]]))
    #expect(y == DenseArray(rows: [[21.5, 42, 67], [-1.5, -5, -4]]))
  }

  @Test func denseLayerWithoutBiasHasOnlyAWeight() {
    let network = Network(inputs: 2) { Dense(3, bias: false) }
    #expect(network.layout.slices.map(\.name) == ["0.dense.weight"])
    let y = evaluate(network, DenseArray([1.0, 2, 3, 4, 5, 6]), DenseArray(rows: [[1.0, 10]]))
    #expect(y == DenseArray(rows: [[21.0, 43, 65]]))
  }

  /// Values at −1.5 and 2 from the definitions, to seventeen digits.
  @Test func activationsHaveTheirDefinedValues() {
    let expected: [Activation: [Double]] = [
      .relu: [0, 2], .leakyRelu: [-0.015, 2], .elu: [-0.7768698398515702, 2],
      .gelu: [-0.10021080190328713, 1.9544997361036416], .silu: [-0.2736382857095345, 1.7615941559557646],
      .tanh: [-0.9051482536448664, 0.9640275800758169], .sigmoid: [0.18242552380635635, 0.8807970779778823],
      .softplus: [0.2014132779827524, 2.1269280110429727], .identity: [-1.5, 2],
    ]
    for activation in Activation.allCases {
      let y = evaluate(Network(inputs: 2) { activation }, DenseArray([]), DenseArray(rows: [[-1.5, 2]]))
      let values = expected[activation] ?? []
      #expect(relativeDifference(y, DenseArray(values, shape: [1, 2])) < 1e-12, "\(activation)")
    }
  }

  @Test func embeddingSelectsRowsOfItsTable() {
    let network = Network(inputs: [3]) { Embedding(categories: 4, dimension: 2) }
    let y = evaluate(network, DenseArray((0..<8).map(Double.init)), DenseArray(rows: [[3.0, 0, 3], [1, 1, 2]]))
    #expect(y == DenseArray([6.0, 7, 0, 1, 6, 7, 2, 3, 2, 3, 4, 5], shape: [2, 3, 2]))
  }

  @Test func flattenKeepsTheOrderOfElements() {
    let network = Network(inputs: [2, 1, 2]) { Flatten() }
    let y = evaluate(network, DenseArray([]), DenseArray((0..<8).map(Double.init), shape: [2, 2, 1, 2]))
    #expect(y == DenseArray((0..<8).map(Double.init), shape: [2, 4]))
  }
}
