//  LongLoopTests.swift — programs of thousands of numbers, as Swift loops leave them behind.
//
//  Equations  (1) xₜ₊₁ = xₜ + h sin xₜ + uₜ, of which every state is kept until its derivative is needed
//             (2) ∂x_T/∂uₜ = Π_{s > t} (1 + h cos xₛ)
//             (3) f = Σ |xₜ − xₜ₋₁|² over rows: ∂f/∂xₜ = 2 (xₜ − xₜ₋₁) − 2 (xₜ₊₁ − xₜ)

import Arrays
import Foundation
import Programs
import Testing

@Suite struct LongLoopTests {
  @Test(arguments: [20, 3000]) func theGradientOfARecursionIsThatOfItsProduct(count: Int) {
    let step = 0.01
    let inputs = (0..<count).map { 1e-3 * Double($0 % 7 - 3) }
    let program = Program(inputs: [[count]]) { u in
      var x = Tensor.constant(1)
      for t in 0..<count { x = x + step * sin(x) + u[0][t] }
      return [x, gradient(of: x, withRespectTo: u[0])]
    }
    let found = program.run([DenseArray(inputs)])
    var states = [1.0]
    for u in inputs { states.append(states[states.count - 1] + step * sin(states[states.count - 1]) + u) }  // (1)
    var expected = [Double](repeating: 1, count: count)
    for t in (0..<count - 1).reversed() { expected[t] = expected[t + 1] * (1 + step * cos(states[t + 1])) }  // (2)
    #expect(abs(found[0].elements[0] - states[count]) < 1e-12)
    #expect(zip(found[1].elements, expected).allSatisfy { abs($0 - $1) < 1e-11 * max(1, abs($1)) })
  }

  @Test func aStateThatIsNotNeededAnyMoreGivesUpItsPlace() {
    func plan(_ count: Int) -> Plan {
      Plan(
        Program(inputs: [[2]]) { x in
          [(0..<count).reduce(x[0]) { y, _ in stack([y[0] + 0.1 * y[1], y[1] - 0.1 * sin(y[0])]) }]
        })
    }
    // More than four hundred states of one unit each, of which a few are alive at once.
    let (short, long) = (plan(4), plan(400))
    #expect(long.stepCount >= 400)
    #expect(long.arenaBytes(of: Double.self) <= 2 * short.arenaBytes(of: Double.self))
  }

  /// Of a matrix that is read row by row.
  private func rows(_ count: Int) -> Program {
    Program(inputs: [[count, 3]]) { x in
      let f = (1..<count).reduce(Tensor.constant(0)) { $0 + (x[0][$1] - x[0][$1 - 1]).squared.sum() }
      return [f, gradient(of: f, withRespectTo: x[0])]
    }
  }

  @Test func theGradientOfRowsIsWrittenOnce() {
    let count = 300
    let x = (0..<3 * count).map { sin(Double($0 * $0)) }
    let found = rows(count).run([DenseArray(x, shape: [count, 3])])[1].elements
    for t in 0..<count {
      for k in 0..<3 {
        let before = t > 0 ? x[3 * t + k] - x[3 * t - 3 + k] : 0
        let after = t < count - 1 ? x[3 * t + 3 + k] - x[3 * t + k] : 0
        #expect(abs(found[3 * t + k] - 2 * (before - after)) < 1e-14)  // (3)
      }
    }
    // Not as many copies of the matrix as it has rows.
    let (short, long) = (Plan(rows(100)), Plan(rows(400)))
    #expect(long.arenaBytes(of: Double.self) < 5 * short.arenaBytes(of: Double.self))
  }

  @Test func piecesOfAMatrixThatOverlapAddUp() {
    let x = (0..<15).map { 0.3 * Double($0) - 2 }
    let found = Program(inputs: [[5, 3]]) { x in
      let (a, b, c) = (x[0][0..<3], x[0][2..<5], x[0].slice(axis: 1, 1..<2))
      let f = (a * a).sum() + 3 * b.sum() + 5 * c.sum() + 7 * x[0][4].sum() + 11 * x[0][0..<1].sum()
      return [gradient(of: f, withRespectTo: x[0])]
    }.run([DenseArray(x, shape: [5, 3])])[0].elements
    for (place, value) in x.enumerated() {
      let (row, column) = (place / 3, place % 3)
      var expected = row < 3 ? 2 * value : 0
      expected += row >= 2 ? 3 : 0
      expected += column == 1 ? 5 : 0
      expected += row == 4 ? 7 : row == 0 ? 11 : 0
      #expect(abs(found[place] - expected) < 1e-14, "place \(place)")
    }
  }
}
