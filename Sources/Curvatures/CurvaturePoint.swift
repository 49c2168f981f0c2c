//  CurvaturePoint.swift — where a curvature is taken: a model, its parameters, the data.

public import Arrays
public import Networks
public import Probability

/// A model at given parameters, over given data.
public struct CurvaturePoint<Element: Scalar>: Sendable {
  public let model: BayesianModel
  /// θ, with the likelihood's parameters. Shape [P].
  public let parameters: DenseArray<Element>
  /// Running statistics, used as they are. Shape [Q].
  public let state: DenseArray<Element>
  /// Shape [N, …].
  public let inputs: DenseArray<Element>
  /// Shape [N], or [N, D].
  public let targets: DenseArray<Element>
  /// Of the targets that the sampled Fisher matrix draws: the same ones for every pass over the data.
  public let seed: UInt64

  /// Precondition: shapes that fit the model.
  public init(
    _ model: BayesianModel, parameters: DenseArray<Element>, state: DenseArray<Element>? = nil,
    inputs: DenseArray<Element>, targets: DenseArray<Element>, seed: UInt64 = 0
  ) {
    precondition(
      parameters.shape == [model.parameterCount],
      "parameters of shape \(parameters.shape) for a model that has \(model.parameterCount)")
    precondition(
      Array(inputs.shape.extents.dropFirst()) == model.network.inputShape.extents
        && targets.shape[0] == inputs.shape[0],
      "inputs of shape \(inputs.shape) and targets of shape \(targets.shape) for examples of shape "
        + "\(model.network.inputShape)")
    self.model = model
    self.parameters = parameters
    self.state = state ?? model.network.initialState()
    self.inputs = inputs
    self.targets = targets
    self.seed = seed
  }

  /// N.
  public var count: Int { inputs.shape[0] }

  /// The network's slices of θ.
  public var slices: [ParameterSlice] { model.network.layout.slices }
}

/// How a pass over the data is run. Nothing here changes a result.
public struct CurvatureRun: Sendable {
  /// The threads that products are shared out to.
  public var pool: WorkerPool?
  /// Asked after each batch.
  public var shouldStop: @Sendable () -> Bool

  public init(pool: WorkerPool? = nil, shouldStop: @escaping @Sendable () -> Bool = { false }) {
    self.pool = pool
    self.shouldStop = shouldStop
  }
}
