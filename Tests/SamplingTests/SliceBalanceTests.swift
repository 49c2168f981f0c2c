//  SliceBalanceTests.swift — one transition of the slice samplers from an exact draw, against what is known of it.
//
//  Equations  (1) nᵢⱼ ≈ nⱼᵢ, transitions between cells: χ² = Σ_{i<j} (nᵢⱼ − nⱼᵢ)²/(nᵢⱼ + nⱼᵢ), of as many degrees of freedom as pairs
//             (2) where the interval holds the slice of N(0, 1), x′ is uniform on (−L, L), L² = x² + 2e, whatever x is: E x x′ = 0,
//                 and E x²x′² = E x² L²/3 = (E x⁴ + 2 E x²)/3 = 5/3
//             (3) an interval that shrinks at random places about one short stretch of relative length s takes about 2 log 1/s draws
//
//  (1) also holds where the interval ends within the slice or spans a gap of it, but only with the interval placed at random and
//  the steps shared out at random between its two ends.

import Arrays
import Evaluation
import Foundation
import Sampling
import Testing

@Suite struct SliceBalanceTests {
  @Test func whereNothingIsOnTheSliceThePointStaysWhereItWas() {
    // A number at the start, and never again.
    var isFirst = true
    let density = DensityFunction(dimension: 2) { _, _ in
      defer { isFirst = false }
      return isFirst ? -1.5 : .nan
    }
    func check<S: Sampler>(_ sampler: S) {
      isFirst = true
      var point = ChainPoint([0.7, -0.2], density)
      var kernel = sampler.kernel(dimension: 2, warmUp: 0)
      var generator = Philox(seed: 4)
      _ = kernel.step(&point, density, sampler.workspace(of: kernel, dimension: 2), using: &generator)
      #expect(point.position == [0.7, -0.2] && point.logDensity == -1.5, "\(S.self): \(point.logDensity)")
    }
    check(EllipticalSliceSampler(mean: [0.5, 0], variances: [1, 2]))
  }

  /// 0.7 N(−2, 0.4²) + 0.3 N(1.5, 1).
  private static let parts = [(share: 0.7, mean: -2.0, deviation: 0.4), (share: 0.3, mean: 1.5, deviation: 1.0)]

  private static func twoModes() -> DensityFunction {
    DensityFunction(dimension: 1) { x, _ in
      let terms = parts.map { part in
        let z = (x[0] - part.mean) / part.deviation
        return part.share / part.deviation * exp(-0.5 * z * z)
      }
      return log(terms.reduce(0, +))
    }
  }

  private static func draw(_ generator: inout Philox) -> Double {
    let part = parts[generator.uniform() < parts[0].share ? 0 : 1]
    return part.mean + part.deviation * generator.normal()
  }

  /// Pairs of an exact draw and what one transition makes of it, and the values that a transition takes.
  private func pairs<S: Sampler>(
    _ sampler: S, _ density: DensityFunction, count: Int, seed: UInt64, _ draw: (inout Philox) -> Double
  ) -> (pairs: [(Double, Double)], values: Double) {
    var generator = Philox(seed: seed)
    var kernel = sampler.kernel(dimension: 1, warmUp: 0)
    kernel.finishWarmUp()
    let workspace = sampler.workspace(of: kernel, dimension: 1)
    var values = 0
    let pairs = (0..<count).map { _ in
      let start = draw(&generator)
      var point = ChainPoint([start], density)
      let before = density.valueCount
      _ = kernel.step(&point, density, workspace, using: &generator)
      values += density.valueCount - before
      return (start, point.position[0])
    }
    return (pairs, Double(values) / Double(count))
  }

  /// The probability of a χ² (1) as great, between twelve cells.
  private func probability(_ pairs: [(Double, Double)]) -> Double {
    let bounds = [-2.6, -2.3, -2.1, -1.9, -1.7, -1.3, -0.3, 0.6, 1.1, 1.6, 2.3]
    func cell(_ x: Double) -> Int { bounds.count { x > $0 } }
    var counts = [[Double]](repeating: [Double](repeating: 0, count: bounds.count + 1), count: bounds.count + 1)
    for (start, end) in pairs { counts[cell(start)][cell(end)] += 1 }
    var (statistic, terms) = (0.0, 0.0)
    for i in counts.indices {
      for j in 0..<i where counts[i][j] + counts[j][i] >= 10 {
        let difference = counts[i][j] - counts[j][i]
        statistic += difference * difference / (counts[i][j] + counts[j][i])
        terms += 1
      }
    }
    return RegularizedGamma.upper(0.5 * terms, 0.5 * statistic)
  }

  /// Widths that end within a mode after all hundred steps, that are near the gap between the modes, and that span all.
  @Test(arguments: [0.01, 0.9, 2.5]) func intervalsThatStepOutAreInDetailedBalance(width: Double) {
    let count = width < 0.1 ? 15_000 : 60_000
    let found = pairs(SliceSampler(width: width), Self.twoModes(), count: count, seed: 4, Self.draw)
    #expect(probability(found.pairs) > 0.001)
    #expect(found.pairs.contains { $0 < -1 && $1 > 0 } == (width > 0.1))
  }

  @Test func aPointOfASliceForgetsWhereItCameFrom() {
    let normal = DensityFunction(dimension: 1) { x, _ in -0.5 * x[0] * x[0] }
    let count = 60_000
    let found = pairs(SliceSampler(width: 2), normal, count: count, seed: 7) { $0.normal() }
    let products = found.pairs.map { $0 * $1 }
    let root = Double(count).squareRoot()
    // The deviation of x x′ is √(5/3). An end that has all hundred steps at random is short of them in about one of two hundred.
    let mean = products.reduce(0, +) / Double(count)
    #expect(abs(mean) < 4 * (5.0 / 3).squareRoot() / root + 0.01, "\(mean)")
    // That of x²x′²: E x⁴x′⁴ = E x⁴ (x² + 2e)²/5 = (105 + 4 · 15 + 8 · 3)/5 = 37.8.
    let square = products.reduce(0) { $0 + $1 * $1 } / Double(count)
    #expect(abs(square - 5.0 / 3) < 4 * (37.8 - 25.0 / 9).squareRoot() / root + 0.02, "\(square)")
  }

  @Test func ellipsesAreInDetailedBalance() {
    // With a reference that is not the target's: any is right.
    let sampler = EllipticalSliceSampler(mean: [0.5], variances: [6])
    let found = pairs(sampler, Self.twoModes(), count: 60_000, seed: 9, Self.draw)
    #expect(probability(found.pairs) > 0.001)
  }

  @Test func aBracketOfAnEllipseShrinksTowardsItsPoint() {
    // A prior of 1 and a likelihood of 10⁻⁴: some 10⁻⁴ of the circle.
    let narrow = DensityFunction(dimension: 1) { x, _ in -0.5 * x[0] * x[0] * (1 + 1e8) }
    let found = pairs(EllipticalSliceSampler(mean: [0], variances: [1]), narrow, count: 4000, seed: 2) {
      1e-4 * $0.normal()
    }
    #expect(found.values > 10 && found.values < 30, "\(found.values)")
    let variance = found.pairs.reduce(0) { $0 + $1.1 * $1.1 } / 4000 / 1e-8
    #expect(abs(variance - 1) < 4 * (2.0 / 4000).squareRoot(), "\(variance)")
  }
}
