//  Activation.swift — elementwise nonlinearities.

public import Arrays
public import Programs

/// A function of each element. `leakyRelu` has slope 0.01, `elu` has α = 1.
public enum Activation: String, Hashable, Sendable, CaseIterable {
  case relu, leakyRelu, elu, gelu, silu, tanh, sigmoid, softplus, identity

  /// The function itself. Any shape.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .relu: Programs.relu(x)
    case .leakyRelu: Programs.leakyRelu(x)
    case .elu: Programs.elu(x)
    case .gelu: Programs.gelu(x)
    case .silu: Programs.silu(x)
    case .tanh: Programs.tanh(x)
    case .sigmoid: Programs.sigmoid(x)
    case .softplus: Programs.softplus(x)
    case .identity: x
    }
  }
}

extension Activation: SavableLayer {
  static let kind = "activation"

  public var name: String { rawValue }
  public var gainRole: GainRole { .activation(self) }
  public func outputShape(for input: Shape) -> Shape { input }
  public func apply(_ x: Tensor, in context: inout LayerContext) -> Tensor { self(x) }

  private enum CodingKeys: String, CodingKey { case function }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(rawValue, forKey: .function)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let word = try container.decode(String.self, forKey: .function)
    guard let activation = Activation(rawValue: word) else {
      let list = Activation.allCases.map(\.rawValue).joined(separator: ", ")
      throw DecodingError.dataCorruptedError(
        forKey: .function, in: container,
        debugDescription: "\(word) is no activation; there are \(list)")
    }
    self = activation
  }
}
