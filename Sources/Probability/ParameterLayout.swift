//  ParameterLayout.swift — where each parameter lies in the one flat vector θ.
//
//  Notation   P  the number of parameters     θ  all of them, [P]
//
//  Slices follow each other without gaps, in the order in which they were appended: for a multilayer perceptron
//  W₁ row by row, b₁, W₂, b₂, …

public import Arrays
public import Programs

/// What a parameter does; priors and initialisers treat roles differently.
public enum ParameterRole: String, Hashable, Sendable, Codable {
  /// Multiplies an input.
  case weight
  /// Is added to an output.
  case bias
  /// Multiplies a normalised value.
  case scale
  /// Is added to a normalised value.
  case shift
  /// A row of a table that an index selects.
  case embedding
  /// Belongs to the likelihood, not to the network.
  case likelihood
  /// A running statistic of a network's state; no parameter.
  case statistic
}

/// One named part of the flat vector.
public struct ParameterSlice: Hashable, Sendable {
  /// Dotted, from the outside in: "0.dense.weight".
  public let name: String
  public let shape: Shape
  public let role: ParameterRole
  /// The number of inputs that each output sums over.
  public let fanIn: Int
  /// The number of outputs that each input reaches.
  public let fanOut: Int
  /// The index in θ of its first element.
  public let offset: Int

  /// The indices in θ of its elements, in row-major order.
  public var range: Range<Int> { offset..<offset + shape.count }

  /// This part of θ under its own shape.
  ///
  /// - Parameter vector: Shape [P].
  public func tensor(of vector: Tensor) -> Tensor { vector.slice(axis: 0, range).reshaped(shape) }
}

/// The ordered slices of a flat vector.
public struct ParameterLayout: Hashable, Sendable {
  public private(set) var slices: [ParameterSlice] = []
  private var positions: [String: Int] = [:]

  /// A layout without parameters.
  public init() {}

  /// P, the length of the vector.
  public var count: Int { slices.last?.range.upperBound ?? 0 }

  /// Adds a slice behind the others. Precondition: the name is new.
  public mutating func append(name: String, shape: Shape, role: ParameterRole, fanIn: Int = 1, fanOut: Int = 1) {
    precondition(positions[name] == nil, "two parameters are named \(name)")
    positions[name] = slices.count
    slices.append(
      ParameterSlice(name: name, shape: shape, role: role, fanIn: fanIn, fanOut: fanOut, offset: count))
  }

  /// The slice of a name, or `nil`.
  public subscript(name: String) -> ParameterSlice? { positions[name].map { slices[$0] } }

  /// The part of θ with this name, under its own shape. Precondition: the layout has it, and θ has shape [P].
  public func tensor(_ name: String, of vector: Tensor) -> Tensor {
    guard let slice = self[name] else {
      preconditionFailure("no parameter is named \(name); there are \(slices.map(\.name).joined(separator: ", "))")
    }
    check(vector.shape)
    return slice.tensor(of: vector)
  }

  /// Precondition: `shape` is [P].
  package func check(_ shape: Shape) {
    precondition(shape == [count], "a parameter vector of shape \(shape), where the layout has shape [\(count)]")
  }
}

extension ParameterLayout: Codable {
  private struct Entry: Codable {
    let name: String
    let shape: Shape
    let role: ParameterRole
    let fanIn: Int
    let fanOut: Int
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(
      slices.map { Entry(name: $0.name, shape: $0.shape, role: $0.role, fanIn: $0.fanIn, fanOut: $0.fanOut) })
  }

  /// Offsets are not stored, so a file cannot contradict itself.
  ///
  /// Throws: `DecodingError` when a name is repeated or the count does not fit an `Int`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    for entry in try container.decode([Entry].self) {
      guard self[entry.name] == nil, !count.addingReportingOverflow(entry.shape.count).overflow else {
        throw DecodingError.dataCorruptedError(
          in: container, debugDescription: "the parameter \(entry.name) is repeated or too large")
      }
      append(name: entry.name, shape: entry.shape, role: entry.role, fanIn: entry.fanIn, fanOut: entry.fanOut)
    }
  }
}
