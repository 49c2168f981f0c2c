//  ConvergenceTests.swift — what diagnostics refuse, and what they notice.

import Arrays
import Evaluation
import Foundation
import Testing

@Suite struct ConvergenceTests {
  private func normal(chains: Int, draws: Int, seed: UInt64 = 1) -> [[Double]] {
    (0..<chains).map { chain in
      var generator = Philox(seed: seed, stream: UInt64(chain))
      return generator.normal(shape: [draws], as: Double.self).elements
    }
  }

  @Test func aDrawThatIsNotFiniteMakesEveryDiagnosticUndefined() {
    for poison in [Double.nan, .infinity] {
      var draws = normal(chains: 4, draws: 100)
      draws[2][50] = poison
      let chains = Chains(draws)
      #expect(chains.rHat.isNaN && chains.bulkEffectiveSampleSize.isNaN && chains.tailEffectiveSampleSize.isNaN)
      #expect(chains.meanError.isNaN && chains.standardDeviationError.isNaN && chains.medianError.isNaN)
      let findings = ConvergenceFinding.all(in: [ConvergenceSummary(chains, name: "x")])
      #expect(findings == [.notFinite(["x"])])
    }
  }

  @Test func fewerThanFourDrawsHaveNoDiagnostics() {
    let chains = Chains([[1, 2, 3], [2, 1, 3]])
    #expect(chains.rHat.isNaN && chains.bulkEffectiveSampleSize.isNaN)
    #expect(ConvergenceFinding.all(in: [ConvergenceSummary(chains, name: "x")]) == [.tooShort(draws: 3)])
  }

  @Test func aSingleDrawIsOne() {
    #expect(ConvergenceFinding.tooShort(draws: 1).problem == "The chains have 1 draw: too few for any diagnostic.")
    #expect(ConvergenceFinding.tooShort(draws: 3).problem == "The chains have 3 draws: too few for any diagnostic.")
  }

  @Test func chainsAreCalledByTheirLabelsAndCountedFromOneWithoutThem() {
    let labels = ["0", "5", "b"]
    let stuck = ConvergenceFinding.stuckChains([0, 2], of: ["x"])
    #expect(stuck.problem == "Chains 1 and 3 did not move in x.")
    #expect(stuck.problem(chains: labels) == "Chains 0 and b did not move in x.")
    let low = ConvergenceFinding.lowEnergyFraction(chains: [1], least: 0.1)
    #expect(low.problem(chains: labels).hasPrefix("The energy fraction of chain 5 is"))
    #expect(ConvergenceFinding.notANumber(1, chains: [2]).problem(chains: labels).contains("on the way of chain b:"))
  }

  /// What a support fixes is 0 or 1. A single chain that stands still anywhere else may be stuck.
  @Test(arguments: [1, 4]) func whatASupportFixesIsNoFaultForOneChainToo(count: Int) {
    func findings(_ still: Double) -> [ConvergenceFinding] {
      let moving = normal(chains: count, draws: 500)
      let summaries = [
        ConvergenceSummary(Chains(moving.map { $0.map { _ in still } }), name: "L[0,0]"),
        ConvergenceSummary(Chains(moving), name: "L[1,0]"),
      ]
      return ConvergenceFinding.all(in: summaries).filter { $0 != .oneChain }
    }
    #expect(findings(1).isEmpty && findings(0).isEmpty)
    #expect(findings(0.3) == (count == 1 ? [.constant(["L[0,0]"])] : []))
  }

  @Test func weightsThatAreAllTheSameAreTheBest() {
    for ratio in [0.0, -731.5, 1e6] {
      // The last differ by rounding.
      let ratios = (0..<400).map { ratio * (1 + Double($0 % 2) * 0x1p-50) }
      let found = ParetoSmoothedImportance(logRatios: ratios)
      #expect(found.shape == -.infinity && abs(found.logSum - ratio - log(400)) <= 1e-9)
      #expect(found.logWeights.allSatisfy { abs($0 + log(400)) < 1e-12 })
    }
    // One that is not the same, and too few to say.
    let one = (0..<400).map { $0 == 7 ? 1.0 : 0 }
    #expect(ParetoSmoothedImportance(logRatios: one).shape == .infinity)
    #expect(ParetoSmoothedImportance(logRatios: [1, 1, 1, 1]).shape == .infinity)
    let loo = LeaveOneOut(logLikelihood: DenseArray((0..<800).map { $0 % 2 == 0 ? -1.25 : -0.5 }, shape: [400, 2]))
    #expect(loo.unreliableObservations.isEmpty && abs(loo.total + 1.75) < 1e-12)
  }

