//  DeviationConvergenceTests.swift — the error of a sum of deviations against its theory for normal draws.

import Approximations
import Arrays
import Evaluation
import Experiments
import Foundation
import Testing

@Suite struct DeviationConvergenceTests {
  /// Four chains of 2000 draws of xₛ = φ xₛ₋₁ + z, for each row. Shape [8000, rows].
  private func draws(rows: Int, dependence: Double = 0, lastScale: Double = 1) -> DenseArray<Double> {
    var values: [Double] = []
    for chain in 0..<4 {
      var generator = Philox(seed: 3, stream: UInt64(chain))
      let normals = generator.normal(shape: [2000, rows], as: Double.self).elements
      var state = [Double](repeating: 0, count: rows)
      for draw in 0..<2000 {
        for row in 0..<rows { state[row] = dependence * state[row] + normals[draw * rows + row] }
        values += state.map { (chain == 3 ? lastScale : 1) * $0 }
      }
    }
    return DenseArray(values, shape: [8000, rows])
  }

  private func convergence(_ draws: DenseArray<Double>, copies: Int = 1) -> DeviationConvergence {
    let (count, rows) = (draws.shape[0], draws.shape[1])
    let means = (0..<count).flatMap { draw in
      (0..<copies).flatMap { _ in (0..<rows).map { draws.elements[draw * rows + $0] } }
    }
    let shape: Shape = [count, rows * copies, 1]
    return DeviationConvergence(
      of: Predictive(
        .numbers(means: DenseArray(means, shape: shape), standardDeviations: DenseArray(repeating: 1, shape: shape))),
      chainCount: 4)
  }

  /// The deviation of S normal numbers has the relative error √(1 / 2S); of R rows that know nothing of each other the sum has √R
  /// less, of copies of a row no less.
  @Test func theErrorOfASumOfDeviationsIsItsTheory() {
    let one = (1.0 / 16_000).squareRoot()
    #expect(abs(convergence(draws(rows: 1)).relativeError / one - 1) < 0.1)
    #expect(abs(convergence(draws(rows: 4)).relativeError / one - 0.5) < 0.05)
    #expect(abs(convergence(draws(rows: 1), copies: 4).relativeError / one - 1) < 0.1)
    // Squares of an autoregression depend on each other by φ²ᵏ: (1 + φ²) / (1 − φ²) draws are worth one.
    let slow = convergence(draws(rows: 1, dependence: 0.8)).relativeError
    #expect(abs(slow / one - (1.64 / 0.36).squareRoot()) < 0.3, "\(slow / one)")
    #expect(convergence(draws(rows: 1)).isConverged)
  }

  @Test func chainsOfOtherWidthDoNotAgree() {
    let found = convergence(draws(rows: 2, lastScale: 1.5))
    #expect(found.rHat > 1.01 && !found.isConverged, "\(found)")
    let none = convergence(DenseArray([Double](repeating: 1, count: 8000), shape: [8000, 1]))
    #expect(none.relativeError.isNaN && !none.isConverged)
  }

  @Test func bothClassesOfTwoAreTheSameIgnorance() {
    let draws = draws(rows: 3)
    let shares = draws.elements.map { 1 / (1 + exp(-$0)) }
    let classes = Predictive(
      .classes(probabilities: DenseArray(shares.flatMap { [$0, 1 - $0] }, shape: [8000, 3, 2])))
    let found = DeviationConvergence(of: classes, chainCount: 4)
    let numbers = convergence(DenseArray(shares, shape: [8000, 3]))
    #expect(abs(found.relativeError / numbers.relativeError - 1) < 1e-9 && abs(found.rHat - numbers.rHat) < 1e-6)
  }
}
