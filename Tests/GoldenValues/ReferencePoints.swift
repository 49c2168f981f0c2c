//  ReferencePoints.swift — the models that golden values belong to, at their parameters.

public import Arrays
public import Curvatures
public import Foundation
import Networks
import Probability

/// The model and the data of a file of a test target, at its parameters.
public func referencePoint(_ file: String, in bundle: Bundle) throws -> CurvaturePoint<Double> {
  let reference = try Reference(file, in: bundle)
  if file == "convnet" {
    let network = Network(inputs: [1, 12, 12]) {
      Convolution2D(4, size: 3)
      Activation.relu
      MaxPool(2)
      Convolution2D(8, size: 3)
      Activation.relu
      Flatten()
      Dense(10)
    }
    let order = try reference["flat_order"].list
    let theta = try order.flatMap { try reference["parameters"][try $0.text].array.elements }
    let model = BayesianModel(network, prior: .normal(scale: 1), likelihood: .categorical(classes: 10))
    return CurvaturePoint(
      model, parameters: DenseArray(theta), inputs: try reference["X"].array, targets: try reference["y"].array)
  }
  let dims = try reference["dims"].array.elements.map { Int($0) }
  guard let activation = Activation(rawValue: try reference["activation"].text) else {
    throw ReferenceError(missing: "an activation")
  }
  let network = Network.multilayerPerceptron(
    inputs: dims[0], hidden: Array(dims[1..<dims.count - 1]), outputs: dims[dims.count - 1], activation: activation)
  let precision = try reference["prior_precision"].number
  let likelihood: Likelihood =
    reference.has("sigma_noise")
    ? .gaussian(noise: .fixed(try reference["sigma_noise"].number)) : .categorical(classes: dims[dims.count - 1])
  let model = BayesianModel(network, prior: .normal(scale: 1 / precision.squareRoot()), likelihood: likelihood)
  return CurvaturePoint(
    model, parameters: try reference["theta_flat"].array, inputs: try reference["X"].array,
    targets: try reference["y"].array)
}

/// The files of networks of dense layers.
public let multilayerPerceptrons: [String] = ["mlp_classification", "mlp_regression", "mlp_regression_tanh"]
