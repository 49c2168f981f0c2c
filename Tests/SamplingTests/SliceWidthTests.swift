//  SliceWidthTests.swift — the width of the slice sampler converges, and what a coordinate costs then.
//
//  A slice of N(0, 1) has half a length of √(x² + 2e), e ~ Exponential(1), x² + 2e ~ χ²₃: its mean length is 2 · 2 √(2/π) = 3.19.

import Arrays
import Foundation
import Probability
import Programs
import Sampling
import Testing

@Suite struct SliceWidthTests {
  private static let deviations = [1.0, 0.01, 1, 30, 1]
  private static let meanLength = 4 * (2 / Double.pi).squareRoot()
  private static let density = LogDensity(dimension: 5) { x in
    KnownTarget.normal(x, .constant(0), sd: .constant(DenseArray(deviations)))
  }

  /// The widths after a warm-up, in standard deviations, and values a coordinate of a transition after it.
  private func learned(from width: Double, warmUp: Int) throws -> (widths: [Double], values: Double) {
    let plan = SamplingPlan(chains: 4, warmUp: warmUp, draws: 500, seed: 6)
    let samples = try SliceSampler(width: width).sample(Self.density, plan)
    let widths = samples.states.flatMap { state in zip(state.kernel.widths, Self.deviations).map { $0 / $1 } }
    return (widths, Double(samples.evaluations.sampling) / Double(4 * 500 * 5))
  }

  @Test(arguments: [0.01, 1, 100], [300, 1000, 5000]) func widthsBecomeTheMeanLengthOfSlices(
    start: Double, warmUp: Int
  ) throws {
    let (widths, values) = try learned(from: start, warmUp: warmUp)
    // 3 |x′ − x| has a relative deviation of √(1.5 · 12/3.19² − 1) = 0.88, so one width has one of 0.88/√99 = 0.088, and the mean of
    // 20 has 0.02.
    let mean = widths.reduce(0, +) / Double(widths.count)
    #expect(widths.allSatisfy { abs($0 / Self.meanLength - 1) < 0.4 }, "\(widths)")
    #expect(abs(mean / Self.meanLength - 1) < 0.08, "\(mean)")
    #expect(values > 4 && values < 5.5, "\(values)")
  }

  @Test func withoutAWarmUpAWidthThatIsFarTooSmallCostsAHundredValues() throws {
    #expect(try learned(from: 0.01, warmUp: 0).values > 50)
  }
}
