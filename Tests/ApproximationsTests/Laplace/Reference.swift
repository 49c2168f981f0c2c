//  Reference.swift — golden values from fixtures, the models that they belong to, and the comparison that all tests use.

import Arrays
import Curvatures
import Foundation
import Networks
import Probability
import Testing

/// A part of a JSON file of golden values.
enum Reference: Decodable {
  case number(Double)
  case text(String)
  case list([Reference])
  case object([String: Reference])
  case null

  init(_ name: String) throws {
    let url = try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Fixtures"))
    self = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: url))
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([Reference].self) {
      self = .list(value)
    } else if let value = try? container.decode([String: Reference].self) {
      self = .object(value)
    } else {
      self = .null
    }
  }

  subscript(key: String) -> Reference {
    get throws {
      guard case .object(let values) = self else { throw ReferenceError(key: key) }
      return try #require(values[key], "no key \(key)")
    }
  }

  func has(_ key: String) -> Bool {
    guard case .object(let values) = self else { return false }
    return values[key] != nil
  }

  var number: Double {
    get throws {
      guard case .number(let value) = self else { throw ReferenceError(key: "a number") }
      return value
    }
  }

  var text: String {
    get throws {
      guard case .text(let value) = self else { throw ReferenceError(key: "a text") }
      return value
    }
  }

  /// A nested list as an array.
  var array: DenseArray<Double> {
    get throws {
      var shape: [Int] = []
      var inner = self
      while case .list(let list) = inner {
        shape.append(list.count)
        inner = try #require(list.first)
      }
      return DenseArray(try flat(), shape: Shape(shape))
    }
  }

  private func flat() throws -> [Double] {
    if case .list(let list) = self { return try list.flatMap { try $0.flat() } }
    return [try number]
  }
}

struct ReferenceError: Error { let key: String }

/// The largest difference, relative to the largest entry of what is expected. Infinite when shapes differ or on NaN.
func relativeDifference(_ actual: DenseArray<Double>, _ expected: DenseArray<Double>) -> Double {
  guard actual.shape == expected.shape else { return .infinity }
  let scale = expected.elements.map(abs).max() ?? 0
  let worst = zip(actual.elements, expected.elements).map { abs($0 - $1) }.reduce(0) { $1 <= $0 ? $0 : $1 }
  return worst.isNaN ? .infinity : worst / (scale == 0 ? 1 : scale)
}

/// The model and the data of a file, at its parameters.
func point(_ file: String) throws -> CurvaturePoint<Double> {
  let reference = try Reference(file)
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
    let order = try #require({ if case .list(let names) = try reference["flat_order"] { names } else { nil } }())
    let theta = try order.flatMap { try reference["parameters"][try $0.text].array.elements }
    let model = BayesianModel(network, prior: .normal(scale: 1), likelihood: .categorical(classes: 10))
    return CurvaturePoint(
      model, parameters: DenseArray(theta), inputs: try reference["X"].array, targets: try reference["y"].array)
  }
  let dims = try reference["dims"].array.elements.map { Int($0) }
  let activation = try #require(Activation(rawValue: try reference["activation"].text))
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

let multilayerPerceptrons: [String] = ["mlp_classification", "mlp_regression", "mlp_regression_tanh"]
