//  Standardisation.swift — a number to zero mean and unit deviation, and back.
//
//  Notation   m  mean of the training rows          z = (x − m) / s      (1)
//             s  their population standard           x = m + s z         (2)
//                deviation; 1 if all are equal
//
//  Where squares of deviations leave the range of a `Double`, they are taken in units of the largest deviation.

/// An affine map of a number, equations (1) and (2).
public struct Standardisation: Codable, Hashable, Sendable {
  /// m. Unit: that of the number.
  public let mean: Double

  /// s > 0. Unit: that of the number.
  public let scale: Double

  /// Precondition: mean finite, scale finite and above 0.
  public init(mean: Double, scale: Double) {
    precondition(mean.isFinite && scale.isFinite && scale > 0, "no standardisation by mean \(mean), scale \(scale)")
    self.mean = mean
    self.scale = scale
  }

  /// From the numbers that are not NaN. `nil`: there are none, or their spread is not a finite `Double`.
  public init?(fitting numbers: [Double]) {
    let present = numbers.filter { !$0.isNaN }
    guard let low = present.min(), let high = present.max(), low.isFinite, high.isFinite else { return nil }
    if low == high {
      self.init(mean: low, scale: 1)
      return
    }
    let count = Double(present.count)
    let mean = present.reduce(0) { $0 + $1 / count }
    guard mean.isFinite else { return nil }
    let variance = present.reduce(0) { $0 + ($1 - mean) * ($1 - mean) / count }
    if variance.isFinite && variance > Self.leastAccurateSquare {
      self.init(mean: mean, scale: variance.squareRoot())
      return
    }
    let unit = max(high - mean, mean - low)
    guard unit.isFinite else { return nil }
    let inUnits = present.reduce(0) { $0 + ($1 - mean) / unit * (($1 - mean) / unit) / count }
    self.init(mean: mean, scale: max(unit * inUnits.squareRoot(), .leastNonzeroMagnitude))
  }

  /// Below it, squares lose digits.
  private static let leastAccurateSquare = 1e-280

  /// (1).
  public func encoded(_ number: Double) -> Double { (number - mean) / scale }

  /// (2).
  public func decoded(_ encoded: Double) -> Double { mean + scale * encoded }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    mean = try container.decode(Double.self, forKey: .mean)
    scale = try container.decode(Double.self, forKey: .scale)
    guard mean.isFinite && scale.isFinite && scale > 0 else {
      throw DecodingError.dataCorruptedError(forKey: .scale, in: container, debugDescription: "a scale is above 0")
    }
  }
}
