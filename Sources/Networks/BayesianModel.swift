//  BayesianModel.swift — a network, a prior and a likelihood: the log posterior of θ.
//
//  Notation   N  examples of the data set     B  examples of a minibatch     P  parameters, with the likelihood's
//
//    log p(θ, D)  = Σₙ log p(yₙ | xₙ, θ) + log p(θ)                                                        (1)
//    its estimate = N / B Σ over the minibatch log p(y | x, θ) + log p(θ), unbiased                        (2)
//
//  This is the one place where a sum over a minibatch is scaled up. Unit: nats, summed over the whole data set.

public import Arrays
public import Probability
public import Programs

/// The joint density of data and parameters.
public struct BayesianModel: Sendable {
  public let network: Network
  public let prior: Prior
  public let likelihood: Likelihood

  /// The network's parameters, then those of the likelihood.
  public let layout: ParameterLayout

  /// D, the number of targets an example.
  public let targetCount: Int

  /// Precondition: the network's outputs fit the likelihood, and the prior fits its parameters.
  public init(_ network: Network, prior: Prior, likelihood: Likelihood) {
    do {
      try self.init(checking: network, prior: prior, likelihood: likelihood)
    } catch {
      preconditionFailure(error.description)
    }
  }

  init(checking network: Network, prior: Prior, likelihood: Likelihood) throws(ModelError) {
    let outputs = network.outputShape
    guard outputs.rank == 1, let targets = likelihood.targetCount(outputs: outputs[0]) else {
      throw ModelError(
        description: "a network with outputs of shape \(outputs) does not fit the likelihood \(likelihood.family)")
    }
    if let problem = prior.problem(over: network.layout) { throw ModelError(description: problem) }
    self.network = network
    self.prior = prior
    self.likelihood = likelihood
    targetCount = targets
    var layout = network.layout
    likelihood.appendParameters(to: &layout, targets: targets)
    self.layout = layout
  }

  /// P.
  public var parameterCount: Int { layout.count }

  /// The network's outputs and its running statistics after the batch.
  ///
  /// - Parameters:
  ///   - parameters: θ. Shape [P].
  ///   - x: Shape [B, …].
  ///   - sampling: How weights are sampled, over all P parameters; then θ are the means.
  /// - Returns: Shapes [B, O] and [Q].
  public func outputs(
    _ parameters: Tensor, _ x: Tensor, state: Tensor? = nil, mode: NetworkMode = .evaluation,
    sampling: WeightSampling? = nil
  ) -> (outputs: Tensor, state: Tensor) {
    layout.check(parameters.shape)
    let ofNetwork = sampling.map {
      WeightSampling($0.estimator, spread: networkParameters($0.spread), noise: $0.noise)
    }
    return network.apply(networkParameters(parameters), x, state: state, mode: mode, sampling: ofNetwork)
  }

  /// The running statistics as a batch alone would have them, computed as in training. Shape [Q].
  ///
  /// - Parameters:
  ///   - parameters: θ. Shape [P].
  ///   - x: Shape [B, …].
  public func batchStatistics(_ parameters: Tensor, _ x: Tensor) -> Tensor {
    layout.check(parameters.shape)
    return network.batchStatistics(networkParameters(parameters), x)
  }

  /// The network's part of θ. Shape [P] → [network.parameterCount].
  public func networkParameters(_ parameters: Tensor) -> Tensor {
    network.parameterCount == layout.count
      ? parameters : parameters.slice(axis: 0, 0..<network.parameterCount)
  }

  /// log σ where the likelihood learns its noise, otherwise `nil`. Shape [P] → [D].
  public func logNoise(_ parameters: Tensor) -> Tensor? {
    layout[Likelihood.logNoiseName]?.tensor(of: parameters)
  }

  /// log p(yₙ | xₙ, θ) of each example. Shape [B]. Unit: nats.
  ///
  /// - Parameters:
  ///   - parameters: θ. Shape [P].
  ///   - x: Shape [B, …].
  ///   - y: Shape [B], or [B, D].
  public func logLikelihood(
    _ parameters: Tensor, _ x: Tensor, _ y: Tensor, state: Tensor? = nil, mode: NetworkMode = .evaluation
  ) -> Tensor {
    likelihood.logDensity(
      outputs: outputs(parameters, x, state: state, mode: mode).outputs, targets: y, logNoise: logNoise(parameters))
  }

  /// log p(θ). Shape [P] → []. Unit: nats. Under a flat prior the likelihood's parameters have a flat prior, too.
  public func logPrior(_ parameters: Tensor) -> Tensor {
    let ofNetwork = prior.logDensity(parameters, layout: layout)
    guard prior != .flat, let logNoise = logNoise(parameters) else { return ofNetwork }
    return ofNetwork + likelihood.logPrior(logNoise: logNoise)
  }

  /// Equation (2), and the running statistics after the batch.
  ///
  /// - Parameters:
  ///   - parameters: θ. Shape [P].
  ///   - x: Shape [B, …].
  ///   - y: Shape [B], or [B, D].
  ///   - dataCount: N.
  /// - Returns: Shapes [] and [Q]. Unit: nats, summed over the data set.
  public func minibatchLogJoint(
    _ parameters: Tensor, _ x: Tensor, _ y: Tensor, dataCount: Int, state: Tensor? = nil,
    mode: NetworkMode = .training
  ) -> (logJoint: Tensor, state: Tensor) {
    let (outputs, newState) = outputs(parameters, x, state: state, mode: mode)
    let densities = likelihood.logDensity(outputs: outputs, targets: y, logNoise: logNoise(parameters))
    let batch = x.shape[0]
    precondition(batch > 0 && dataCount >= batch, "a minibatch of \(batch) from \(dataCount) examples")
    return (densities.sum() * (Double(dataCount) / Double(batch)) + logPrior(parameters), newState)  // (2)
  }

  /// Equation (1) for data that are written into the program. For large data, trace `minibatchLogJoint` instead.
  ///
  /// - Parameters:
  ///   - x: Shape [N, …].
  ///   - y: Shape [N], or [N, D].
  public func logJoint<Element: Scalar>(_ x: DenseArray<Element>, _ y: DenseArray<Element>) -> LogDensity {
    precondition(network.stateLayout.count == 0, "the log density of a network with running statistics needs them")
    return LogDensity(dimension: layout.count) { parameters in
      logLikelihood(parameters, .constant(x), .constant(y)).sum() + logPrior(parameters)
    }
  }
}
