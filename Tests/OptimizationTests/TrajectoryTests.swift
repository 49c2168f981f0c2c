//  TrajectoryTests.swift — optimisers against golden values, the equations of `Optimizer`.

import Arrays
import CAllocationCounter
import Foundation
import Optimization
import Testing

struct GoldenOptimizers: Decodable {
  let matrix: [[Double]]
  let c, x0: [Double]
  let trajectories, rates: [String: Value]

  /// A trajectory, or the rates of a schedule.
  enum Value: Decodable {
    case rows([[Double]]), row([Double])

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let rows = try? value.decode([[Double]].self) {
        self = .rows(rows)
      } else {
        self = .row(try value.decode([Double].self))
      }
    }
  }

  static func load() throws -> GoldenOptimizers {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    return try JSONDecoder().decode(
      GoldenOptimizers.self, from: Data(contentsOf: folder.appending(path: "optimizers.json")))
  }

  private enum CodingKeys: String, CodingKey { case matrix = "A", c, x0, trajectories, rates }

  /// A (x − c), the gradient of the quadratic.
  func gradient(_ x: [Double]) -> [Double] {
    matrix.map { row in zip(row, zip(x, c)).reduce(0) { $0 + $1.0 * ($1.1.0 - $1.1.1) } }
  }

  func rows(_ name: String) throws -> [[Double]] {
    guard case .rows(let rows) = try #require(trajectories[name], "no trajectory \(name)") else { return [] }
    return rows
  }
}

private func step<Element>(
  _ state: OptimizerState<Element>, _ x: inout [Element], _ gradient: [Element], rate: Double
) {
  x.withUnsafeMutableBufferPointer { x in
    gradient.withUnsafeBufferPointer { state.step(parameters: x, gradient: $0, learningRate: rate) }
  }
}

@Suite struct TrajectoryTests {
  @Test(arguments: [
    ("sgd", Optimizer.sgd()),
    ("sgd_momentum", .sgd(momentum: 0.9)),
    ("nesterov", .sgd(momentum: 0.9, nesterov: true)),
    ("adam", .adam()),
    ("adamw", .adamW(decay: 0.05)),
    ("rmsprop", .rmsProp()),
    ("rmsprop_momentum", .rmsProp(momentum: 0.9)),
    ("sgd_momentum_weight_decay_coupled", .sgd(momentum: 0.9, weightDecay: 0.05)),
    ("adam_weight_decay_coupled", .adam(weightDecay: 0.05)),
    ("adagrad", .adaGrad()),
  ])
  func stepsFollowTheGoldenTrajectory(name: String, optimizer: Optimizer) throws {
    let golden = try GoldenOptimizers.load()
    let state = OptimizerState<Double>(optimizer, count: 4)
    let narrow = OptimizerState<Float>(optimizer, count: 4)
    var x = golden.x0, y = golden.x0.map(Float.init)
    let trajectory = try golden.rows(name)
    #expect(trajectory.count == 5)
    for expected in trajectory {
      step(state, &x, golden.gradient(x), rate: 0.062)
      step(narrow, &y, golden.gradient(y.map(Double.init)).map(Float.init), rate: 0.062)
      for i in 0..<4 {
        #expect(abs(x[i] - expected[i]) <= 1e-9 * abs(expected[i]))
        #expect(abs(Double(y[i]) - expected[i]) <= 1e-5 * max(1, abs(expected[i])))
      }
    }
  }

