//  RelativeDifference.swift — how far numbers are from what is expected.

public import Arrays

/// The largest difference, relative to the largest entry of what is expected. Infinite when shapes differ or on NaN.
public func relativeDifference(_ actual: DenseArray<Double>, _ expected: DenseArray<Double>) -> Double {
  actual.shape == expected.shape ? relativeDistance(actual.elements, expected.elements) : .infinity
}

/// The largest difference, relative to the largest entry of what is expected. Infinite on NaN or other counts.
public func relativeDistance(_ actual: [Double], _ expected: [Double]) -> Double {
  guard actual.count == expected.count else { return .infinity }
  let scale = expected.map(abs).max() ?? 0
  let worst = zip(actual, expected).map { abs($0 - $1) }.reduce(0) { $1 <= $0 ? $0 : $1 }
  return worst.isNaN ? .infinity : worst / (scale == 0 ? 1 : scale)
}

/// Whether a number agrees relative to what is expected; NaN agrees with NaN.
public func agree(_ actual: Double, _ expected: Double, within tolerance: Double = 1e-9) -> Bool {
  actual == expected || (actual.isNaN && expected.isNaN) || abs(actual - expected) <= tolerance * abs(expected)
}

/// Whether numbers agree relative to the largest entry of what is expected.
public func agree(_ actual: [Double], _ expected: [Double], within tolerance: Double = 1e-9) -> Bool {
  relativeDistance(actual, expected) <= tolerance
}
