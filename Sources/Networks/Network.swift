//  Network.swift — layers over one flat parameter vector: a pure function (θ, state, x) ↦ (outputs, new state).
//
//  Notation   N  examples     P  parameters     Q  running statistics     θ  [P]     state  [Q]

public import Arrays
public import Probability
public import Programs

/// A neural network without numbers: shapes, names, and what is computed.
public struct Network: Sendable {
  /// The shape of one example.
  public let inputShape: Shape
  /// The shape of one output.
  public let outputShape: Shape
  /// Where each parameter lies in θ.
  public let layout: ParameterLayout
  /// Where each running statistic lies in the state.
  public let stateLayout: ParameterLayout

  let sequence: LayerSequence
  /// The shapes before the first layer, between layers, after the last.
  let shapes: [Shape]
  let declarations: [ParameterDeclaration]
  let stateDeclarations: [StateDeclaration]
  /// The places of learned masks with one number a channel: see `MaskWalk`.
  private(set) var channelMasks: Set<String> = []

  /// Sites below this are for methods of inference; the layers take theirs from here on.
  public static let firstRandomSite: UInt32 = 1 << 16

  /// Puts layers together.
  ///
  /// - Parameter inputs: The shape of one example.
  /// - Throws: `LayerError` when a layer does not take what comes before it.
  public init(inputs: Shape, layers: [any Layer]) throws(LayerError) {
    try LayerSequence.checkSize(inputs, "is preceded by an input of shape")
    sequence = LayerSequence(layers: layers)
    inputShape = inputs
    shapes = try sequence.shapes(from: inputs)
    outputShape = shapes[shapes.count - 1]
    declarations = sequence.parameters(for: shapes)
    stateDeclarations = sequence.states(for: shapes)
    var layout = ParameterLayout()
    for declared in declarations {
      layout.append(
        name: declared.name, shape: declared.shape, role: declared.role, fanIn: declared.fanIn,
        fanOut: declared.fanOut)
    }
    self.layout = layout
    var stateLayout = ParameterLayout()
    for declared in stateDeclarations {
      stateLayout.append(name: declared.name, shape: declared.shape, role: .statistic)
    }
    self.stateLayout = stateLayout
    channelMasks = MaskWalk(of: self).channelMasks
  }

  /// Layers written one under the other. Precondition: each takes what comes before it.
  public init(inputs: Shape, @LayerBuilder _ layers: () -> [any Layer]) {
    do {
      try self.init(inputs: inputs, layers: layers())
    } catch {
      preconditionFailure(error.description)
    }
  }

  /// The same for a number of features. Shape of one example: [inputs].
  public init(inputs: Int, @LayerBuilder _ layers: () -> [any Layer]) { self.init(inputs: [inputs], layers) }

  /// The layers, in order.
  public var layers: [any Layer] { sequence.layers }

  /// P, the number of parameters.
  public var parameterCount: Int { layout.count }

  /// Q, the number of running statistics.
  public var stateCount: Int { stateLayout.count }

  /// Traces the network.
  ///
  /// - Parameters:
  ///   - parameters: θ. Shape [P].
  ///   - x: Shape [N, …], `inputShape` behind the examples.
  ///   - state: Shape [Q]; may be left out when Q = 0.
  ///   - firstSite: Where the layers' random sites begin.
  ///   - sampling: How weights are sampled; then `parameters` are their means. Precondition: `problem(with:)` is `nil`.
  /// - Returns: The outputs, shape [N, …], and the running statistics after this batch, shape [Q], which differ from
  ///   `state` in training only.
  public func apply(
    _ parameters: Tensor, _ x: Tensor, state: Tensor? = nil, mode: NetworkMode = .evaluation,
    firstSite: UInt32 = Network.firstRandomSite, sampling: WeightSampling? = nil
  ) -> (outputs: Tensor, state: Tensor) {
    apply(parameters, x, state: state, mode: mode, firstSite: firstSite, sampling: sampling, refusals: nil)
  }

  func apply(
    _ parameters: Tensor, _ x: Tensor, state: Tensor?, mode: NetworkMode = .evaluation,
    firstSite: UInt32 = Network.firstRandomSite, sampling: WeightSampling?, refusals: SamplingRefusals?
  ) -> (outputs: Tensor, state: Tensor) {
    trace(
      parameters, x, state: state, mode: mode, firstSite: firstSite, replacesStatistics: false, sampling: sampling,
      refusals: refusals)
  }

  /// The outputs of rows of several members. Shapes [P], [N, …] → [N, …].
  func apply(
    _ parameters: Tensor, _ x: Tensor, state: Tensor, mode: NetworkMode = .evaluation, members: RankOneMembers
  ) -> Tensor {
    trace(
      parameters, x, state: state, mode: mode, firstSite: Network.firstRandomSite, replacesStatistics: false,
      sampling: nil, refusals: nil, members: members
    ).outputs
  }

  /// The statistics of this batch alone, as training computes them. Shape [Q].
  ///
  /// - Parameters:
  ///   - parameters: θ. Shape [P].
  ///   - x: Shape [N, …].
  public func batchStatistics(_ parameters: Tensor, _ x: Tensor) -> Tensor {
    trace(
      parameters, x, state: .constant(0, shape: [stateLayout.count]), mode: .training,
      firstSite: Network.firstRandomSite, replacesStatistics: true, sampling: nil, refusals: nil
    ).state
  }

  private func trace(
    _ parameters: Tensor, _ x: Tensor, state: Tensor?, mode: NetworkMode, firstSite: UInt32, replacesStatistics: Bool,
    sampling: WeightSampling?, refusals: SamplingRefusals?, members: RankOneMembers? = nil
  ) -> (outputs: Tensor, state: Tensor) {
    layout.check(parameters.shape)
    precondition(
      x.shape.rank >= 1 && Array(x.shape.extents.dropFirst()) == inputShape.extents,
      "inputs of shape \(x.shape), where the network takes examples of shape \(inputShape)")
    let before = state ?? .constant(0, shape: [0])
    precondition(
      before.shape == [stateLayout.count],
      "a state of shape \(before.shape), where the network's running statistics have shape [\(stateLayout.count)]")
    var context = LayerContext(
      mode: mode, layout: layout, parameters: parameters, stateLayout: stateLayout, state: before,
      firstSite: firstSite, replacesStatistics: replacesStatistics, sampling: sampling, refusals: refusals,
      members: members, channelMasks: channelMasks)
    let outputs = sequence.apply(x, in: &context)
    return (outputs, context.newState)
  }
}
