//  MarkovKernel.swift — the seam between samplers and the chains that run them.
//
//  A `Sampler` is hyperparameters. For each chain it makes a `MarkovKernel`: these, and all that is tuned while warming up. A
//  kernel is a value that can be written down, so that a chain that was stopped goes on to the same bits.

public import Arrays

/// What is recorded of one transition.
public struct Transition: Hashable, Codable, Sendable {
  /// The probability with which the proposal was accepted; for a tree, the mean over its leaves.
  public var acceptance: Double
  /// 1 where the sampler takes no steps.
  public var stepSize: Double
  /// −log p(x) + kinetic energy at the draw; −log p(x) where there is no momentum. Unit: nats.
  public var energy: Double
  /// Doublings of the trajectory; 0 where there is no tree.
  public var treeDepth: Int
  /// Whether the simulation left the region where its error is bounded.
  public var isDivergent: Bool
  /// Whether the trajectory was cut off at the greatest depth.
  public var isSaturated: Bool
  /// Gradients, or values where the sampler uses no gradient, with those that a search for the step took; counted by the chain.
  public var evaluations = 0
  /// Evaluations on the way that were not a number, or +∞; counted by the chain.
  public var notANumber = 0

  public init(
    acceptance: Double, stepSize: Double, energy: Double, treeDepth: Int = 0, isDivergent: Bool = false,
    isSaturated: Bool = false
  ) {
    self.acceptance = acceptance
    self.stepSize = stepSize
    self.energy = energy
    self.treeDepth = treeDepth
    self.isDivergent = isDivergent
    self.isSaturated = isSaturated
  }
}

/// A transition that leaves a density invariant, with what it has learned so far.
public protocol MarkovKernel: Codable, Sendable {
  /// Memory that a step needs and that need not be kept.
  associatedtype Workspace

  /// Whether the energy that is recorded has a kinetic part, so that the energy fraction means something.
  static var hasMomentum: Bool { get }

  /// Whether there is a step whose size is recorded.
  static var hasStepSize: Bool { get }

  /// Called once before the first transition, where something is known of the shape of the density: a kernel with a dense metric to learn
  /// begins with this one.
  mutating func begin(with metric: () -> Metric?)

  /// Called once before the first transition, where the covariance of the density is known: a kernel with a metric has it for good, in the
  /// shape that it asks for, and learns none.
  mutating func adopt(_ covariance: (MetricShape) -> Metric)

  /// One transition of the chain.
  mutating func step(
    _ point: inout ChainPoint, _ density: DensityFunction, _ workspace: Workspace, using generator: inout Philox
  ) -> Transition

  /// Called after each transition of the warm-up.
  mutating func learn(from transition: Transition, at point: ChainPoint)

  /// Called once, after the last transition of the warm-up: from here on nothing is tuned.
  mutating func finishWarmUp()
}

extension MarkovKernel {
  public static var hasMomentum: Bool { false }
  public static var hasStepSize: Bool { true }
  public mutating func begin(with metric: () -> Metric?) {}
  public mutating func adopt(_ covariance: (MetricShape) -> Metric) {}
}

/// The hyperparameters of a method.
public protocol Sampler: Sendable {
  associatedtype Kernel: MarkovKernel

  /// The kernel of one chain before its first step.
  ///
  /// - Parameter warmUp: How many transitions of the warm-up there will be.
  func kernel(dimension: Int, warmUp: Int) -> Kernel

  /// The memory of a chain's steps; also what a sampler has that cannot be written down, as functions.
  func workspace(of kernel: Kernel, dimension: Int) -> Kernel.Workspace

  /// All that decides what the sampler does, in words that are the same in every run: chains that were begun with others do not go on.
  /// By default the type and its properties as they are printed, of which functions are none.
  var settings: String { get }

  /// Whether every step goes by the density that it is given: then the sampler can sample that density at a higher temperature too.
  var obeysTemperature: Bool { get }
}

extension Sampler {
  public var obeysTemperature: Bool { true }
  public var settings: String { "\(Self.self) \(self)" }

  /// Precondition: the sampler obeys temperatures.
  func expectObeysTemperature() {
    precondition(
      obeysTemperature,
      "\(Self.self) cannot sample a density at another temperature, as conditionals in closed form and replicas have their own; "
        + "use another sampler, or other blocks")
  }
}
