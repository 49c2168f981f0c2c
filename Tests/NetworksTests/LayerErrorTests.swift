import Arrays
import Networks
import Programs
import Testing

@Suite struct LayerErrorTests {
  /// The sentence with which a network is refused.
  private func refusal(of layers: [any Layer], inputs: Shape) -> String {
    do {
      let network = try Network(inputs: inputs, layers: layers)
      return "accepted with outputs \(network.outputShape)"
    } catch {
      return error.description
    }
  }

  @Test func wrongInputsAreNamedWithTheLayerAndBothShapes() {
    let cases: [([any Layer], Shape, String)] = [
      (
        [Activation.relu, Dense(3)], [1, 28, 28],
        "layer 1.dense takes an input of shape [features], not [1, 28, 28]; put a Flatten before it"
      ),
      (
        [Convolution2D(3, size: 3)], [28, 28],
        "layer 0.convolution takes an input of shape [channels, height, width], not [28, 28]"
      ),
      (
        [Convolution1D(3, size: 3)], [28],
        "layer 0.convolution takes an input of shape [channels, length], not [28]"
      ),
      (
        [MaxPool(2)], [28],
        "layer 0.maxPool takes an input of shape [channels, height, width] or [channels, length], not [28]"
      ),
      ([GlobalAveragePool()], [28], "layer 0.globalAveragePool takes an input of shape [channels, …], not [28]"),
      (
        [Embedding(categories: 3, dimension: 2)], [2, 2],
        "layer 0.embedding takes an input of shape [indices] or [], not [2, 2]"
      ),
      (
        [Residual { Dense(3) }], [2],
        "layer 0.residual has a block that gives [3] beside a shortcut that gives [2]; give the shortcut a projection"
      ),
      (
        [Residual { Convolution2D(1, size: 1) }], [2],
        "layer 0.residual.0.convolution takes an input of shape [channels, height, width], not [2]"
      ),
    ]
    for (layers, inputs, sentence) in cases { #expect(refusal(of: layers, inputs: inputs) == sentence) }
  }

  @Test func impossibleNumbersAreNamed() {
    let cases: [([any Layer], Shape, String)] = [
      ([Dense(0)], [3], "layer 0.dense needs a number of units from 1 to 1048576, not 0"),
      (
        [Dense(1 << 20), Dense(1 << 20), Dense(1 << 20)], [1 << 21],
        "layer 0.dense has a parameter weight of shape [1048576, 2097152], which is too large"
      ),
      (
        [Convolution2D(2, size: 5)], [1, 4, 9],
        "layer 0.convolution has a window of [5, 5] with dilation [1, 1] that does not fit extents [4, 9] padded by [0, 0]"
      ),
      (
        [Convolution2D(4, size: 1, groups: 2)], [3, 4, 4],
        "layer 0.convolution cannot divide 3 input and 4 output channels into 2 groups"
      ),
      ([MaxPool(2, padding: 2)], [1, 4, 4], "layer 0.maxPool needs a padding less than its window of 2, not 2"),
      (
        [MaxPool([2, 2])], [1, 4],
        "layer 0.maxPool has a window of [2, 2], which is not for an input of shape [1, 4]"
      ),
      (
        [AveragePool([2, 3], padding: [0, 3])], [1, 9, 9],
        "layer 0.averagePool needs a padding less than its window of 3, not 3"
      ),
      ([Dropout(1)], [3], "layer 0.dropout needs a rate of at least 0 and less than 1, not 1.0"),
      ([GroupNormalization(groups: 2)], [3], "layer 0.groupNormalization cannot divide 3 channels into 2 groups"),
    ]
    for (layers, inputs, sentence) in cases { #expect(refusal(of: layers, inputs: inputs) == sentence) }
  }

  @Test func tracingWithWrongShapesTraps() async {
    await #expect(processExitsWith: .failure) {
      let network = Network(inputs: 2) { Dense(1) }
      _ = Program(inputs: [[3], [4, 5]]) { [network.apply($0[0], $0[1]).outputs] }
    }
  }
}