  @Test(arguments: [0, 0.03]) func centredStepsFollowTheirEquations(decay: Double) throws {
    let golden = try GoldenOptimizers.load()
    let (alpha, rate) = (0.9, 0.03)
    for momentum in [0, 0.7] {
      let optimizer = Optimizer.rmsProp(
        decay: alpha, epsilon: 1e-6, momentum: momentum, centred: true, weightDecay: decay)
      let state = OptimizerState<Double>(optimizer, count: 4)
      var (x, expected) = (golden.x0, golden.x0)
      var (square, average, velocity) = ([0.0, 0, 0, 0], [0.0, 0, 0, 0], [0.0, 0, 0, 0])
      for _ in 0..<6 {
        step(state, &x, golden.gradient(x), rate: rate)
        let gradient = golden.gradient(expected)
        for i in 0..<4 {
          let g = gradient[i] + decay * expected[i]
          square[i] = alpha * square[i] + (1 - alpha) * g * g
          average[i] = alpha * average[i] + (1 - alpha) * g
          velocity[i] = momentum * velocity[i] + g / ((square[i] - average[i] * average[i]).squareRoot() + 1e-6)
          expected[i] -= rate * velocity[i]
        }
        for i in 0..<4 { #expect(abs(x[i] - expected[i]) <= 1e-9 * abs(expected[i])) }
      }
    }
  }

  @Test func dampeningHoldsBackTheGradientAfterTheFirstStep() throws {
    let golden = try GoldenOptimizers.load()
    let state = OptimizerState<Double>(.sgd(momentum: 0.9, dampening: 0.4, weightDecay: 0.02), count: 4)
    var (x, expected, velocity) = (golden.x0, golden.x0, [0.0, 0, 0, 0])
    for t in 1...6 {
      step(state, &x, golden.gradient(x), rate: 0.05)
      let gradient = golden.gradient(expected)
      for i in 0..<4 {
        let g = gradient[i] + 0.02 * expected[i]
        velocity[i] = t == 1 ? g : 0.9 * velocity[i] + 0.6 * g
        expected[i] -= 0.05 * velocity[i]
        #expect(abs(x[i] - expected[i]) <= 1e-9 * abs(expected[i]))
      }
    }
  }

  static let all: [Optimizer] = [
    .sgd(), .sgd(momentum: 0.8, nesterov: true), .adam(), .adamW(decay: 0.1), .rmsProp(momentum: 0.5),
    .rmsProp(centred: true), .rmsProp(momentum: 0.5, centred: true), .adaGrad(),
  ]

  @Test(arguments: all, [1, 2, 3]) func threadsChangeNoBit(optimizer: Optimizer, threads: Int) {
    let count = 100_003
    var random = Philox(seed: 8)
    let start = random.normal(shape: [count], as: Float.self).elements
    let alone = OptimizerState<Float>(optimizer, count: count), shared = OptimizerState<Float>(optimizer, count: count)
    let pool = WorkerPool(threads: threads)
    var x = start, y = start
    for _ in 0..<3 {
      let gradient = random.normal(shape: [count], as: Float.self).elements
      step(alone, &x, gradient, rate: 0.01)
      y.withUnsafeMutableBufferPointer { y in
        gradient.withUnsafeBufferPointer {
          shared.step(parameters: y, gradient: $0, learningRate: 0.01, pool: pool)
        }
      }
    }
    #expect(x == y && x != start)
  }

  @Test(arguments: all) func aRestoredStateGoesOnToTheSameBits(optimizer: Optimizer) throws {
    var random = Philox(seed: 9)
    let state = OptimizerState<Double>(optimizer, count: 21)
    var x = [Double](repeating: 1, count: 21)
    for _ in 0..<4 { step(state, &x, random.normal(shape: [21]).elements, rate: 0.1) }
    let decoded = try JSONDecoder().decode(Optimizer.self, from: JSONEncoder().encode(optimizer))
    let restored = OptimizerState<Double>(decoded, count: 21, slots: state.slots, stepCount: state.stepCount)
    var y = x
    for _ in 0..<3 {
      let gradient = random.normal(shape: [21], as: Double.self).elements
      step(state, &x, gradient, rate: 0.1)
      step(restored, &y, gradient, rate: 0.1)
    }
    #expect(x == y && restored.stepCount == 7)
  }

  @Test(arguments: all) func aStepAllocatesNothing(optimizer: Optimizer) throws {
    try #require(allocation_count() >= 0, "allocations are counted with the GNU C library only")
    let state = OptimizerState<Float>(optimizer, count: 1000)
    var x = [Float](repeating: 1, count: 1000)
    let gradient = [Float](repeating: 0.5, count: 1000)
    func allocations(steps: Int) -> Int {
      let before = allocation_count()
      x.withUnsafeMutableBufferPointer { x in
        gradient.withUnsafeBufferPointer { g in
          for _ in 0..<steps { state.step(parameters: x, gradient: g, learningRate: 0.1) }
        }
      }
      return allocation_count() - before
    }
    _ = allocations(steps: 2)
    #expect(allocations(steps: 110) - allocations(steps: 10) == 0)
  }
}
