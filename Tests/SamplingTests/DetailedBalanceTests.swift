//  DetailedBalanceTests.swift — transitions between the cells of a grid are as frequent one way as the other.
//
//  Notation   x ~ p exactly, x′ one transition from x;  nᵢⱼ the number of transitions from cell i to cell j
//
//  Equation   (1) χ² = Σ_{i<j} (nᵢⱼ − nⱼᵢ)²/(nᵢⱼ + nⱼᵢ), of as many degrees of freedom as pairs, for a reversible transition
//
//  Starts are exact draws, so nothing need converge, and the sum over j of nᵢⱼ − nⱼᵢ, which is invariance, is tested with it.

import Arrays
import Evaluation
import Foundation
import Sampling
import Testing

@Suite struct DetailedBalanceTests {
  /// a ~ N(0, 1), b | a ~ N(a²/2, 0.6²): curved, so that trajectories turn at every depth.
  private let density = DensityFunction(dimension: 2) { x, gradient in
    let residual = (x[1] - 0.5 * x[0] * x[0]) / 0.36
    gradient?[0] = -x[0] + residual * x[0]
    gradient?[1] = -residual
    return -0.5 * x[0] * x[0] - 0.18 * residual * residual
  }

  private static func cell(_ x: [Double]) -> Int {
    let bounds = [-0.8, 0, 0.8]
    let (a, b) = (x[0], x[1] - 0.5 * x[0] * x[0])
    return 4 * bounds.count { a > $0 } + [-0.4, 0, 0.4].count { b > $0 }
  }

  /// The probability of a χ² as great, and the share of transitions that leave their cell.
  private func balance<S: Sampler>(_ sampler: S, transitions: Int = 60_000) -> (probability: Double, moved: Double) {
    var generator = Philox(seed: 5)
    var kernel = sampler.kernel(dimension: 2, warmUp: 0)
    kernel.finishWarmUp()
    let workspace = sampler.workspace(of: kernel, dimension: 2)
    var counts = [[Double]](repeating: [Double](repeating: 0, count: 16), count: 16)
    for _ in 0..<transitions {
      let a = generator.normal()
      var point = ChainPoint([a, 0.5 * a * a + 0.6 * generator.normal()], density)
      let start = Self.cell(point.position)
      _ = kernel.step(&point, density, workspace, using: &generator)
      counts[start][Self.cell(point.position)] += 1
    }
    var (statistic, pairs, moved) = (0.0, 0.0, 0.0)
    for i in 0..<16 {
      for j in 0..<i {
        let sum = counts[i][j] + counts[j][i]
        moved += sum
        guard sum >= 10 else { continue }
        statistic += (counts[i][j] - counts[j][i]) * (counts[i][j] - counts[j][i]) / sum
        pairs += 1
      }
    }
    return (RegularizedGamma.upper(0.5 * pairs, 0.5 * statistic), moved / Double(transitions))
  }

  @Test(arguments: [0.15, 0.5, 1.0], [2, 4, 8]) func noUTurnTransitionsAreInDetailedBalance(step: Double, depth: Int) {
    let (probability, moved) = balance(NoUTurnSampler(stepSize: .fixed(step), greatestDepth: depth))
    #expect(probability > 0.001 && moved > 0.3, "\(probability), \(moved)")
  }

  @Test func otherTransitionsAreInDetailedBalance() {
    #expect(balance(HamiltonianMonteCarlo(length: .jitteredSteps(mean: 3), stepSize: .fixed(0.5))).probability > 0.001)
    #expect(balance(MicrocanonicalHamiltonian(meanSteps: 3, stepSize: .fixed(0.5))).probability > 0.001)
    #expect(balance(RandomWalkMetropolis()).probability > 0.001)
  }

  @Test(arguments: WrongMetropolis.Fault.allCases) func faultsAreSeen(fault: WrongMetropolis.Fault) {
    let probability = balance(WrongMetropolis(fault: fault, scale: 0.8)).probability
    #expect(fault == .none ? probability > 0.001 : probability < 1e-6, "\(probability)")
  }
}
