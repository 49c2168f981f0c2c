//  DynamicsTests.swift — the steps of stochastic dynamics: golden values, normal numbers, threads, allocations.

import Approximations
import Arrays
import CAllocationCounter
import GoldenValues
import Programs
import Testing

@Suite(.serialized) struct DynamicsTests {
  @Test(arguments: [
    ("sgld", StochasticDynamics.langevin, 0.005),
    ("psgld", .preconditionedLangevin(decay: 0.99, epsilon: 1e-5), 0.005),
    ("sghmc", .hamiltonian(friction: 0.1), 0.01),
  ])
  func stepsWithGivenNoiseAreTheGoldenOnes(name: String, dynamics: StochasticDynamics, rate: Double) throws {
    let golden = try GoldenSamplers.load()
    let trajectory = name == "sgld" ? golden.sgld : name == "psgld" ? golden.psgld : golden.sghmc
    let state = DynamicsState<Double>(dynamics, count: 4)
    var x = golden.x0
    for (noise, expected) in zip(trajectory.noise, trajectory.trajectory) {
      let gradient = golden.gradient(x)
      x.withUnsafeMutableBufferPointer { x in
        gradient.withUnsafeBufferPointer { gradient in
          noise.withUnsafeBufferPointer { noise in
            state.step(parameters: x, gradient: gradient, rate: rate, dataCount: 1, key: RandomKey(), noise: noise)
          }
        }
      }
      #expect(relativeDifference(x, expected) < 1e-12)
    }
  }

  /// Parameters after three steps with a constant gradient, of more parts than one and a part of a group.
  private static func path<Element: Scalar>(
    _ dynamics: StochasticDynamics, _ type: Element.Type, count: Int = 100_003, temperature: Double = 1,
    pool: WorkerPool?
  ) -> (parameters: [Element], friction: Double) {
    let state = DynamicsState<Element>(dynamics, count: count)
    var x = [Element](repeating: 0, count: count)
    let gradient = (0..<count).map { Element(Double($0 % 11) / 10) }
    x.withUnsafeMutableBufferPointer { x in
      gradient.withUnsafeBufferPointer { gradient in
        for step in 0..<3 {
          state.step(
            parameters: x, gradient: gradient, rate: 0.01, temperature: temperature, dataCount: 50,
            key: RandomKey(seed: 1, stream: 2, step: UInt64(step)), pool: pool)
        }
      }
    }
    return (x, state.friction)
  }

  @Test(arguments: [StochasticDynamics.langevin, .preconditionedLangevin(), .hamiltonian(), .thermostat()])
  func anyPoolGivesTheSameBits(dynamics: StochasticDynamics) {
    let alone = Self.path(dynamics, Float.self, pool: nil)
    for threads in [1, 2, 3, 8] {
      let shared = Self.path(dynamics, Float.self, pool: WorkerPool(threads: threads))
      #expect(shared.parameters == alone.parameters && shared.friction == alone.friction)
    }
  }

  @Test func theNoiseOfAStepIsStandardNormalWithTheVarianceOfTheEquation() {
    // One step from zero without a gradient: θ = √(2 η T / N) z.
    for temperature in [1.0, 0.25] {
      let count = 1_000_000
      let state = DynamicsState<Double>(.langevin, count: count)
      var x = [Double](repeating: 0, count: count)
      let gradient = x
      x.withUnsafeMutableBufferPointer { x in
        gradient.withUnsafeBufferPointer {
          state.step(
            parameters: x, gradient: $0, rate: 0.02, temperature: temperature, dataCount: 10, key: RandomKey(seed: 9))
        }
      }
      let z = x.map { $0 / (2 * 0.02 * temperature / 10).squareRoot() }
      // Standard errors: 1e-3 of the mean, 1.4e-3 of the variance, 9.8e-3 of the fourth moment, 1e-3 of the correlation.
      let moments = (1...4).map { power in
        z.reduce(0) { sum, z in sum + (0..<power).reduce(1) { product, _ in product * z } } / Double(count)
      }
      #expect(abs(moments[0]) < 5e-3 && abs(moments[1] - 1) < 7e-3 && abs(moments[3] - 3) < 5e-2)
      let neighbours = (1..<count).reduce(0) { $0 + z[$1] * z[$1 - 1] } / Double(count)
      #expect(abs(neighbours) < 5e-3)
    }
  }

