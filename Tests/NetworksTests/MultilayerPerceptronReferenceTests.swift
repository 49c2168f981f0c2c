import Arrays
import GoldenValues
import Networks
import Probability
import Programs
import Testing

@Suite struct MultilayerPerceptronReferenceTests {
  static let files = ["mlp_classification", "mlp_regression", "mlp_regression_tanh"]

  /// The model of a file, built by the public initialisers alone.
  private func model(_ reference: Reference) throws -> BayesianModel {
    let dims = try reference["dims"].array.elements.map { Int($0) }
    let activation = try #require(Activation(rawValue: try reference["activation"].text))
    let network = Network.multilayerPerceptron(
      inputs: dims[0], hidden: Array(dims[1..<dims.count - 1]), outputs: dims[dims.count - 1], activation: activation)
    let precision = try reference["prior_precision"].number
    let likelihood: Likelihood =
      reference.has("sigma_noise")
      ? .gaussian(noise: .fixed(try reference["sigma_noise"].number)) : .categorical(classes: dims[dims.count - 1])
    return BayesianModel(network, prior: .normal(scale: 1 / precision.squareRoot()), likelihood: likelihood)
  }

  @Test(arguments: files) func outputsAgreeWithTheReference(_ file: String) throws {
    let reference = try Reference(file)
    let model = try model(reference)
    let theta = try reference["theta_flat"].array
    let key = reference.has("logits") ? "logits" : "outputs"
    for (inputs, outputs) in [("X", key), ("X_test", key + "_test")] where reference.has(outputs) {
      let x = try reference[inputs].array
      let program = Program(inputs: [theta.shape, x.shape]) { [model.outputs($0[0], $0[1]).outputs] }
      #expect(relativeDifference(program.run([theta, x])[0], try reference[outputs].array) < 1e-9)
    }
  }

  @Test(arguments: files) func logLikelihoodGradientAndHessianProductAgreeWithTheReference(_ file: String) throws {
    let reference = try Reference(file)
    let model = try model(reference)
    let inputs = [
      try reference["theta_flat"].array, try reference["X"].array, try reference["y"].array,
      try reference["hvp_vector"].array,
    ]
    let program = Program(inputs: inputs.map(\.shape)) { t in
      let nll = -model.logLikelihood(t[0], t[1], t[2]).sum()
      let slope = gradient(of: nll, withRespectTo: t[0])
      return [nll, slope, gradient(of: (slope * t[3]).sum(), withRespectTo: t[0])]
    }
    let results = program.run(inputs)
    #expect(relativeDifference(results[0], DenseArray([try reference["nll_sum"].number], shape: .scalar)) < 1e-9)
    #expect(relativeDifference(results[1], try reference["grad_nll_flat"].array) < 1e-9)
    #expect(relativeDifference(results[2], try reference["hvp_hessian"].array) < 1e-9)
  }

  /// The reference leaves out the prior's constant, P/2 log(2π / precision).
  @Test(arguments: files) func logJointIsTheReferenceAndThePriorsConstant(_ file: String) throws {
    let reference = try Reference(file)
    let model = try model(reference)
    let (theta, x, y) = (try reference["theta_flat"].array, try reference["X"].array, try reference["y"].array)
    let program = Program(inputs: [theta.shape, x.shape, y.shape]) { t in
      [model.minibatchLogJoint(t[0], t[1], t[2], dataCount: x.shape[0]).logJoint]
    }
    let constant = 0.5 * Double(theta.count) * logOf(2 * Double.pi / (try reference["prior_precision"].number))
    let expected = -(try reference["neg_log_posterior_unnormalised"].number) - constant
    #expect(relativeDifference(program.run([theta, x, y])[0], DenseArray([expected], shape: .scalar)) < 1e-9)
  }
}
