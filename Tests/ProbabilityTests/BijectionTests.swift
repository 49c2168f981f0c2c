//  BijectionTests.swift — images, inverses, and Jacobians against determinants of differences.

import Arrays
import Foundation
import Probability
import Programs
import Testing

@Suite struct BijectionTests {
  private static let cases: [(bijection: Bijection, shape: Shape)] = [
    (.real, [3]), (.positive, [2, 2]), (.above(-1.5), [3]), (.below(4), [2]), (.between(-1, 3), [4]), (.ordered, [4]),
    (.ordered, [1]), (.simplex, [5]), (.simplex, [2]),
  ]

  private func run(_ bijection: Bijection, _ u: [Double], _ shape: Shape) -> (x: [Double], logJacobian: Double) {
    let program = Program(inputs: [bijection.unconstrainedShape(of: shape)]) { inputs in
      let (value, logJacobian) = bijection(inputs[0])
      return [value, logJacobian]
    }
    let outputs = program.run([DenseArray(u, shape: bijection.unconstrainedShape(of: shape))])
    return (outputs[0].elements, outputs[1].elements[0])
  }

  private func point(_ bijection: Bijection, _ shape: Shape, seed: UInt64 = 1) -> [Double] {
    var generator = Philox(seed: seed)
    return generator.normal(shape: [bijection.unconstrainedShape(of: shape).count], as: Double.self).elements
  }

  @Test func theImageIsWhereTheParameterLies() {
    for seed in 0..<20 as Range<UInt64> {
      for (bijection, shape) in Self.cases {
        let x = run(bijection, point(bijection, shape, seed: seed), shape).x
        #expect(x.count == shape.count)
        switch bijection {
        case .real: #expect(x == point(bijection, shape, seed: seed))
        case .above(let bound): #expect(x.allSatisfy { $0 > bound })
        case .below(let bound): #expect(x.allSatisfy { $0 < bound })
        case .between(let a, let b): #expect(x.allSatisfy { $0 > a && $0 < b })
        case .ordered: #expect(zip(x, x.dropFirst()).allSatisfy { $0 < $1 })
        case .simplex: #expect(x.allSatisfy { $0 > 0 } && abs(x.reduce(0, +) - 1) < 1e-14)
        }
      }
    }
  }

  @Test func theInverseLeadsBack() throws {
    for (bijection, shape) in Self.cases {
      let u = point(bijection, shape)
      let back = try #require(bijection.inverse(run(bijection, u, shape).x))
      #expect(zip(back, u).allSatisfy { abs($0 - $1) < 1e-12 }, "\(bijection)")
    }
    #expect(Bijection.positive.inverse([-1]) == nil && Bijection.ordered.inverse([2, 1]) == nil)
    #expect(Bijection.simplex.inverse([0.5, 0.6]) == nil && Bijection.between(0, 1).inverse([1]) == nil)
  }

  @Test func zeroIsAnInnerPoint() {
    #expect(run(.simplex, [0, 0, 0], [4]).x.allSatisfy { abs($0 - 0.25) < 1e-15 })
    #expect(run(.between(2, 4), [0], [1]).x == [3] && run(.above(2), [0], [1]).x == [3])
  }

  @Test func theJacobianIsTheDeterminantOfDifferences() {
    for (bijection, shape) in Self.cases where bijection != .real {
      let u = point(bijection, shape)
      let h = 1e-5
      let rows = u.indices.map { axis in
        let ends = [h, -h].map { shift in
          var moved = u
          moved[axis] += shift
          return run(bijection, moved, shape).x
        }
        // The last share of a simplex is what the others leave.
        return Array(zip(ends[0], ends[1]).map { ($0 - $1) / (2 * h) }.prefix(u.count))
      }
      #expect(abs(log(abs(determinant(rows))) - run(bijection, u, shape).logJacobian) < 1e-8, "\(bijection)")
    }
  }

  private func determinant(_ matrix: [[Double]]) -> Double {
    var m = matrix
    var result = 1.0
    for i in m.indices {
      let pivot = (i..<m.count).max { abs(m[$0][i]) < abs(m[$1][i]) } ?? i
      m.swapAt(i, pivot)
      result *= m[i][i]
      for row in i + 1..<m.count {
        let factor = m[row][i] / m[i][i]
        for column in i..<m.count { m[row][column] -= factor * m[i][column] }
      }
    }
    return result
  }
}

@Suite struct ParameterSpaceTests {
  private static let space = ParameterSpace([
    Parameter("mu"), Parameter("sigma", .positive), Parameter("weights", .simplex, shape: [3]),
    Parameter("effects", shape: [2, 2]),
  ])

  @Test func dimensionsAndJacobiansAdd() {
    #expect(Self.space.dimension == 8)
    let u = [0.3, -0.5, 0.2, 1.1, 1, 2, 3, 4]
    let program = Program(inputs: [[8]]) { inputs in
      let (values, logJacobian) = Self.space.values(at: inputs[0])
      return [
        values["sigma"], values["effects"], logJacobian, Bijection.simplex(inputs[0].slice(axis: 0, 2..<4)).logJacobian,
      ]
    }
    let outputs = program.run([DenseArray(u)])
    #expect(abs(outputs[0].elements[0] - exp(-0.5)) < 1e-15)
    #expect(outputs[1] == DenseArray([1, 2, 3, 4], shape: [2, 2]))
    #expect(abs(outputs[2].elements[0] - (-0.5 + outputs[3].elements[0])) < 1e-14)
  }

  @Test func drawsAreGivenInTheUnitsOfTheModelAndBack() throws {
    let values = ["mu": [0.4], "sigma": [2.5], "weights": [0.2, 0.5, 0.3], "effects": [1, 2, 3, 4]]
    let u = try #require(Self.space.unconstrained(values))
    let draws = Self.space.constrained(DenseArray(u + u, shape: [2, 1, 8]))
    #expect(draws["mu"]?.shape == [2, 1] && draws["weights"]?.shape == [2, 1, 3])
    #expect(draws["effects"]?.shape == [2, 1, 2, 2])
    for (name, value) in values {
      let found = try #require(draws[name]).elements
      #expect(zip(found, value + value).allSatisfy { abs($0 - $1) < 1e-13 }, "\(name)")
    }
    #expect(Self.space.unconstrained(["mu": [0]]) == nil)
  }

  @Test func aDensityOfAPositiveParameterIntegratesToOneInItsLogarithm() {
    // Exponential(1) of σ, over log σ, by the trapezoidal rule.
    let density = ParameterSpace([Parameter("sigma", .positive)]).logDensity { -1 * $0["sigma"] }
    let sum = (-400..<100).reduce(0.0) { sum, step in
      sum + 0.1 * exp(density.valueAndGradient.run([DenseArray([0.1 * Double(step)])])[0].elements[0])
    }
    #expect(abs(sum - 1) < 1e-10)
  }
}
