//  Posterior.swift — what every method gives: draws, and predictions that integrate over them.

public import Arrays
public import Networks
import Training

/// An approximation of p(θ | D).
public protocol Posterior: Sendable {
  var model: BayesianModel { get }

  /// The predictive distribution at each input, in the units in which the targets were given to the fit.
  ///
  /// - Parameter inputs: Shape [N, …].
  func predict(_ inputs: DenseArray<Float>, threads: Int) -> Predictive

  /// Draws of θ, with the running statistics that belong to each: the same seed gives the same draws.
  ///
  /// Precondition: count ≥ 1.
  func sample(_ count: Int, seed: UInt64) -> DrawsPosterior

  /// log p(D), where the method estimates it. Unit: nats.
  var logEvidence: Double? { get }

  /// Whether `predict` integrates over θ itself. A mixture averages such predictions; otherwise it averages draws.
  var predictsWithoutDraws: Bool { get }
}

extension Posterior {
  public var logEvidence: Double? { nil }
  public var predictsWithoutDraws: Bool { false }
}

/// A posterior held as draws of θ with equal weights: one for a point estimate, one a member for an ensemble.
///
///   p(y | x, D) ≈ (1/S) Σₛ p(y | x, θₛ)
public struct DrawsPosterior: Posterior {
  public let model: BayesianModel
  /// Shape [S, P].
  public let draws: DenseArray<Float>
  /// The running statistics that belong to each draw. Shape [S, Q].
  public let states: DenseArray<Float>
  /// How many chains made the draws, as many each: the first chain's in their order, then the second's. `nil` for draws that are no chain's.
  public let chainCount: Int?

  /// Precondition: shapes [S, P] and [S, Q] with S ≥ 1, of the model; S a multiple of the number of chains.
  public init(model: BayesianModel, draws: DenseArray<Float>, states: DenseArray<Float>, chainCount: Int? = nil) {
    precondition(
      draws.rank == 2 && states.rank == 2 && draws.shape[0] >= 1 && draws.shape[0] == states.shape[0]
        && draws.shape[1] == model.parameterCount && states.shape[1] == model.network.stateCount,
      "draws of shape \(draws.shape) with states of shape \(states.shape) for a model with \(model.parameterCount) "
        + "parameters and \(model.network.stateCount) statistics")
    precondition(
      chainCount.map { $0 >= 1 && draws.shape[0] % $0 == 0 } ?? true,
      "\(draws.shape[0]) draws of \(chainCount ?? 0) chains")
    self.model = model
    self.draws = draws
    self.states = states
    self.chainCount = chainCount
  }

  /// S.
  public var drawCount: Int { draws.shape[0] }

  /// Whether every draw is the first one.
  public var areAllTheSame: Bool {
    let (elements, width) = (draws.elements, draws.shape[1])
    return (width..<max(width, elements.count)).allSatisfy { elements[$0] == elements[$0 % width] }
  }

  public func predict(_ inputs: DenseArray<Float>, threads: Int) -> Predictive {
    Prediction(model, draws, states).evaluate(inputs, threads: threads)
  }

  /// Rows of `draws`, each chosen independently.
  public func sample(_ count: Int, seed: UInt64) -> DrawsPosterior {
    precondition(count >= 1, "a sample of \(count) draws")
    var generator = Philox(seed: seed, stream: 0)
    let rows = (0..<count).map { _ in generator.integer(below: drawCount) }
    return DrawsPosterior(model: model, draws: draws.rows(at: rows), states: states.rows(at: rows))
  }
}

extension Posterior {
  /// The predictive distribution, on all processors.
  public func predict(_ inputs: DenseArray<Float>) -> Predictive { predict(inputs, threads: RunControl.processorCount) }
}
