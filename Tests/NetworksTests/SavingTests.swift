import Arrays
import Foundation
import Networks
import Probability
import Programs
import Testing

@Suite struct SavingTests {
  private let everything = Network(inputs: [2, 12, 12]) {
    Convolution2D(
      4, size: [3, 1], stride: [2, 1], padding: [1, 0], groups: 2, bias: false, initialiser: .he(.uniform))
    BatchNormalization(momentum: 0.2)
    Activation.leakyRelu
    Residual {
      Convolution2D(8, size: 1)
      GroupNormalization(groups: 2, epsilon: 1e-3)
    } shortcut: {
      Convolution2D(8, size: 1)
    }
    MaxPool(2)
    AveragePool([2, 2], stride: [1, 1], padding: [1, 1])
    Dropout(0.25)
    GlobalAveragePool()
    LayerNormalization()
    Embedding(categories: 3, dimension: 4)
    Convolution1D(3, size: 2)
    Flatten()
    Dense(5, initialiser: .orthogonal(gain: 2))
  }

  @Test func aNetworkWithEveryLayerIsReadAsItWasWritten() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let data = try encoder.encode(everything)
    let back = try JSONDecoder().decode(Network.self, from: data)
    #expect(try encoder.encode(back) == data)
    #expect(back.layout == everything.layout)
    #expect(back.stateLayout == everything.stateLayout)
    #expect(back.summary() == everything.summary())
    var (one, other) = (SplitMix(state: 1), SplitMix(state: 1))
    let theta: DenseArray<Double> = everything.initialParameters(using: &one)
    #expect(theta == back.initialParameters(using: &other))
  }

  @Test func aLayerIsAnObjectWithItsKind() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let network = Network(inputs: 3) {
      Activation.tanh
      Dropout(0.5)
    }
    let text = String(decoding: try encoder.encode(network), as: UTF8.self)
    #expect(
      text
        == #"{"inputs":[3],"layers":[{"function":"tanh","kind":"activation"},{"kind":"dropout","rate":0.5}]}"#)
  }

  @Test func aModelIsReadAsItWasWritten() throws {
    let model = BayesianModel(
      .multilayerPerceptron(inputs: 3, hidden: [4], outputs: 2),
      prior: .bySlice(["0.dense": .laplace(scale: 2)], default: .fanIn(gain: 1.5)),
      likelihood: .gaussian(noise: .learned(initial: 0.2)).tempered(by: 0.5))
    let back = try JSONDecoder().decode(BayesianModel.self, from: JSONEncoder().encode(model))
    #expect(back.prior == model.prior)
    #expect(back.likelihood == model.likelihood)
    #expect(back.layout == model.layout)
  }

  @Test func aNetworkWithALayerOfOnesOwnCannotBeSaved() {
    struct Doubling: Layer {
      var name: String { "doubling" }
      func outputShape(for input: Shape) -> Shape { input }
      func apply(_ x: Tensor, in context: inout LayerContext) -> Tensor { x + x }
    }
    let network = Network(inputs: 3) { Residual { Doubling() } }
    do {
      _ = try JSONEncoder().encode(network)
      Issue.record("a network with a layer of one's own was saved")
    } catch EncodingError.invalidValue(_, let context) {
      #expect(
        context.debugDescription == "the layer doubling is not of this library, so a network with it cannot be saved")
    } catch {
      Issue.record("an unexpected error \(error)")
    }
  }

  /// Each text is refused with an error, not with a trap.
  @Test(arguments: [
    #"{"inputs":[3],"layers":[{"kind":"unknown"}]}"#,
    #"{"inputs":[3],"layers":[{"units":3}]}"#,
    #"{"inputs":[-3],"layers":[]}"#,
    #"{"inputs":[4611686018427387904,4],"layers":[]}"#,
    #"{"inputs":[1099511627777],"layers":[]}"#,
    #"{"inputs":[3],"layers":[{"kind":"dense","units":-1,"bias":true,"initialiser":{"zeros":{}}}]}"#,
    #"{"inputs":[3],"layers":[{"kind":"activation","function":"sin"}]}"#,
    #"{"inputs":[1,9,9],"layers":[{"kind":"convolution2D","channels":1,"groups":0,"bias":true,"initialiser":{"zeros":{}},"window":{"size":[1,1],"stride":[1,1],"padding":[0,0],"dilation":[1,1]}}]}"#,
    #"{"inputs":[1,9,9],"layers":[{"kind":"convolution2D","channels":1,"groups":1,"bias":true,"initialiser":{"zeros":{}},"window":{"size":[1,1],"stride":[1],"padding":[0,0],"dilation":[1,1]}}]}"#,
    #"{"inputs":[1,9,9],"layers":[{"kind":"maxPool","size":0,"stride":0,"padding":0}]}"#,
  ]) func brokenDescriptionsAreErrors(_ text: String) {
    #expect(throws: (any Error).self) { try JSONDecoder().decode(Network.self, from: Data(text.utf8)) }
  }
}
