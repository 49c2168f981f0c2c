import Arrays
import GoldenValues
import Networks
import Probability
import Programs
import Testing

@Suite struct ResidualTests {
  @Test func residualBlockAddsItsInput() {
    let network = Network(inputs: 2) { Residual { Dense(2) } }
    let y = evaluate(network, DenseArray([1.0, 2, 3, 4, 10, 20]), DenseArray(rows: [[1.0, -1]]))
    #expect(y == DenseArray(rows: [[10.0, 18]]))
  }

  @Test func residualBlockWithAProjectionAddsThat() {
    let network = Network(inputs: 2) {
      Residual {
        Dense(1, bias: false)
      } shortcut: {
        Dense(1)
      }
    }
    #expect(
      network.layout.slices.map(\.name) == [
        "0.residual.main.0.dense.weight", "0.residual.shortcut.0.dense.weight", "0.residual.shortcut.0.dense.bias",
      ])
    let y = evaluate(network, DenseArray([1.0, 2, 10, 20, 0.5]), DenseArray(rows: [[3.0, 1]]))
    #expect(y == DenseArray(rows: [[55.5]]))
  }

  @Test func runningStatisticsInsideOfABlockAreCollected() {
    let network = Network(inputs: 1) { Residual { BatchNormalization() } }
    #expect(
      network.stateLayout.slices.map(\.name) == [
        "0.residual.main.0.batchNormalization.mean", "0.residual.main.0.batchNormalization.variance",
      ])
    let program = Program(inputs: [[2], [2, 1], [2]]) { t in
      [network.apply(t[0], t[1], state: t[2], mode: .training).state]
    }
    let state = program.run([DenseArray([1.0, 0]), DenseArray(rows: [[1.0], [3]]), network.initialState()])[0]
    #expect(relativeDifference(state, DenseArray([0.2, 1.1])) < 1e-14)
  }
}
