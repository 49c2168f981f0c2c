//  NetworkFeatures.swift — the last hidden layer of a fitted network as features of a linear model.
//
//  Notation   x  one example, [D]     h(x)  what enters the last layer, [H]     W [O, H], b [O]  its parameters
//
//  Equations  (1) f(x) = W h(x) + b = [W b] φ(x)  with  φ(x) = (h(x), 1);  without a bias φ(x) = h(x)
//             (2) y = φ(x)ᵀw + ε: all parameters below the last layer stay as they are, w has its exact posterior
//
//  w lies as the last layer's own weight and bias do, so that the posterior mean is a last layer. Where the features were learnt from the
//  same targets, they have used some of them up: the evidence is then that of the last layer alone, and too high for the network's.
//
//  Cost       one forward pass a row, in double precision.

public import Arrays
public import Networks
import Programs

/// φ, what a network's last layer weighs.
public struct NetworkFeatures: Sendable {
  /// P: the inputs of the last layer, and one more where it has a bias.
  public let count: Int
  /// All layers but the last.
  private let network: Network
  private let parameters: DenseArray<Double>
  private let state: DenseArray<Double>
  private let hasBias: Bool

  /// Rows that go through the network at once.
  private static let block = 256

  init(
    below last: Dense, of network: Network, parameters: some Collection<Double>, state: some Collection<Double>
  ) throws(LayerError) {
    self.network = try Network(inputs: network.inputShape, layers: network.layers.dropLast())
    self.parameters = DenseArray(Array(parameters.prefix(self.network.parameterCount)))
    self.state = DenseArray(Array(state))
    hasBias = last.bias
    count = self.network.outputShape.count + (last.bias ? 1 : 0)
  }

  /// φ of each row, equation (1). Shape [N, D] → [N, P]; D counts all elements of an example.
  func design(_ inputs: DenseArray<Double>) -> DenseArray<Double> {
    let (rows, width) = (inputs.shape[0], inputs.shape[1])
    precondition(
      width == network.inputShape.count, "\(width) inputs for a network of examples of shape \(network.inputShape)")
    guard rows > 0 else { return DenseArray([], shape: [0, count]) }
    let size = min(rows, Self.block)
    let program = Program(inputs: [parameters.shape, state.shape, [size, width]]) { tensors in
      let examples = tensors[2].reshaped(Shape([size] + network.inputShape.extents))
      return [network.apply(tensors[0], examples, state: tensors[1]).outputs]
    }
    let executor = Executor<Double>(Plan(program))
    _ = executor.input(0).update(fromContentsOf: parameters.elements)
    _ = executor.input(1).update(fromContentsOf: state.elements)
    let hidden = network.outputShape.count
    var elements: [Double] = []
    elements.reserveCapacity(rows * count)
    for start in stride(from: 0, to: rows, by: size) {
      // The last block begins early enough to be full; what it repeats is left out.
      let first = min(start, rows - size)
      _ = executor.input(2).update(fromContentsOf: inputs.elements[first * width..<(first + size) * width])
      executor.run()
      for row in start - first..<size {
        elements += executor.output(0)[row * hidden..<(row + 1) * hidden]
        if hasBias { elements.append(1) }  // (1)
      }
    }
    return DenseArray(elements, shape: [rows, count])
  }
}

extension BasisFunctions {
  /// The features that the last layer of a network weighs: with them Bayesian linear regression is exact inference in that layer.
  ///
  /// - Parameters:
  ///   - network: Its last layer is dense. Examples of several axes are given as rows of all their elements.
  ///   - parameters: θ of a fitted model, the network's first; what follows, as a learnt noise, is not read. Shape [P′], or [1, P′] for
  ///     a single draw.
  ///   - state: The running statistics of the fitted model; may be left out where the network has none. Shape [Q], or [1, Q].
  /// - Throws: `LayerError` when the last layer is not dense.
  ///
  /// Precondition: as many parameters and statistics as the network has.
  public static func lastLayer<Element: Scalar>(
    of network: Network, parameters: DenseArray<Element>, state: DenseArray<Element> = DenseArray([])
  ) throws(LayerError) -> BasisFunctions {
    guard let last = network.layers.last as? Dense else {
      throw LayerError("is the last, and features of a linear model are what a dense layer weighs").within(
        "\(network.layers.count - 1)" + (network.layers.last.map { ".\($0.name)" } ?? ""))
    }
    precondition(
      (parameters.shape.extents.dropLast() + state.shape.extents.dropLast()).allSatisfy { $0 == 1 },
      "parameters of shape \(parameters.shape) and statistics of shape \(state.shape): those of one network are taken")
    precondition(
      parameters.count >= network.parameterCount && state.count == network.stateCount,
      "\(parameters.count) parameters and \(state.count) statistics for a network with \(network.parameterCount) and "
        + "\(network.stateCount)")
    return .network(
      try NetworkFeatures(
        below: last, of: network, parameters: parameters.elements.lazy.map { Double($0) },
        state: state.elements.lazy.map { Double($0) }))
  }
}
