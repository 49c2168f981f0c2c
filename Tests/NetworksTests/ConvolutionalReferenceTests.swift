import Arrays
import GoldenValues
import Networks
import Probability
import Programs
import Testing

@Suite struct ConvolutionalReferenceTests {
  private let plain = Network(inputs: [1, 12, 12]) {
    Convolution2D(4, size: 3)
    Activation.relu
    MaxPool(2)
    Convolution2D(8, size: 3)
    Activation.relu
    Flatten()
    Dense(10)
  }

  private let normalised = Network(inputs: [1, 12, 12]) {
    Convolution2D(4, size: 3)
    BatchNormalization()
    Activation.relu
    MaxPool(2)
    Convolution2D(8, size: 3)
    BatchNormalization()
    Activation.relu
    Flatten()
    Dense(10)
  }

  private let plainNames = ["conv1_W", "conv1_b", "conv2_W", "conv2_b", "fc_W", "fc_b"]
  private let normalisedNames = [
    "conv1_W", "conv1_b", "bn1_gamma", "bn1_beta", "conv2_W", "conv2_b", "bn2_gamma", "bn2_beta", "fc_W", "fc_b",
  ]
  private let stateNames = ["bn1_mean", "bn1_var", "bn2_mean", "bn2_var"]

  /// The named arrays one after the other, from the first part that has them.
  private func vector(_ names: [String], _ parts: Reference...) throws -> DenseArray<Double> {
    DenseArray(
      try names.flatMap { name in
        try #require(parts.first { $0.has(name) }, "no \(name)")[name].array.elements
      })
  }

  private func model(_ network: Network) -> BayesianModel {
    BayesianModel(network, prior: .flat, likelihood: .categorical(classes: 10))
  }

  @Test func plainNetworkAgreesWithTheReference() throws {
    let file = try Reference("convnet")
    let model = model(plain)
    let theta = try vector(plainNames, file["parameters"])
    let (x, y) = (try file["X"].array, try file["y"].array)
    let program = Program(inputs: [theta.shape, x.shape, y.shape]) { t in
      let nll = -model.logLikelihood(t[0], t[1], t[2]).sum()
      return [model.outputs(t[0], t[1]).outputs, nll, gradient(of: nll, withRespectTo: t[0])]
    }
    let results = program.run([theta, x, y])
    let expected = try file["plain"]
    #expect(relativeDifference(results[0], try expected["logits"].array) < 1e-9)
    #expect(abs(results[1].elements[0] - (try expected["nll_sum"].number)) < 1e-9 * 67)
    #expect(relativeDifference(results[2], try vector(plainNames, expected["grad"])) < 1e-9)
  }

  @Test(arguments: [NetworkMode.training, .evaluation])
  func batchNormalisedNetworkAgreesWithTheReference(_ mode: NetworkMode) throws {
    let file = try Reference("convnet")
    let part = try file["batchnorm"]
    let model = model(normalised)
    let theta = try vector(normalisedNames, file["parameters"], part["gamma_beta"])
    let state = try vector(stateNames, part["running_stats_initial"])
    let (x, y) = (try file["X"].array, try file["y"].array)
    let program = Program(inputs: [theta, x, y, state].map(\.shape)) { t in
      let (outputs, newState) = model.outputs(t[0], t[1], state: t[3], mode: mode)
      let nll = -model.logLikelihood(t[0], t[1], t[2], state: t[3], mode: mode).sum()
      return [outputs, nll, gradient(of: nll, withRespectTo: t[0]), newState]
    }
    let results = program.run([theta, x, y, state])
    let expected = try part[mode == .training ? "train_mode" : "eval_mode"]
    #expect(relativeDifference(results[0], try expected["logits"].array) < 1e-9)
    #expect(relativeDifference(results[1], DenseArray([try expected["nll_sum"].number], shape: .scalar)) < 1e-9)
    #expect(relativeDifference(results[2], try vector(normalisedNames, expected["grad"])) < 1e-9)
    let after =
      mode == .training ? try vector(stateNames, expected["running_stats_after_one_forward"]) : state
    #expect(relativeDifference(results[3], after) < 1e-9)
  }
}
