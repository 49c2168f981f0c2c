//  Autocovariance.swift — how a series of draws is related to itself, later.
//
//  Equations  (1) γ_t = 1/N Σₙ (xₙ − x̄)(xₙ₊ₜ − x̄),   ρ_t = γ_t / γ₀
//
//  The divisor is N at every lag, which keeps the sequence positive definite. All lags at once by the convolution theorem:
//  |X|² of the series, followed by as many zeros, transforms to N γ. Cost O(N log N).

enum Autocovariance {
  /// γ₀ … γ_{N−1}, equation (1). Shape [N].
  static func series(_ values: [Double]) -> [Double] {
    let count = values.count
    guard count > 0 else { return [] }
    let mean = average(values)
    var length = 1
    while length < 2 * count { length *= 2 }
    var real = values.map { $0 - mean } + [Double](repeating: 0, count: length - count)
    var imaginary = [Double](repeating: 0, count: length)
    let fourier = FourierTransform(count: length)
    fourier.transform(&real, &imaginary)
    for k in 0..<length {
      real[k] = real[k] * real[k] + imaginary[k] * imaginary[k]
      imaginary[k] = 0
    }
    // |X|² is even, so that the transform is its own inverse, up to 1/length.
    fourier.transform(&real, &imaginary)
    let scale = 1 / (Double(length) * Double(count))
    return real.prefix(count).map { $0 * scale }
  }
}

extension Chains {
  /// ρ_t of each chain for the lags 0 … `lags`, equation (1). Shape [C, lags + 1]. Not a number for a constant chain.
  ///
  /// Precondition: lags < N.
  public func autocorrelation(lags: Int) -> [[Double]] {
    precondition(lags >= 0 && lags < drawCount, "\(lags) lags of chains of \(drawCount) draws")
    return standardized.draws.map { chain in
      // The convolution leaves rounding error where a constant chain has exactly 0.
      if chain.allSatisfy({ $0 == chain[0] }) { return [Double](repeating: .nan, count: lags + 1) }
      let covariance = Autocovariance.series(chain)
      return covariance.prefix(lags + 1).map { $0 / covariance[0] }
    }
  }
}
