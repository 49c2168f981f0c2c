//  KernelSteinTest.swift — could draws be from the density of which the gradients are known?
//
//  Notation   n  draws, far enough apart to count as independent, in units of their standard deviations     K = k₀(xᵢ, xⱼ), [n, n]
//             S  effective draws of the coordinate that has fewest, of its location or of its square
//
//  Equations  (1) T = 1/n² Σᵢⱼ Kᵢⱼ = KSD²
//             (2) T* = 1/n² Σᵢⱼ wᵢ wⱼ Kᵢⱼ with signs w drawn at random: as T for draws of the density   [Chwialkowski et al. 2016]
//             (3) p = (1 + #{T* ≥ T})/(B + 1), B = 500
//             (4) n ≤ S / 2: draws of an autoregressive chain then have a correlation of e⁻⁴ = 0.02, whatever that of the chain is
//
//  (2) wants independent draws. With n = S their correlation is 0.14, and of right draws of a chain with ρ = 0.9 in ten coordinates 5.5 %
//  have p ≤ 0.01 and 17 % p ≤ 0.05; with (4) 1.0 and 3.5 % (200 runs of four chains of 2000).
//
//  Cost       n² (D + B).

public import Arrays

/// The kernel Stein discrepancy of chains, and how often chance would make it as large.
public struct KernelSteinTest: Hashable, Sendable, Encodable {
  /// KSD, in units in which each coordinate has a standard deviation of 1.
  public let discrepancy: Double
  /// Equation (3).
  public let probability: Double
  /// n.
  public let draws: Int

  /// The greatest p that counts as evidence against the draws.
  public static let greatestProbability = 0.01
  /// The least S.
  public static let fewestDraws = 40

  /// - Parameters:
  ///   - draws: Shape [C, N, D].
  ///   - gradients: ∇ log p at each. Shape [C, N, D].
  ///   - limit: The greatest n.
  ///
  /// `nil` where fewer than `fewestDraws` are effective, or not all numbers are finite.
  public init?(draws: DenseArray<Double>, gradients: DenseArray<Double>, limit: Int = 500) {
    precondition(
      draws.rank == 3 && draws.shape == gradients.shape,
      "draws and gradients are [chains, draws, coordinates], not \(draws.shape) and \(gradients.shape)")
    let total = draws.shape[0] * draws.shape[1]
    let width = draws.shape[2]
    let coordinates = Self.coordinates(draws)
    let sizes = coordinates.map(Self.effectiveDraws)
    let scales = coordinates.map { (mean: $0.mean, deviation: $0.standardDeviation) }
    guard let least = sizes.min(), sizes.allSatisfy(\.isFinite), gradients.elements.allSatisfy(\.isFinite),
      scales.allSatisfy({ $0.deviation > 0 }), least >= Double(Self.fewestDraws)
    else { return nil }
    let count = Swift.min(limit, Int(least / 2), total)  // (4)
    var x: [Double] = []
    var g: [Double] = []
    for index in 0..<count {
      let row = index * total / count
      for (axis, scale) in scales.enumerated() {
        x.append((draws.elements[row * width + axis] - scale.mean) / scale.deviation)
        g.append(gradients.elements[row * width + axis] * scale.deviation)
      }
    }
    var kernel = [Double](repeating: 0, count: count * count)
    for i in 0..<count {
      for j in 0...i {
        let value = KernelSteinDiscrepancy.steinKernel(x, g, i, j, width, 1)
        kernel[i * count + j] = value
        kernel[j * count + i] = value
      }
    }
    let statistic = kernel.reduce(0, +)
    var generator = Philox(seed: 1)
    var greater = 0
    for _ in 0..<Self.repetitions {
      let signs = (0..<count).map { _ in generator.next() & 1 == 0 ? 1.0 : -1.0 }
      var sum = 0.0
      for i in 0..<count {
        var row = 0.0
        for j in 0..<count { row += signs[j] * kernel[i * count + j] }
        sum += signs[i] * row
      }
      if sum >= statistic { greater += 1 }
    }
    discrepancy = Swift.max(0, statistic).squareRoot() / Double(count)
    probability = Double(1 + greater) / Double(Self.repetitions + 1)
    self.draws = count
  }

  /// Of each coordinate, as the test counts them: the lesser of the effective draws of its location and of its square; not a number where
  /// they are undefined. Shape [C, N, D] → [D].
  public static func effectiveDraws(_ draws: DenseArray<Double>) -> [Double] {
    coordinates(draws).map(effectiveDraws)
  }

  private static func effectiveDraws(_ coordinate: Chains) -> Double {
    let (location, square) = (coordinate.bulkEffectiveSampleSize, coordinate.standardDeviationEffectiveSampleSize)
    return location.isNaN || square.isNaN ? .nan : Swift.min(location, square)
  }

  private static func coordinates(_ draws: DenseArray<Double>) -> [Chains] {
    let (chains, count, width) = (draws.shape[0], draws.shape[1], draws.shape[2])
    return (0..<width).map { axis in
      Chains(
        (0..<chains).map { chain in (0..<count).map { draws.elements[(chain * count + $0) * width + axis] } })
    }
  }

  private static let repetitions = 500
}