  /// Of a standard normal target in 4096 dimensions: a mean square has a standard error of 2.2 % a state, and 200 states that are
  /// twelve times the memory of the chain apart one of 0.16 %. The step adds about η / 2 = 0.5 % at most.
  @Test(arguments: [
    StochasticDynamics.langevin, .hamiltonian(friction: 0.1), .thermostat(friction: 0.1), .thermostat(friction: 0.3),
  ])
  func shortStepsAreAtTheTemperature(dynamics: StochasticDynamics) {
    let (count, rate) = (4096, 0.01)
    let state = DynamicsState<Double>(dynamics, count: count)
    var random = Philox(seed: 3)
    var x = random.normal(shape: [count], as: Double.self).elements
    var gradient = x
    var squares: [Double] = []
    for step in 0..<30_000 {
      _ = gradient.withUnsafeMutableBufferPointer { $0.update(fromContentsOf: x) }
      x.withUnsafeMutableBufferPointer { x in
        gradient.withUnsafeBufferPointer { gradient in
          state.step(
            parameters: x, gradient: gradient, rate: rate, dataCount: 1, key: RandomKey(seed: 4, step: UInt64(step)))
        }
      }
      if step >= 3000 && step % 100 == 0 { squares.append(x.reduce(0) { $0 + $1 * $1 } / Double(count)) }
    }
    let mean = squares.reduce(0, +) / Double(squares.count)
    #expect(abs(mean - 1) < 0.015, "\(mean)")
  }

  @Test func atTemperatureZeroAStepIsADescent() {
    let (x, _) = Self.path(.langevin, Double.self, count: 200, temperature: 0, pool: nil)
    #expect(relativeDifference(x, (0..<200).map { -0.03 * Double($0 % 11) / 10 }) < 1e-14)
  }

  @Test func whatWasLearntFromZeroIsTheMeanOfSquaresOnceItIsSettled() {
    let state = DynamicsState<Double>(.preconditionedLangevin(decay: 0.9, epsilon: 1e-5), count: 2)
    var x = [0.5, -0.25]
    x.withUnsafeMutableBufferPointer { x in
      [3.0, -2].withUnsafeBufferPointer { gradient in
        for _ in 0..<10 {
          state.step(parameters: x, gradient: gradient, rate: 0, temperature: 0, dataCount: 1, key: RandomKey())
        }
      }
    }
    #expect(x == [0.5, -0.25], "at the rate zero nothing moves")
    #expect(relativeDifference(Array(state.vector), [9, 4]) > 0.3)
    state.settle(after: 10, decay: 0.9)
    #expect(relativeDifference(Array(state.vector), [9, 4]) < 1e-14)
  }

  @Test func aHeldPreconditionerTakesNoLongerStepThanOneOfAverageSlope() {
    // One step from zero learns √v = √(1 − α) |g|: 0.3, 0.1, 0.2 and, for the parameter of a unit that was off, 0. Their mean
    // is 0.15; so the next step along a gradient of ones, without noise, is −η / (λ + 0.15 + √v).
    let state = DynamicsState<Double>(.preconditionedLangevin(decay: 0.99, epsilon: 1e-5), count: 4)
    var x = [Double](repeating: 0, count: 4)
    func step(_ gradient: [Double], adapts: Bool) {
      x.withUnsafeMutableBufferPointer { x in
        gradient.withUnsafeBufferPointer { gradient in
          state.step(
            parameters: x, gradient: gradient, rate: 0.01, temperature: 0, dataCount: 1, key: RandomKey(),
            adapts: adapts)
        }
      }
    }
    step([3, 1, 2, 0], adapts: true)
    for _ in 0..<3 {
      let before = x
      step([1, 1, 1, 1], adapts: false)
      let moved = zip(x, before).map { $0 - $1 }
      let expected = [0.3, 0.1, 0.2, 0].map { -0.01 / (1e-5 + 0.15 + $0) }
      #expect(relativeDifference(moved, expected) < 1e-10)
    }
    // When v moves again it is v alone that counts: 0.99 · 0 + 0.01 · 1.
    let before = x
    step([1, 1, 1, 1], adapts: true)
    #expect(abs(x[3] - before[3] + 0.01 / (1e-5 + 0.1)) < 1e-12)
  }

  @Test(arguments: [
    StochasticDynamics.langevin, .preconditionedLangevin(), .hamiltonian(), .thermostat(),
  ])
  func aStepAllocatesNothing(dynamics: StochasticDynamics) throws {
    try #require(allocation_count() >= 0, "allocations are counted with the GNU C library only")
    let count = 5000
    let state = DynamicsState<Float>(dynamics, count: count)
    var x = [Float](repeating: 0, count: count)
    let gradient = x
    var spent = 0
    x.withUnsafeMutableBufferPointer { x in
      gradient.withUnsafeBufferPointer { gradient in
        func step(_ number: Int, adapts: Bool) {
          state.step(
            parameters: x, gradient: gradient, rate: 0.01, dataCount: 50, key: RandomKey(step: UInt64(number)),
            adapts: adapts)
        }
        // What the first step of a process of either kind sets up is no cost of a step.
        for adapts in [true, false] { step(0, adapts: adapts) }
        let before = allocation_count()
        for number in 0..<100 { step(number, adapts: number < 50) }
        spent = allocation_count() - before
      }
    }
    #expect(spent == 0)
  }
}
