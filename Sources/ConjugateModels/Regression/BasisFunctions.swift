//  BasisFunctions.swift — from inputs to the features that a linear model weights.
//
//  Notation   x  one row of inputs, [D]     φ(x)  its features, [P]
//
//  Features of several inputs are those of each input side by side, without products between inputs.

public import Arrays
import Foundation

/// φ, a fixed map from inputs to features.
public enum BasisFunctions: Sendable {
  /// 1, and x, x², …, x^degree of each input. P = 1 + D degree.
  case polynomial(degree: Int)

  /// 1, and exp(−|x − c|² / (2 width²)) for each centre c of D numbers. P = 1 + the number of centres.
  case radial(centres: [[Double]], width: Double)

  /// 1, and cos(2πkx/period), sin(2πkx/period) for k = 1 … frequencies, of each input. P = 1 + 2 D frequencies.
  case fourier(frequencies: Int, period: Double)

  /// Any map to so many features. A constant, where wanted, is one of them.
  case features(count: Int, @Sendable ([Double]) -> [Double])

  /// What a network's last layer weighs, and 1 where that layer has a bias: see `lastLayer(of:parameters:state:)`.
  case network(NetworkFeatures)

  /// P for rows of D inputs.
  public func featureCount(inputs: Int) -> Int {
    switch self {
    case .polynomial(let degree): 1 + inputs * degree
    case .radial(let centres, _): 1 + centres.count
    case .fourier(let frequencies, _): 1 + 2 * inputs * frequencies
    case .features(let count, _): count
    case .network(let features): features.count
    }
  }

  /// φ(x). Shape [D] → [P]. Precondition: settings and inputs fit each other.
  public func callAsFunction(_ x: [Double]) -> [Double] {
    switch self {
    case .polynomial(let degree):
      precondition(degree >= 0, "a polynomial of degree \(degree)")
      return [1] + x.flatMap { value in Self.powers(of: value, to: degree) }
    case .radial(let centres, let width):
      precondition(width > 0, "radial functions of width \(width)")
      return [1] + centres.map { exp(-0.5 * Self.squaredDistance(x, $0) / (width * width)) }
    case .fourier(let frequencies, let period):
      precondition(frequencies >= 0 && period > 0, "\(frequencies) frequencies of period \(period)")
      return [1]
        + x.flatMap { value in
          (0..<frequencies).flatMap { k in
            let angle = 2 * Double.pi * Double(k + 1) * value / period
            return [cos(angle), sin(angle)]
          }
        }
    case .features(let count, let map):
      let features = map(x)
      precondition(features.count == count, "\(features.count) features where \(count) were announced")
      return features
    case .network(let features):
      return features.design(DenseArray(x, shape: [1, x.count])).elements
    }
  }

  /// The design matrix. Shape [N, D] → [N, P].
  public func design(_ inputs: DenseArray<Double>) -> DenseArray<Double> {
    precondition(inputs.rank == 2, "inputs are a matrix [rows, inputs], not \(inputs.shape)")
    if case .network(let features) = self { return features.design(inputs) }
    let (rows, width) = (inputs.shape[0], inputs.shape[1])
    var elements: [Double] = []
    elements.reserveCapacity(rows * featureCount(inputs: width))
    for row in 0..<rows { elements += self(Array(inputs.elements[row * width..<(row + 1) * width])) }
    return DenseArray(elements, shape: [rows, featureCount(inputs: width)])
  }

  /// x, x², …, x^degree.
  private static func powers(of x: Double, to degree: Int) -> [Double] {
    var power = 1.0
    return (0..<degree).map { _ in
      power *= x
      return power
    }
  }

  private static func squaredDistance(_ x: [Double], _ c: [Double]) -> Double {
    precondition(x.count == c.count, "a centre of \(c.count) numbers for \(x.count) inputs")
    return zip(x, c).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }
}
