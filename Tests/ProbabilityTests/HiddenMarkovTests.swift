//  HiddenMarkovTests.swift — hidden Markov chains against the sum over all paths, written out.

import Arrays
import Foundation
import Probability
import Programs
import Testing

@Suite struct HiddenMarkovTests {
  /// A chain with numbers that are not alike anywhere.
  private struct Chain {
    let states, times: Int
    var initial: [Double] { (0..<states).map { state in 0.3 + 0.2 * Double(state) } }

    /// For each step its own. Shape [T − 1, K, K].
    var transitions: [[[Double]]] { (1..<max(times, 2)).map { step in rows(step) } }

    var emissions: [[Double]] { (0..<times).map { time in (0..<states).map { emission(time, $0) } } }

    private func rows(_ step: Int) -> [[Double]] {
      (0..<states).map { i -> [Double] in
        let weights = (0..<states).map { j -> Double in 1 + abs(sin(Double(3 * i + 5 * j + step))) }
        let total = weights.reduce(0, +)
        return weights.map { $0 / total }
      }
    }

    private func emission(_ time: Int, _ state: Int) -> Double {
      let wave = cos(Double(7 * time + 2 * state))
      return -2 - wave * Double(state + 1)
    }

    /// p of each path, and its states.
    func paths(homogeneous: Bool) -> [(states: [Int], probability: Double)] {
      var paths: [(states: [Int], probability: Double)] = []
      for state in 0..<states { paths.append(([state], initial[state] * exp(emissions[0][state]))) }
      for time in 1..<max(times, 1) {
        let matrix = transitions[homogeneous ? 0 : time - 1]
        var longer: [(states: [Int], probability: Double)] = []
        for path in paths {
          for next in 0..<states {
            let step = matrix[path.states[time - 1]][next] * exp(emissions[time][next])
            longer.append((path.states + [next], path.probability * step))
          }
        }
        paths = longer
      }
      return paths
    }
  }

  @Test(arguments: [(1, 5), (2, 1), (2, 2), (2, 7), (3, 6), (4, 5), (5, 4)])
  func itIsTheSumOverAllPaths(states: Int, times: Int) {
    let chain = Chain(states: states, times: times)
    for homogeneous in [true, false] where times > 1 || homogeneous {
      let paths = chain.paths(homogeneous: homogeneous)
      let total = paths.map(\.probability).reduce(0, +)
      let program = Program(inputs: [[times, states]]) { inputs in
        let transitions = homogeneous ? Tensor(chain.transitions[0]) : Tensor(chain.transitions)
        let value = hiddenMarkovLogDensity(initial: chain.initial, transitions: transitions, emissions: inputs[0])
        return [value, gradient(of: value, withRespectTo: inputs[0])]
      }
      let found = program.run([DenseArray(rows: chain.emissions)])
      let expected = log(total)
      #expect(abs(found[0].elements[0] - expected) < 1e-13 * max(1, abs(expected)))
      // The gradient is the probability of each state at each time.
      for t in 0..<times {
        for k in 0..<states {
          let share = paths.filter { $0.states[t] == k }.map(\.probability).reduce(0, +) / total
          #expect(abs(found[1].elements[t * states + k] - share) < 1e-13, "\(t), \(k)")
        }
      }
    }
  }

  @Test func theDistributionTakesItsEmissionsFromDistributions() {
    let y = [0.5, 2.5, 3.5, -0.5]
    let transitions = [[0.9, 0.1], [0.4, 0.6]]
    let independent = [[0.4, 0.6], [0.4, 0.6]]
    let program = Program(inputs: []) { _ -> [Tensor] in
      let emissions: [Distribution] = [.normal(0, 1), .normal(3, 0.5)]
      let logs = stack(emissions.map { $0.logDensities(y) }, axis: 1)
      let chain = Distribution.hiddenMarkov(initial: [0.2, 0.8], transitions: transitions, emissions: emissions)
      let mixed = Distribution.hiddenMarkov(initial: [0.4, 0.6], transitions: independent, emissions: emissions)
      return [
        y.logDensity(chain), hiddenMarkovLogDensity(initial: [0.2, 0.8], transitions: transitions, emissions: logs),
        y.logDensity(.mixture(0.4, emissions[0], emissions[1])), y.logDensity(mixed),
      ]
    }
    let found = program.run([DenseArray<Double>]()).map { $0.elements[0] }
    #expect(found[0] == found[1])
    // States that do not depend on one another are a mixture.
    #expect(abs(found[2] - found[3]) < 1e-14 * abs(found[2]))
  }

  /// From left to right: states 0, 1, 2, and none back.
  @Test func whatCannotFollowHasNoProbabilityAndAFiniteDerivative() {
    func found(_ initial: [Double], _ emissions: [[Double]]) -> [Double] {
      let program = Program(inputs: [[3]]) { inputs in
        let stay = inputs[0]
        let rows = [
          stack([stay[0], 1 - stay[0], 0 * stay[0]]), stack([0 * stay[1], stay[1], 1 - stay[1]]),
          stack([0 * stay[2], 0 * stay[2], stay[2]]),
        ]
        let value = hiddenMarkovLogDensity(initial: initial, transitions: stack(rows), emissions: Tensor(emissions))
        return [value, gradient(of: value, withRespectTo: stay)]
      }
      return program.run([DenseArray([0.5, 0.25, 1])]).flatMap(\.elements)
    }
    let even = [[Double]](repeating: [0, 0, 0], count: 3)
    // 0 → 0 → 0 or 1, 0 → 1 → 1 or 2: all that begins with 0 ends somewhere.
    let certain = found([1, 0, 0], even)
    #expect(abs(certain[0]) < 1e-14 && certain.allSatisfy(\.isFinite), "\(certain)")
    var last = even
    last[2] = [-.infinity, -.infinity, 0]
    // Only 0 → 1 → 2: a half times three quarters.
    let through = found([1, 0, 0], last.map { $0.map { max($0, -1e30) } })
    #expect(abs(through[0] - log(0.375)) < 1e-14 && through.allSatisfy(\.isFinite), "\(through)")
    #expect(abs(through[1] + 2) < 1e-13 && abs(through[2] + 4.0 / 3) < 1e-13, "\(through)")
    last[2] = [0, -1e30, -1e30]
    let impossible = found([0, 0, 1], last)
    #expect(impossible[0] == -.infinity, "\(impossible)")
  }
}
