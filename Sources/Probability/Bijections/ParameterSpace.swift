//  ParameterSpace.swift — named, shaped, constrained parameters as one unconstrained vector.
//
//  A model is written in its own parameters; samplers see one vector u of ℝᴰ and the density with the Jacobian of all
//  bijections.

public import Arrays
public import Programs

/// One parameter of a model.
public struct Parameter: Hashable, Codable, Sendable {
  public let name: String
  public let shape: Shape
  public let support: Bijection

  /// By default a real number.
  public init(_ name: String, _ support: Bijection = .real, shape: Shape = .scalar) {
    self.name = name
    self.shape = shape
    self.support = support
  }
}

/// The parameters of a model at a point, as tensors.
public struct ParameterValues: Sendable {
  private let tensors: [String: Tensor]

  init(_ tensors: [String: Tensor]) { self.tensors = tensors }

  /// The parameter of a name, under its own shape. Precondition: there is one.
  public subscript(name: String) -> Tensor {
    guard let tensor = tensors[name] else {
      preconditionFailure("no parameter is named \(name); there are \(tensors.keys.sorted().joined(separator: ", "))")
    }
    return tensor
  }
}

/// The parameters of a model.
public struct ParameterSpace: Hashable, Codable, Sendable {
  public let parameters: [Parameter]

  /// Precondition: names differ; shapes fit supports.
  public init(_ parameters: [Parameter]) {
    precondition(
      Set(parameters.map(\.name)).count == parameters.count,
      "parameters have different names, not \(parameters.map(\.name).joined(separator: ", "))")
    self.parameters = parameters
  }

  /// D, the number of unconstrained coordinates.
  public var dimension: Int { parameters.reduce(0) { $0 + $1.support.unconstrainedShape(of: $1.shape).count } }

  /// The unconstrained coordinates of a parameter, in the order of its elements where it has no support that mixes them.
  ///
  /// Precondition: there is a parameter of that name.
  public func coordinates(of name: String) -> Range<Int> {
    var offset = 0
    for parameter in parameters {
      let count = parameter.support.unconstrainedShape(of: parameter.shape).count
      if parameter.name == name { return offset..<offset + count }
      offset += count
    }
    preconditionFailure(
      "no parameter is named \(name); there are \(parameters.map(\.name).sorted().joined(separator: ", "))")
  }

  /// The parameters at u, and log J. Shape [D] → shapes of the parameters, and [].
  public func values(at u: Tensor) -> (values: ParameterValues, logJacobian: Tensor) {
    precondition(u.shape == [dimension], "a point of shape \(u.shape) in a space of \(dimension) coordinates")
    var tensors: [String: Tensor] = [:]
    var logJacobian: Tensor?
    var offset = 0
    for parameter in parameters {
      let shape = parameter.support.unconstrainedShape(of: parameter.shape)
      let part = u.slice(axis: 0, offset..<offset + shape.count).reshaped(shape)
      let (value, term) = parameter.support(part)
      tensors[parameter.name] = value
      if parameter.support != .real { logJacobian = logJacobian.map { $0 + term } ?? term }
      offset += shape.count
    }
    return (ParameterValues(tensors), logJacobian ?? .constant(0))
  }

  /// The density of u for a density of the parameters.
  ///
  /// - Parameter body: log p of the parameters, shape []. Unit: nats. Without Jacobians.
  public func logDensity(_ body: @escaping @Sendable (ParameterValues) -> Tensor) -> LogDensity {
    LogDensity(dimension: dimension) { u in
      let (values, logJacobian) = values(at: u)
      return body(values) + logJacobian
    }
  }

  /// Draws of u as draws of each parameter. Shape […, D] → […, shape of the parameter].
  public func constrained(_ draws: DenseArray<Double>) -> [String: DenseArray<Double>] {
    derived(from: draws) { values in
      Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, values[$0.name]) })
    }
  }

  /// A function of the parameters as one of u, without Jacobians: a log likelihood beside a prior that is `logDensity`.
  ///
  /// - Parameter body: log p of the data, shape []. Unit: nats.
  public func logLikelihood(_ body: @escaping @Sendable (ParameterValues) -> Tensor) -> LogDensity {
    LogDensity(dimension: dimension) { u in body(values(at: u).values) }
  }

  /// Quantities that follow from the parameters, for draws of u: effects, predictions, log likelihoods of observations.
  ///
  /// - Parameters:
  ///   - draws: Shape […, D].
  ///   - body: From the parameters to quantities by their names.
  /// - Returns: For each, shape […, shape of the quantity].
  public func derived(
    from draws: DenseArray<Double>, _ body: (ParameterValues) -> [String: Tensor]
  ) -> [String: DenseArray<Double>] {
    precondition(
      draws.rank >= 1 && draws.shape[draws.rank - 1] == dimension,
      "draws of shape \(draws.shape) in a space of \(dimension) coordinates")
    var names: [String] = []
    var shapes: [Shape] = []
    let program = Program(inputs: [[dimension]]) { inputs in
      let quantities = body(values(at: inputs[0]).values)
      names = quantities.keys.sorted()
      let tensors = names.compactMap { quantities[$0] }
      shapes = tensors.map(\.shape)
      return tensors
    }
    let executor = Executor<Double>(Plan(program))
    let count = draws.shape.extents.dropLast().reduce(1, *)
    var elements = names.map { _ in [Double]() }
    for draw in 0..<count {
      _ = executor.input(0).update(fromContentsOf: draws.elements[draw * dimension..<(draw + 1) * dimension])
      executor.run()
      for index in names.indices { elements[index] += executor.output(index) }
    }
    var result: [String: DenseArray<Double>] = [:]
    for (index, name) in names.enumerated() {
      let shape = Shape(draws.shape.extents.dropLast() + shapes[index].extents)
      result[name] = DenseArray(elements[index], shape: shape)
    }
    return result
  }

  /// u for given parameters, row-major each; `nil` where one is missing, of another size or outside of its support.
  public func unconstrained(_ values: [String: [Double]]) -> [Double]? {
    var u: [Double] = []
    for parameter in parameters {
      guard let value = values[parameter.name], value.count == parameter.shape.count,
        let part = parameter.support.inverse(value, shape: parameter.shape)
      else { return nil }
      u += part
    }
    return u
  }
}
