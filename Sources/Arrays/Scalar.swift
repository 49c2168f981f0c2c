//  Scalar.swift — the two element types of the library.

/// An element type: `Float` for networks; `Double` for small models, samplers and tests.
public protocol Scalar: BinaryFloatingPoint, SIMDScalar, LosslessStringConvertible, Sendable, Codable {
  /// The name in texts and files.
  static var name: String { get }
}

extension Float: Scalar {
  public static var name: String { "float32" }
}

extension Double: Scalar {
  public static var name: String { "float64" }
}
