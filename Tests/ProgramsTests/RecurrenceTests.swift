//  RecurrenceTests.swift — running sums, recurrences, equations of motion, indexing and stacking against plain loops.

import Arrays
import Foundation
import Programs
import Testing

@Suite struct RecurrenceTests {
  private func run(_ inputs: [DenseArray<Double>], _ body: @escaping ([Tensor]) -> Tensor) -> DenseArray<Double> {
    Program(inputs: inputs.map(\.shape)) { [body($0)] }.run(inputs)[0]
  }

  @Test(arguments: [1, 2, 7, 16, 33]) func runningSumsAreThoseOfALoop(count: Int) {
    let x = sample([2, count, 3])
    for isExclusive in [false, true] {
      let found = run([x]) { $0[0].cumulativeSum(axis: 1, exclusive: isExclusive) }
      for (i, k) in [(0, 0), (1, 2)] {
        var sum = 0.0
        for j in 0..<count {
          if !isExclusive { sum += x[i, j, k] }
          #expect(abs(found[i, j, k] - sum) < 1e-13)
          if isExclusive { sum += x[i, j, k] }
        }
      }
    }
    expectGradient(at: [x]) { $0[0].cumulativeSum(axis: -2).squared }
  }

  @Test(arguments: [1, 2, 5, 64, 201]) func recurrencesAreThoseOfALoop(count: Int) {
    let (a, b) = (sample([count]), sample([count], seed: 2))
    let start = DenseArray([0.7], shape: .scalar)
    let found = run([a, b, start]) { linearRecurrence(coefficients: $0[0], inputs: $0[1], initial: $0[2]) }
    let constant = run([b]) { linearRecurrence(coefficients: -0.4, inputs: $0[0], initial: 1) }
    var (x, y) = (0.7, 1.0)
    for t in 0..<count {
      x = a[t] * x + b[t]
      y = -0.4 * y + b[t]
      #expect(abs(found[t] - x) < 1e-13 && abs(constant[t] - y) < 1e-13)
    }
    if count < 20 {
      expectGradient(at: [a, b, start]) { linearRecurrence(coefficients: $0[0], inputs: $0[1], initial: $0[2]).squared }
    }
  }

  @Test func anOscillatorIsSolvedToFourthOrder() {
    func error(_ steps: Int) -> Double {
      let states = Program(inputs: [[2]]) { inputs in
        solution(from: [inputs[0][0], inputs[0][1]], start: 0, times: [1, 2.5], steps: steps) { _, y in [y[1], -y[0]] }
      }.run([DenseArray([1, 0])])
      return abs(states[0][1] - cos(2.5)) + abs(states[1][1] + sin(2.5)) + abs(states[0][0] - cos(1))
    }
    #expect(error(8) < 1e-3)
    let ratio = error(8) / error(16)
    #expect(ratio > 13 && ratio < 19, "\(ratio)")
    // dy/dt = −2t y has exp(−t²); the time is given to the derivative, and the state may be a vector.
    let decay = run([DenseArray([1.0, 2])]) {
      solution(from: [$0[0]], start: 0, times: [1], steps: 50) { t, y in [-2 * t * y[0]] }[0]
    }
    #expect(decay.shape == [1, 2] && abs(decay[0, 1] - 2 * exp(-1)) < 1e-7)
    expectGradient(at: [sample([2]), sample([1])]) { inputs in
      let (start, rate) = (inputs[0], inputs[1][0])
      let states = solution(from: [start[0], start[1]], start: 0, times: [0.5, 1], steps: 2) { _, y in
        [y[1], -y[0] * rate]
      }
      return states[0] + states[1]
    }
  }

  @Test func theErrorOfASolutionIsTheOneThatIsEstimated() {
    let found = run([DenseArray([1.0, 2])]) { inputs in
      stack(
        [
          solution(from: [inputs[0]], start: 0, times: [0.5, 2], steps: 6) { _, y in [-y[0]] }[0],
          solutionError(from: [inputs[0]], start: 0, times: [0.5, 2], steps: 6) { _, y in [-y[0]] }[0],
        ])
    }
    #expect(found.shape == [2, 2, 2])
    for (place, time) in [0.5, 2].enumerated() {
      for (element, start) in [1.0, 2].enumerated() {
        // What (3) leaves is of fifth order: under a hundredth here.
        let error = found[0, place, element] - start * exp(-time)
        #expect(abs(found[1, place, element] - error) < 0.02 * abs(error), "\(found[1, place, element]), \(error)")
      }
    }
  }

  @Test func aLoopOverThousandsOfTimesCanBeRecorded() {
    // The graph is as deep as the loop is long.
    let x = DenseArray([0.3], shape: .scalar)
    let found = Program(inputs: [.scalar]) { inputs in
      var state = inputs[0]
      for _ in 0..<5000 { state = tanh(state) + 0.01 }
      return [state, gradient(of: state, withRespectTo: inputs[0])]
    }.run([x])
    var state = 0.3
    for _ in 0..<5000 { state = tanh(state) + 0.01 }
    #expect(abs(found[0].elements[0] - state) < 1e-12 && found[1].elements[0].isFinite)
  }

  @Test func partsAreTakenByIndexRangeAndList() {
    let x = sample([4, 3])
    #expect(run([x]) { $0[0][2] } == x.rows(2..<3).reshaped([3]))
    #expect(run([x]) { $0[0][1, 2] }.elements == [x[1, 2]])
    #expect(run([x]) { $0[0][1...] } == x.rows(1..<4) && run([x]) { $0[0][..<2] } == x.rows(0..<2))
    #expect(run([x]) { $0[0][[3, 0, 3]] } == x.rows(at: [3, 0, 3]))
    expectGradient(at: [x]) { $0[0][[3, 0, 3, 1]].squared * 0.5 + $0[0][1, 2] }
  }

  @Test func numbersAndTensorsStack() {
    #expect(run([]) { _ in [[1, 2], [3, 4.0]].tensor } == DenseArray([1, 2, 3, 4], shape: [2, 2]))
    #expect(run([]) { _ in Tensor([1, 2, 3]) } == DenseArray([1, 2, 3]) && run([]) { _ in 2.tensor }.shape == .scalar)
    let x = sample([2])
    #expect(run([x]) { [$0[0], 2 * $0[0]].tensor }.elements == x.elements + x.elements.map { 2 * $0 })
    #expect(run([x]) { stack([$0[0], $0[0]], axis: 1) }.elements == [x[0], x[0], x[1], x[1]])
  }

  @Test func productsWithVectorsAndDiagonals() {
    let (a, x) = (sample([3, 2]), sample([2], seed: 3))
    let found = run([a, x]) { dot($0[0], $0[1]) }
    #expect((0..<3).allSatisfy { abs(found[$0] - (a[$0, 0] * x[0] + a[$0, 1] * x[1])) < 1e-15 })
    #expect(abs(run([x]) { dot($0[0], [2, 3.0]) }.elements[0] - 2 * x[0] - 3 * x[1]) < 1e-15)
    #expect(run([x]) { $0[0].diagonalMatrix }.elements == [x[0], 0, 0, x[1]])
    let far = run([]) { _ in logAddExp(Tensor([800.0, -800, 1]), Tensor([-800.0, 800, 1])) }
    #expect(far.elements[0] == 800 && far.elements[1] == 800 && abs(far.elements[2] - 1 - log(2.0)) < 1e-15)
    expectGradient(at: [a, x]) { logAddExp(dot($0[0], $0[1]), $0[1][0].broadcast(to: [3])) }
  }
}
