//  CalibrationTests.swift — simulation-based calibration of samplers, and of a wrong model to show that it would be seen.

import Arrays
import Evaluation
import Foundation
import Probability
import Programs
import Sampling
import Testing

@Suite struct SimulationBasedCalibrationTests {
  /// The rank of log σ and μ in y ~ N(μ, σ²), μ ~ N(0, 2²), log σ ~ N(0, 0.5²), for 5 observations.
  ///
  /// - Parameter believedScale: The prior scale of log σ that the sampler is told; 0.5 is right.
  private func ranks<S: Sampler>(_ sampler: S, thinning: Int, believedScale: Double = 0.5) throws -> [RankHistogram] {
    var ranks: [[Int]] = [[], []]
    for repetition in 0..<240 as Range<UInt64> {
      var generator = Philox(seed: 77, stream: repetition)
      let truth = [2 * generator.normal(), 0.5 * generator.normal()]
      let y = (0..<5).map { _ in truth[0] + exp(truth[1]) * generator.normal() }
      let density = LogDensity(dimension: 2) { x in
        let (mu, logSigma) = (x.slice(axis: 0, 0..<1), x.slice(axis: 0, 1..<2))
        return KnownTarget.normal(mu, sd: 2) + KnownTarget.normal(logSigma, sd: believedScale)
          + KnownTarget.normal(.constant(DenseArray(y)), mu, sd: exp(logSigma))
      }
      let plan = SamplingPlan(chains: 1, warmUp: 300, draws: 31, thinning: thinning, seed: repetition)
      let samples = try sampler.sample(density, plan, control: SamplingControl(threads: 1))
      for axis in 0..<2 {
        ranks[axis].append(RankHistogram.rank(of: truth[axis], among: samples.chains(of: axis).draws[0]))
      }
    }
    return ranks.map { RankHistogram(ranks: $0, drawCount: 31) }
  }

  @Test func ranksOfTheTruthAreUniform() throws {
    for histogram in try ranks(NoUTurnSampler(), thinning: 3) {
      #expect(histogram.uniformityProbability(bins: 16) > 0.001, "\(histogram.counts(bins: 16))")
    }
    for histogram in try ranks(SliceSampler(), thinning: 8) {
      #expect(histogram.uniformityProbability(bins: 16) > 0.001, "\(histogram.counts(bins: 16))")
    }
  }

  @Test func ranksUnderAWrongPriorAreNot() throws {
    let histograms = try ranks(NoUTurnSampler(), thinning: 3, believedScale: 0.15)
    #expect(histograms[1].uniformityProbability(bins: 16) < 1e-6, "\(histograms[1].counts(bins: 16))")
  }

  @Test func binsShareTheRanksOut() {
    let all = RankHistogram(ranks: Array(0...31), drawCount: 31)
    #expect(all.counts(bins: 8) == [Int](repeating: 4, count: 8) && all.uniformityProbability(bins: 8) == 1)
    // Ten ranks in three bins: 4, 3 and 3.
    let uneven = RankHistogram(ranks: Array(0...9), drawCount: 9)
    #expect(uneven.counts(bins: 3) == [4, 3, 3] && uneven.uniformityProbability(bins: 3) == 1)
    let one = RankHistogram(ranks: [Int](repeating: 0, count: 40), drawCount: 9)
    // χ² = 160 + ... with two bins of 20 expected: (20² + 20²)/20 = 40.
    #expect(abs(one.uniformityProbability(bins: 2) - erfc(20.0.squareRoot())) < 1e-15)
  }
}
