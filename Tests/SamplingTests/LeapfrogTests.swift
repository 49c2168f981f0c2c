//  LeapfrogTests.swift — the integrator: reversible, of second order; and the parts of adaptation.

import Arrays
import Foundation
import Probability
import Programs
import Sampling
import Testing

@Suite struct IntegratorTests {
  static let density = LogDensity(dimension: 2) { x in
    let (a, b) = (x.slice(axis: 0, 0..<1), x.slice(axis: 0, 1..<2))
    return (a.squared * -0.5 - (b - a.squared * 0.3).squared).sum()
  }

  /// x and p after so many steps.
  private func integrate(_ start: ([Double], [Double]), step: Double, count: Int) -> (
    x: [Double], p: [Double], energy: Double
  ) {
    let function = DensityFunction(CompiledDensity(Self.density))
    let metric = Metric(variances: [1.7, 0.6])
    return LeapfrogTrajectory.run(start.0, start.1, stepSize: step, steps: count, metric, function)
  }

  @Test func aTrajectoryBackwardsReturns() {
    let start = ([0.4, -1.1], [0.9, 0.3])
    let there = integrate(start, step: 0.1, count: 50)
    let back = integrate((there.x, there.p.map { -$0 }), step: 0.1, count: 50)
    #expect(zip(back.x, start.0).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(zip(back.p, start.1).allSatisfy { abs($0 + $1) < 1e-12 })
    let negative = integrate((there.x, there.p), step: -0.1, count: 50)
    #expect(zip(negative.x, start.0).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func energyErrorIsOfSecondOrderInTheStep() {
    let start = ([0.4, -1.1], [0.9, 0.3])
    let before = integrate(start, step: 0.1, count: 0).energy
    let errors = [0.04, 0.02, 0.01].map { step in
      abs(integrate(start, step: step, count: Int((1.2 / step).rounded())).energy - before)
    }
    for (coarse, fine) in zip(errors, errors.dropFirst()) { #expect(abs(coarse / fine - 4) < 0.3, "\(errors)") }
  }

  @Test func aStepPreservesVolume() {
    // The Jacobian of (x, p) ↦ (x′, p′) by central differences has determinant 1.
    let start = [0.4, -1.1, 0.9, 0.3]
    let h = 1e-5
    var columns: [[Double]] = []
    for axis in 0..<4 {
      let ends = [h, -h].map { shift in
        var z = start
        z[axis] += shift
        let end = integrate((Array(z[..<2]), Array(z[2...])), step: 0.3, count: 3)
        return end.x + end.p
      }
      columns.append(zip(ends[0], ends[1]).map { ($0 - $1) / (2 * h) })
    }
    #expect(abs(determinant(columns) - 1) < 1e-8)
  }

  private func determinant(_ matrix: [[Double]]) -> Double {
    var m = matrix
    var result = 1.0
    for i in m.indices {
      let pivot = (i..<m.count).max { abs(m[$0][i]) < abs(m[$1][i]) } ?? i
      if pivot != i {
        m.swapAt(i, pivot)
        result = -result
      }
      result *= m[i][i]
      for row in i + 1..<m.count {
        let factor = m[row][i] / m[i][i]
        for column in i..<m.count { m[row][column] -= factor * m[i][column] }
      }
    }
    return result
  }
}

@Suite struct AdaptationTests {
  @Test func windowsOfAWarmUpDoubleAndFillIt() {
    #expect(WindowSchedule(warmUp: 1000).ends == [100, 150, 250, 450, 950])
    #expect(WindowSchedule(warmUp: 1000).begin == 75)
    #expect(WindowSchedule(warmUp: 200).ends == [100, 150])
    #expect(WindowSchedule(warmUp: 100).ends == [90])
    #expect(WindowSchedule(warmUp: 10).ends.isEmpty)
  }

  @Test func learnedMetricIsTheScaleOfTheTarget() throws {
    let scales: [Double] = [0.01, 1, 100]
    let density = LogDensity(dimension: 3) {
      KnownTarget.normal($0, .constant(0), sd: .constant(DenseArray(scales)))
    }
    let plan = SamplingPlan(chains: 2, warmUp: 1000, draws: 100, seed: 2)
    for shape in [MetricShape.diagonal, .dense] {
      let samples = try NoUTurnSampler(metric: shape).sample(density, plan)
      for state in samples.states {
        // The last window has 500 draws.
        #expect(zip(state.kernel.metric.variances, scales).allSatisfy { abs(log($0 / ($1 * $1))) < 0.5 })
      }
    }
  }

  @Test(arguments: [0.3, 0.6, 0.8, 0.95]) func dualAveragingFindsTheStepOfATargetAcceptance(target: Double) {
    // An acceptance of exp(−ε) at step ε, with noise as of a chain: the step is −log δ.
    var generator = Philox(seed: 3)
    var averaging = DualAveraging(target: target, stepSize: 1)
    for _ in 0..<20_000 {
      averaging.learn(acceptance: exp(-averaging.stepSize) + 0.05 * (generator.uniform() - 0.5))
    }
    #expect(abs(exp(-averaging.averagedStepSize) - target) < 0.01, "\(averaging.averagedStepSize)")
  }

  /// The averaged step is a little short of its target, more so of a low one.
  @Test func transitionsHaveTheAcceptanceThatIsAskedFor() throws {
    let density = LogDensity(dimension: 10) { KnownTarget.normal($0, sd: 1) }
    let plan = SamplingPlan(chains: 2, warmUp: 1000, draws: 500, seed: 4)
    func acceptances(_ target: Double) throws -> [Double] {
      [
        try NoUTurnSampler(stepSize: .adapted(acceptance: target)).sample(density, plan).transitions,
        try HamiltonianMonteCarlo(length: .jitteredSteps(mean: 4), stepSize: .adapted(acceptance: target))
          .sample(density, plan).transitions,
      ].map { chains in chains.joined().reduce(0) { $0 + $1.acceptance } / 1000 }
    }
    for (low, high) in zip(try acceptances(0.5), try acceptances(0.95)) {
      #expect(abs(high - 0.95) < 0.1 && low < high - 0.15, "\(low) and \(high)")
    }
  }

  @Test func robbinsMonroFindsTheScaleOfATargetAcceptance() {
    var scale = RobbinsMonroScale(start: 1, target: 0.234)
    for _ in 0..<5000 { scale.learn(acceptance: exp(-scale.value)) }
    scale.finish()
    #expect(abs(exp(-scale.value) - 0.234) < 0.001)
  }
}
