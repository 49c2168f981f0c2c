//  ChainPoint.swift — where a chain is.

/// A position with what is known there.
public struct ChainPoint: Hashable, Codable, Sendable {
  /// x. Shape [D].
  public var position: [Double]
  /// ∇ log p(x). Shape [D]. Kept only by kernels that need it.
  public var gradient: [Double]
  /// log p(x). Unit: nats.
  public var logDensity: Double

  /// Precondition: as many numbers in the gradient as in the position.
  public init(position: [Double], gradient: [Double], logDensity: Double) {
    precondition(
      position.count == gradient.count, "a gradient of \(gradient.count) numbers at a point of \(position.count)")
    self.position = position
    self.gradient = gradient
    self.logDensity = logDensity
  }

  /// Evaluates density and gradient.
  public init(_ position: [Double], _ density: DensityFunction) {
    precondition(
      position.count == density.dimension, "a point of \(position.count) numbers on \(density.dimension) coordinates")
    var gradient = [Double](repeating: 0, count: position.count)
    logDensity = position.withUnsafeBufferPointer { x in
      gradient.withUnsafeMutableBufferPointer { g in
        // Both are empty only for a density without coordinates.
        guard let x = x.baseAddress, let g = g.baseAddress else { return 0 }
        return density(x, gradient: g)
      }
    }
    self.position = position
    self.gradient = gradient
  }

  /// Whether a chain can start here.
  public var isFinite: Bool { logDensity.isFinite && gradient.allSatisfy(\.isFinite) }

  /// Whether the log density here is that of a density, as it is computed with a gradient or without; up to the rounding of replicas that
  /// exchanged places, who scale it by their temperatures.
  func isOf(_ density: DensityFunction) -> Bool {
    func isSame(_ value: Double) -> Bool {
      value.bitPattern == logDensity.bitPattern || abs(value - logDensity) <= 1e-12 * abs(logDensity)
    }
    let value = position.withUnsafeBufferPointer { x in x.baseAddress.map { density($0) } ?? 0 }
    return isSame(value) || isSame(ChainPoint(position, density).logDensity)
  }
}
