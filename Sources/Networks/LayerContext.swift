//  LayerContext.swift — what a layer sees while it is traced: its parameters, its state, the mode, places for randomness.

public import Arrays
import Probability
public import Programs

/// What a network is run for.
public enum NetworkMode: String, Hashable, Sendable, Codable {
  /// Batch normalisation uses and collects the statistics of the batch; dropout draws masks.
  case training
  /// Running statistics; no dropout.
  case evaluation
  /// Running statistics; dropout draws masks: a draw from the predictive of a dropout posterior.
  case sampling
  /// As `sampling`, but all examples of a batch have one mask: a draw of a function.
  case samplingFunction
}

/// Hands out parameters and states by the names that the layer declared, and collects new states.
public struct LayerContext {
  public let mode: NetworkMode

  private let layout: ParameterLayout
  private let parameters: Tensor
  private let stateLayout: ParameterLayout
  private let state: Tensor
  /// How weights are sampled; `nil` when the parameters are the weights themselves.
  let sampling: WeightSampling?
  /// Whose rows the pass has; `nil` where all have the same weights.
  let members: RankOneMembers?
  private let refusals: SamplingRefusals?
  private var site: UInt32
  private var prefix = ""
  private var updates: [String: Tensor] = [:]
  /// The places of masks with one number a channel.
  private let channelMasks: Set<String>
  /// Whether the statistics of the batch take the place of the running ones, instead of being mixed into them.
  private let replacesStatistics: Bool

  init(
    mode: NetworkMode, layout: ParameterLayout, parameters: Tensor, stateLayout: ParameterLayout, state: Tensor,
    firstSite: UInt32, replacesStatistics: Bool = false, sampling: WeightSampling? = nil,
    refusals: SamplingRefusals? = nil, members: RankOneMembers? = nil, channelMasks: Set<String> = []
  ) {
    self.channelMasks = channelMasks
    self.replacesStatistics = replacesStatistics
    self.mode = mode
    self.layout = layout
    self.parameters = parameters
    self.stateLayout = stateLayout
    self.state = state
    self.sampling = sampling
    self.refusals = refusals
    self.members = members
    site = firstSite
  }

  /// The parameter that the layer declared under this name, with its shape.
  public func parameter(_ name: String) -> Tensor {
    if sampling != nil { refuse("has a parameter \(name) that is no weight or bias of a sum over its inputs") }
    return value(name)
  }

  /// The parameter, or its mean where weights are sampled.
  func value(_ name: String) -> Tensor { layout.tensor(prefix + name, of: parameters) }

  /// The name of a parameter of the layer, from the outside in.
  func fullName(_ name: String) -> String { prefix + name }

  /// The part of the sampling's spread that belongs to the parameter.
  func spread(_ name: String, _ sampling: WeightSampling) -> Tensor {
    layout.tensor(prefix + name, of: sampling.spread)
  }

  /// Says why the layer being traced cannot be sampled.
  func refuse(_ reason: String) {
    guard let refusals, refusals.first == nil else { return }
    refusals.first = "layer \(prefix.dropLast()) \(reason)"
  }

  /// The running statistic that the layer declared under this name, as it was before this batch.
  public func state(_ name: String) -> Tensor { stateLayout.tensor(prefix + name, of: state) }

  /// Sets the running statistic for after this batch. No derivative passes through it.
  public mutating func setState(_ name: String, to value: Tensor) {
    guard let slice = stateLayout[prefix + name] else { preconditionFailure("no state is named \(prefix + name)") }
    precondition(slice.shape == value.shape, "the state \(slice.name) has shape \(slice.shape), not \(value.shape)")
    updates[slice.name] = value.stoppingGradient
  }

  /// Mixes a statistic of this batch into the running one: r ← (1 − w) r + w s. Where statistics are computed anew, r ← s.
  public mutating func collect(_ name: String, _ statistic: Tensor, weight: Double) {
    let running = state(name)
    let fresh = statistic.reshaped(running.shape)
    setState(name, to: replacesStatistics ? fresh : running * (1 - weight) + fresh * weight)
  }

  /// The shape of random numbers that belong to an array of examples: one for each element, or the same for every example.
  public func randomShape(for x: Shape) -> Shape {
    mode == .samplingFunction ? Shape([1] + x.extents.dropFirst()) : x
  }

  /// The shape of the numbers of a mask over an array of examples: `randomShape`, or one number a channel where the weight behind
  /// the mask has one for all positions.
  func maskShape(for x: Shape) -> Shape {
    let shape = randomShape(for: x)
    guard channelMasks.contains(String(prefix.dropLast())) else { return shape }
    return Shape(Array(shape.extents.prefix(2)) + [Int](repeating: 1, count: max(shape.rank - 2, 0)))
  }

  /// A site for `Tensor.random` that no other layer of this network uses.
  public mutating func nextRandomSite() -> UInt32 {
    defer { site += 1 }
    return site
  }

  /// Runs `body` as the layer at `place`, whose names begin with that place.
  mutating func scoped(to place: String, _ body: (inout LayerContext) -> Tensor) -> Tensor {
    let outer = prefix
    prefix = "\(outer)\(place)."
    defer { prefix = outer }
    return body(&self)
  }

  /// All running statistics after this batch. Shape [Q].
  var newState: Tensor {
    guard !updates.isEmpty else { return state }
    return concatenate(
      stateLayout.slices.map { slice in
        (updates[slice.name] ?? slice.tensor(of: state)).reshaped([slice.shape.count])
      }, axis: 0)
  }
}
