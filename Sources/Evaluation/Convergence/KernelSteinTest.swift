//  KernelSteinTest.swift — could draws be from the density of which the gradients are known?
//
//  Notation   n  draws, far enough apart to count as independent, in units of their standard deviations     K = k₀(xᵢ, xⱼ), [n, n]
//
//  Equations  (1) T = 1/n² Σᵢⱼ Kᵢⱼ = KSD²
//             (2) T* = 1/n² Σᵢⱼ wᵢ wⱼ Kᵢⱼ with signs w drawn at random: as T for draws of the density   [Chwialkowski et al. 2016]
//             (3) p = (1 + #{T* ≥ T})/(B + 1), B = 500
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
  /// The least n.
  public static let fewestDraws = 20

  /// - Parameters:
  ///   - draws: Shape [C, N, D].
  ///   - gradients: ∇ log p at each. Shape [C, N, D].
  ///   - limit: The greatest n.
  ///
  /// `nil` where fewer than `fewestDraws` count as independent, or not all numbers are finite.
  public init?(draws: DenseArray<Double>, gradients: DenseArray<Double>, limit: Int = 500) {
    precondition(
      draws.rank == 3 && draws.shape == gradients.shape,
      "draws and gradients are [chains, draws, coordinates], not \(draws.shape) and \(gradients.shape)")
    let summaries = ConvergenceSummary.all(of: draws, name: "x")
    let total = draws.shape[0] * draws.shape[1]
    guard let least = summaries.map({ $0.bulkEffectiveSampleSize }).min(), least.isFinite,
      gradients.elements.allSatisfy(\.isFinite), summaries.allSatisfy({ $0.standardDeviation > 0 })
    else { return nil }
    let count = Swift.min(limit, Int(least), total)
    guard count >= Self.fewestDraws else { return nil }
    let width = summaries.count
    var x: [Double] = []
    var g: [Double] = []
    for index in 0..<count {
      let row = index * total / count
      for (axis, summary) in summaries.enumerated() {
        x.append((draws.elements[row * width + axis] - summary.mean) / summary.standardDeviation)
        g.append(gradients.elements[row * width + axis] * summary.standardDeviation)
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

  private static let repetitions = 500
}