  @Test func independentChainsHaveNoFindings() {
    let chains = Chains(normal(chains: 4, draws: 1000))
    #expect(ConvergenceFinding.all(in: [ConvergenceSummary(chains, name: "x")]).isEmpty)
  }

  @Test func manyChainsNeedAHundredEffectiveDrawsEach() {
    // About 560 effective draws: enough for four chains or fewer.
    let summary = ConvergenceSummary(Chains(normal(chains: 8, draws: 70)), name: "x")
    #expect(summary.bulkEffectiveSampleSize > 400 && summary.bulkEffectiveSampleSize < 800)
    let findings = ConvergenceFinding.all(in: [summary])
    #expect(
      findings.contains(
        .fewEffectiveDraws(["x"], least: summary.bulkEffectiveSampleSize, needed: 800)), "\(findings)")
  }

  @Test func eachFaultIsFoundAndNamed() throws {
    func findings(_ name: String) throws -> [ConvergenceFinding] {
      ConvergenceFinding.all(in: [ConvergenceSummary(try ConvergenceReference.chains(name), name: "x")])
    }
    #expect(try findings("all_constant") == [.constant(["x"])])
    #expect(try findings("single_chain").contains(.oneChain))
    #expect(
      try findings("one_constant_chain").contains { if case .stuckChains([0], ["x"]) = $0 { true } else { false } })
    for name in ["one_chain_diverged_mean", "one_chain_wide_scale", "trend"] {
      #expect(try findings(name).contains { if case .chainsDisagree = $0 { true } else { false } })
      #expect(try findings(name).contains { if case .fewTailDraws = $0 { true } else { false } })
    }
    let record = TrajectoryRecord(
      divergences: 3, saturatedTrees: 2, drawCount: 4000, energyFractions: [1, 0.2, 0.9, 1])
    let good = [ConvergenceSummary(Chains(normal(chains: 4, draws: 1000)), name: "x")]
    #expect(
      ConvergenceFinding.all(in: good, trajectories: record) == [
        .divergences(3, of: 4000), .lowEnergyFraction(chains: [1], least: 0.2), .saturatedTrees(2, of: 4000),
      ])
    #expect(
      ConvergenceFinding.chainsDisagree(["x"], worst: 1.0102).problem
        == "The chains disagree on x: R-hat is up to 1.011, above 1.01.")
    func sentence(_ names: [String]) -> String {
      ConvergenceFinding.fewEffectiveDraws(names, least: 52.7, needed: 400).problem
    }
    #expect(sentence(["a", "b", "c", "d"]) == "a, b, c and d have as few as 52 effective draws; 400 are needed.")
    #expect(
      sentence(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more have as few as 52 effective draws; 400 are needed.")
  }

  @Test func autocorrelationByTransformIsTheDirectSum() {
    let draws = normal(chains: 1, draws: 37)[0]
    let mean = draws.reduce(0, +) / 37
    let direct = (0..<10).map { lag in
      (0..<37 - lag).reduce(0.0) { $0 + (draws[$1] - mean) * (draws[$1 + lag] - mean) }
    }
    let found = Chains([draws]).autocorrelation(lags: 9)[0]
    #expect(zip(found, direct).allSatisfy { abs($0 - $1 / direct[0]) < 1e-14 })
  }

  @Test func effectiveSampleSizeOfAnAutoregressionIsItsTheory() {
    // For x ← ρ x + √(1−ρ²) z the mean of N draws is worth N (1−ρ)/(1+ρ).
    let rho = 0.9
    let draws = normal(chains: 4, draws: 50_000).map { noise in
      var x = noise[0]
      return noise.map { z in
        x = rho * x + (1 - rho * rho).squareRoot() * z
        return x
      }
    }
    let expected = 200_000 * (1 - rho) / (1 + rho)
    // The relative error of an estimated autocorrelation time is about √(2 (2 M + 1) / N) with a window of M ≈ 60 lags.
    #expect(abs(Chains(draws).meanEffectiveSampleSize / expected - 1) < 0.1)
  }

  @Test func quantitiesOfAnArrayAreNamedByTheirIndex() {
    var generator = Philox(seed: 3)
    let draws: DenseArray<Double> = generator.normal(shape: [2, 8, 2, 3])
    let all = ConvergenceSummary.all(of: draws, name: "w")
    #expect(all.map(\.name) == ["w[0,0]", "w[0,1]", "w[0,2]", "w[1,0]", "w[1,1]", "w[1,2]"])
    let direct = Chains((0..<2).map { c in (0..<8).map { draws[c, $0, 1, 0] } })
    #expect(all[3].mean == direct.mean && all[3].rHat == direct.rHat)
    #expect(ConvergenceSummary.all(of: generator.normal(shape: [2, 8]), name: "b").map(\.name) == ["b"])
  }

  @Test func theRankOfATruthCountsTheDrawsBelowIt() {
    #expect(RankHistogram.rank(of: 1, among: [2, 1, 0, 1, -1]) == 2)
  }

  @Test func comparisonOfModelsIsPaired() {
    struct Pointwise: PointwiseLogPredictiveDensity { let pointwise: [Double] }
    let a = Pointwise(pointwise: [-1, -5, -2, -8])
    let b = Pointwise(pointwise: [-2, -6, -3, -9])
    let comparison = PredictiveComparison(a, b)
    #expect(comparison.difference == 4 && comparison.standardError == 0)
    let other = PredictiveComparison(a, Pointwise(pointwise: [-2, -4, -3, -7]))
    #expect(other.difference == 0 && other.standardError == 2)
  }

  @Test func steinKernelHasMeanZeroUnderTheDensity() {
    // Quadrature of k₀(x, y) p(x) p(y) for p = N(0, 1), by the trapezoidal rule: pairs of nodes enter as draws.
    let nodes = (0..<161).map { -8 + 0.1 * Double($0) }
    let weights = nodes.map { 0.1 * exp(-0.5 * $0 * $0) / (2 * Double.pi).squareRoot() }
    var (inside, shifted) = (0.0, 0.0)
    for i in nodes.indices {
      for j in nodes.indices where i != j {
        let pair = DenseArray([nodes[i], nodes[j]], shape: [2, 1])
        let scores = DenseArray([-nodes[i], -nodes[j]], shape: [2, 1])
        inside +=
          weights[i] * weights[j]
          * KernelSteinDiscrepancy(draws: pair, gradients: scores, scale: 0.7).unbiasedSquare
        let wrong = DenseArray([1 - nodes[i], 1 - nodes[j]], shape: [2, 1])
        shifted +=
          weights[i] * weights[j]
          * KernelSteinDiscrepancy(draws: pair, gradients: wrong, scale: 0.7).unbiasedSquare
      }
      let diagonal = (nodes[i] * nodes[i] + 1 / 0.49) / 0.7
      inside += weights[i] * weights[i] * diagonal
    }
    #expect(abs(inside) < 1e-10)
    #expect(shifted > 0.1)
  }

  @Test func steinDiscrepancySeesDrawsFromAnotherDensity() {
    let draws = DenseArray(normal(chains: 1, draws: 500)[0], shape: [250, 2])
    let scores = DenseArray(draws.elements.map { -$0 }, shape: [250, 2])
    let wide = DenseArray(draws.elements.map { 1.5 * $0 }, shape: [250, 2])
    let wideScores = DenseArray(wide.elements.map { -$0 }, shape: [250, 2])
    let right = KernelSteinDiscrepancy(draws: draws, gradients: scores)
    let wrong = KernelSteinDiscrepancy(draws: wide, gradients: wideScores)
    #expect(right.value < 0.2 && wrong.value > 0.3)
    #expect(wrong.unbiasedSquare > 5 * abs(right.unbiasedSquare))
  }
}
