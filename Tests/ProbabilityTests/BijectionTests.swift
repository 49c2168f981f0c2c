//  BijectionTests.swift — images, inverses, and Jacobians against determinants of differences.

import Arrays
import Foundation
import Probability
import Programs
import Testing

@Suite struct BijectionTests {
  private static let cases: [(bijection: Bijection, shape: Shape)] = [
    (.real, [3]), (.positive, [2, 2]), (.above(-1.5), [3]), (.below(4), [2]), (.between(-1, 3), [4]), (.ordered, [4]),
    (.ordered, [1]), (.simplex, [5]), (.simplex, [2]), (.ordered, [3, 2]), (.simplex, [2, 3]), (.positiveOrdered, [3]),
    (.positiveOrdered, [2, 3]), (.zeroSum, [4]), (.zeroSum, [3, 2]), (.correlationFactor, [4, 4]),
    (.correlationFactor, [2, 2]), (.unitVector, [3]), (.unitVector, [2, 4]), (.covariance, [3, 3]),
    (.covariance, [1, 1]),
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

  /// The vectors along the last axis.
  private func rows(_ x: [Double], _ shape: Shape) -> [[Double]] {
    let width = shape[shape.rank - 1]
    return stride(from: 0, to: x.count, by: width).map { Array(x[$0..<$0 + width]) }
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
        case .ordered: #expect(rows(x, shape).allSatisfy { x in zip(x, x.dropFirst()).allSatisfy { $0 < $1 } })
        case .positiveOrdered:
          #expect(rows(x, shape).allSatisfy { x in x[0] > 0 && zip(x, x.dropFirst()).allSatisfy { $0 < $1 } })
        case .simplex:
          #expect(rows(x, shape).allSatisfy { x in x.allSatisfy { $0 > 0 } && abs(x.reduce(0, +) - 1) < 1e-14 })
        case .unitVector:
          #expect(rows(x, shape).allSatisfy { x in abs(x.reduce(0) { $0 + $1 * $1 } - 1) < 1e-14 })
        case .zeroSum: #expect(rows(x, shape).allSatisfy { x in abs(x.reduce(0, +)) < 1e-14 })
        case .correlationFactor:
          let factor = rows(x, shape)
          #expect(factor.allSatisfy { row in abs(row.reduce(0) { $0 + $1 * $1 } - 1) < 1e-14 })
          for i in factor.indices { #expect(factor[i][i] > 0 && factor[i][(i + 1)...].allSatisfy { $0 == 0 }) }
        case .covariance:
          // All leading minors of a positive definite matrix are positive.
          let matrix = rows(x, shape)
          for size in matrix.indices {
            #expect(determinant(matrix[...size].map { Array($0[...size]) }) > 0)
            #expect(matrix.indices.allSatisfy { matrix[size][$0] == matrix[$0][size] })
          }
        }
      }
    }
  }

  @Test func theInverseLeadsBack() throws {
    for (bijection, shape) in Self.cases {
      let u = point(bijection, shape)
      let x = run(bijection, u, shape).x
      let back = try #require(bijection.inverse(x, shape: shape))
      // The length of u is lost in a direction: from there on it is 1.
      let wanted = bijection == .unitVector ? x : u
      #expect(zip(back, wanted).allSatisfy { abs($0 - $1) < 1e-12 }, "\(bijection)")
    }
    #expect(Bijection.positive.inverse([-1]) == nil && Bijection.ordered.inverse([2, 1]) == nil)
    #expect(Bijection.simplex.inverse([0.5, 0.6]) == nil && Bijection.between(0, 1).inverse([1]) == nil)
    #expect(Bijection.positiveOrdered.inverse([-1, 2]) == nil && Bijection.zeroSum.inverse([1, 2]) == nil)
    #expect(Bijection.unitVector.inverse([1, 1]) == nil)
    #expect(Bijection.correlationFactor.inverse([1, 0, 0.5, 0.5], shape: [2, 2]) == nil)
    #expect(Bijection.covariance.inverse([1, 2, 2, 1], shape: [2, 2]) == nil)
    #expect(Bijection.covariance.inverse([1, 0.2, 0.3, 1], shape: [2, 2]) == nil)
  }

  @Test func zeroIsAnInnerPoint() {
    #expect(run(.simplex, [0, 0, 0], [4]).x.allSatisfy { abs($0 - 0.25) < 1e-15 })
    #expect(run(.between(2, 4), [0], [1]).x == [3] && run(.above(2), [0], [1]).x == [3])
  }

  @Test func theJacobianIsTheDeterminantOfDifferences() {
    for (bijection, shape) in Self.cases where bijection != .real && bijection != .unitVector {
      let u = point(bijection, shape)
      let h = 1e-5
      let free = freePlaces(bijection, shape)
      let rows = u.indices.map { axis in
        let ends = [h, -h].map { shift in
          var moved = u
          moved[axis] += shift
          return run(bijection, moved, shape).x
        }
        let slopes = zip(ends[0], ends[1]).map { ($0 - $1) / (2 * h) }
        return free.map { slopes[$0] }
      }
      var expected = run(bijection, u, shape).logJacobian
      // Volume in the plane of sum 0, of which the last coordinate is left out: its cosine is 1/√K.
      if bijection == .zeroSum {
        expected -= 0.5 * log(Double(shape[shape.rank - 1])) * Double(shape.count / shape[shape.rank - 1])
      }
      #expect(abs(log(abs(determinant(rows))) - expected) < 1e-8, "\(bijection)")
    }
  }

  /// The elements of x that the others follow from.
  private func freePlaces(_ bijection: Bijection, _ shape: Shape) -> [Int] {
    let width = shape[shape.rank - 1]
    return (0..<shape.count).filter { place in
      switch bijection {
      case .simplex, .zeroSum: place % width < width - 1
      case .correlationFactor: place % width < place / width
      case .covariance: place % width <= place / width
      default: true
      }
    }
  }

  @Test func directionsOfUnitVectorsAreUniform() {
    // Under the density of u, x₀² of a circle has mean ½ and x₀⁴ ⅜: an integral over u by the trapezoidal rule.
    var (mass, second, fourth) = (0.0, 0.0, 0.0)
    for i in -60..<60 {
      for j in -60..<60 {
        let (x, logJacobian) = run(.unitVector, [0.1 * (Double(i) + 0.5), 0.1 * (Double(j) + 0.5)], [2])
        let weight = 0.01 * exp(logJacobian) / (2 * Double.pi)
        mass += weight
        second += weight * x[0] * x[0]
        fourth += weight * x[0] * x[0] * x[0] * x[0]
      }
    }
    #expect(abs(mass - 1) < 1e-6 && abs(second - 0.5) < 1e-6 && abs(fourth - 0.375) < 1e-2)
  }

  private func determinant(_ matrix: [[Double]]) -> Double {
    var m = matrix
    var result = 1.0
    for i in m.indices {
      let pivot = (i..<m.count).max { abs(m[$0][i]) < abs(m[$1][i]) } ?? i
      m.swapAt(i, pivot)
      result *= pivot == i ? m[i][i] : -m[i][i]
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

  @Test func derivedQuantitiesFollowFromTheDraws() throws {
    let u = try #require(
      Self.space.unconstrained(["mu": [1], "sigma": [2], "weights": [0.2, 0.5, 0.3], "effects": [1, 2, 3, 4]]))
    let draws = DenseArray(u + u + u, shape: [3, 1, 8])
    let found = Self.space.derived(from: draws) { p in
      ["theta": p["mu"] + p["sigma"] * p["effects"], "two": p["sigma"]]
    }
    let theta = try #require(found["theta"])
    #expect(theta.shape == [3, 1, 2, 2] && found["two"]?.shape == [3, 1])
    #expect(zip(theta.elements, [3, 5, 7, 9.0]).allSatisfy { abs($0 - $1) < 1e-14 })
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
