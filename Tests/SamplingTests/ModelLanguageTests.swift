//  ModelLanguageTests.swift — models of other kinds, as they are written here and as plain loops.

import Arrays
import Foundation
import Probability
import Programs
import Testing

@Suite struct ModelLanguageTests {
  private func value(
    _ space: ParameterSpace, _ values: [String: [Double]], _ body: @escaping @Sendable (ParameterValues) -> Tensor
  )
    throws -> Double
  {
    let u = try #require(space.unconstrained(values))
    let program = Program(inputs: [[space.dimension]]) { [body(space.values(at: $0[0]).values)] }
    return program.run([DenseArray(u)])[0].elements[0]
  }

  private func normal(_ x: Double, _ mean: Double, _ sd: Double) -> Double {
    let z = (x - mean) / sd
    return -0.5 * z * z - log(sd) - 0.5 * log(2 * Double.pi)
  }

  @Test func aHiddenMarkovModelByTheForwardRecursion() throws {
    let y = [2.9, 9.4, 8.7, 3.3, 3.0, 9.1]
    let space = ParameterSpace([
      Parameter("transition", .simplex, shape: [2, 2]), Parameter("mu", .positiveOrdered, shape: [2]),
    ])
    let transition = [[0.8, 0.2], [0.3, 0.7]]
    let found = try value(space, ["transition": transition.flatMap { $0 }, "mu": [3, 9]]) { p in
      func emission(_ y: Double) -> Tensor { y.logDensities(.normal(p["mu"], 1)) }
      var state = emission(y[0])
      for observed in y.dropFirst() {
        // Over the state before, which is the row.
        let paths = state.reshaped([2, 1]) + log(p["transition"])
        state = paths.transposed.logSumExp() + emission(observed)
      }
      return state.logSumExp()
    }
    var state = [3.0, 9].map { exp(normal(y[0], $0, 1)) }
    for observed in y.dropFirst() {
      state = (0..<2).map { k in
        (state[0] * transition[0][k] + state[1] * transition[1][k]) * exp(normal(observed, [3.0, 9][k], 1))
      }
    }
    #expect(abs(found - log(state[0] + state[1])) < 1e-11)
  }

  @Test func aMixtureAndAHierarchyByGroups() throws {
    let y = [-2.0, 1.5, 3.1, -2.7]
    let group = [0, 2, 1, 2]
    let space = ParameterSpace([
      Parameter("means", .ordered, shape: [2]), Parameter("scale", .positive), Parameter("weight", .between(0, 1)),
      Parameter("effects", .zeroSum, shape: [3]),
    ])
    let values = ["means": [-2.5, 2.0], "scale": [0.8], "weight": [0.4], "effects": [0.3, -0.5, 0.2]]
    let found = try value(space, values) { p in
      let shifted = Tensor(y) - p["effects"][group]
      return shifted.logDensity(
        .mixture(p["weight"], .normal(p["means"][0], p["scale"]), .normal(p["means"][1], p["scale"])))
    }
    let expected = y.indices.reduce(0.0) { sum, i in
      let x = y[i] - [0.3, -0.5, 0.2][group[i]]
      return sum + log(0.4 * exp(normal(x, -2.5, 0.8)) + 0.6 * exp(normal(x, 2, 0.8)))
    }
    #expect(abs(found - expected) < 1e-12)
  }

  @Test func itemResponsesOfPeopleAndQuestions() throws {
    let answers = [[1.0, 0, 1], [0, 0, 1]]
    let space = ParameterSpace([
      Parameter("ability", shape: [3]), Parameter("slope", .positive, shape: [2]), Parameter("difficulty", shape: [2]),
    ])
    let values = ["ability": [0.1, -1, 2], "slope": [1.2, 0.7], "difficulty": [0.4, -0.6]]
    let found = try value(space, values) { p in
      let logits = p["slope"].reshaped([2, 1]) * (p["ability"] - p["difficulty"].reshaped([2, 1]))
      return answers.logDensity(.bernoulli(logits: logits))
    }
    var expected = 0.0
    for i in 0..<2 {
      for j in 0..<3 {
        let logit = [1.2, 0.7][i] * ([0.1, -1, 2][j] - [0.4, -0.6][i])
        expected += answers[i][j] * logit - log(1 + exp(logit))
      }
    }
    #expect(abs(found - expected) < 1e-12)
  }

  @Test func correlatedEffectsByTheFactorOfTheirCorrelations() throws {
    let space = ParameterSpace([
      Parameter("L", .correlationFactor, shape: [2, 2]), Parameter("scales", .positive, shape: [2]),
      Parameter("effects", shape: [3, 2]),
    ])
    let effects = [0.5, -1, 2, 0.3, 0.1, 0.2]
    let values = ["L": [1, 0, 0.6, 0.8], "scales": [2, 0.5], "effects": effects]
    let found = try value(space, values) { p in
      let factor = p["scales"].diagonalMatrix
      return p["effects"].logDensity(.multivariateNormal(0, choleskyFactor: matmul(factor, p["L"])))
    }
    // Given the first, the second is normal about 0.6 · 0.5/2 of it, with deviation 0.5 · 0.8.
    let expected = (0..<3).reduce(0.0) { sum, i in
      sum + normal(effects[2 * i], 0, 2) + normal(effects[2 * i + 1], 0.15 * effects[2 * i], 0.4)
    }
    #expect(abs(found - expected) < 1e-12)
  }
}
