import Arrays
import Networks
import Probability
import Programs
import Testing

@Suite struct BayesianModelTests {
  private let network = Network.multilayerPerceptron(inputs: 3, hidden: [4], outputs: 2, activation: .tanh)

  @Test func learnedNoiseIsTheLastSliceOfTheParameters() throws {
    let model = BayesianModel(
      network, prior: .normal(scale: 1), likelihood: .gaussian(noise: .learned(initial: 0.25)))
    let slice = try #require(model.layout["likelihood.logNoise"])
    #expect(slice.range == 26..<28)
    #expect(model.parameterCount == 28)
    var generator = SplitMix(state: 1)
    let theta: DenseArray<Double> = model.initialParameters(using: &generator)
    #expect(Array(theta.elements[26...]) == [logOf(0.25), logOf(0.25)])
  }

  /// The mean over all minibatches of an epoch is the full sum: here two halves, each scaled by two.
  @Test func minibatchEstimatesAverageToTheLogJoint() {
    let model = BayesianModel(network, prior: .fanIn(gain: 1), likelihood: .gaussian(noise: .learned))
    let (theta, x, y) = (sample([28]), sample([6, 3], seed: 2), sample([6, 2], seed: 3))
    func estimate(_ rows: Range<Int>) -> Double {
      let (bx, by) = (x.rows(rows), y.rows(rows))
      let program = Program(inputs: [theta.shape, bx.shape, by.shape]) { t in
        [model.minibatchLogJoint(t[0], t[1], t[2], dataCount: 6).logJoint]
      }
      return program.run([theta, bx, by])[0].elements[0]
    }
    let whole = model.logJoint(x, y).valueAndGradient.run([theta])[0].elements[0]
    #expect(abs((estimate(0..<3) + estimate(3..<6)) / 2 - whole) < 1e-12 * abs(whole))
    #expect(abs(estimate(0..<6) - whole) < 1e-12 * abs(whole))
  }

  /// −½ ((log σ − log σ₀) / 2)² − log 2 − ½ log 2π for each target, beside the network's own prior.
  @Test func learnedNoiseHasItsOwnPrior() {
    let model = BayesianModel(network, prior: .normal(scale: 3), likelihood: .gaussian(noise: .learned(initial: 0.25)))
    let theta = sample([28])
    let value = Program(inputs: [[28]]) { [model.logPrior($0[0])] }.run([theta])[0].elements[0]
    var expected = 0.0
    let halfLogTwoPi = 0.5 * logOf(2 * Double.pi)
    for element in theta.elements[..<26] { expected -= element * element / 18 + logOf(3) + halfLogTwoPi }
    for element in theta.elements[26...] {
      let z = (element - logOf(0.25)) / 2
      expected -= z * z / 2 + logOf(2) + halfLogTwoPi
    }
    #expect(abs(value - expected) < 1e-12 * abs(expected))
  }

  @Test func flatPriorLeavesTheLikelihoodAlone() {
    let model = BayesianModel(network, prior: .flat, likelihood: .gaussian(noise: .learned))
    #expect(Program(inputs: [[28]]) { [model.logPrior($0[0])] }.run([sample([28])])[0].elements == [0])
  }

  @Test func perInputNoiseTakesHalfOfTheOutputs() {
    let model = BayesianModel(network, prior: .flat, likelihood: .gaussian(noise: .perInput))
    #expect(model.targetCount == 1)
    #expect(model.parameterCount == 26)
  }

  @Test func misfittingLikelihoodsTrap() async {
    await #expect(processExitsWith: .failure) {
      _ = BayesianModel(
        .multilayerPerceptron(inputs: 3, hidden: [4], outputs: 2), prior: .flat, likelihood: .categorical(classes: 3))
    }
  }
}
