import Arrays
import CAllocationCounter
import Programs
import Testing

/// A network's loss and gradient with every kind of step that large models use, θ [P] → [], [P].
private func convolutionalLoss() -> Program {
  Program(inputs: [[8 * 3 * 9 + 8 + 8 * 15 * 15 * 40 + 40 + 400 + 10], [24, 3, 32, 32], [24]]) { t in
    var start = 0
    func take(_ shape: Shape) -> Tensor {
      defer { start += shape.count }
      return t[0].slice(axis: 0, start..<start + shape.count).reshaped(shape)
    }
    let filtered = convolution(t[1], weight: take([8, 3, 3, 3])) + take([8, 1, 1])
    let pooled = maxPool(relu(filtered), size: [2, 2]).reshaped([24, 8 * 15 * 15])
    let hidden = tanh(linear(pooled, weight: take([40, 8 * 15 * 15]), bias: take([40])))
    let mask = Tensor.random(.uniform, shape: hidden.shape, site: 3) .< 0.5
    let logits = linear(hidden * mask, weight: take([10, 40]), bias: take([10]))
    let loss = softmaxCrossEntropy(logits: logits, labels: t[2]).mean() + t[0].squared.sum() * 1e-4
    return [loss, gradient(of: loss, withRespectTo: t[0])]
  }
}

private func inputs(of program: Program) -> [DenseArray<Float>] {
  [
    sample(program.inputShapes[0], low: -0.1, high: 0.1).converted(),
    sample(program.inputShapes[1], seed: 2).converted(),
    DenseArray((0..<24).map { Float($0 % 10) }),
  ]
}

@Suite(.serialized) struct ExecutorTests {
  @Test func resultsAreTheSameBitsForAnyNumberOfThreads() {
    let program = convolutionalLoss()
    let plan = Plan(program)
    let arguments = inputs(of: program)
    let key = RandomKey(seed: 5, step: 9)
    let alone = Executor<Float>(plan).run(arguments, key: key)
    #expect(alone[0].elements[0].isFinite)
    for threads in [1, 2, 3, 8] {
      let executor = Executor<Float>(plan, pool: WorkerPool(threads: threads))
      for _ in 0..<3 { #expect(executor.run(arguments, key: key) == alone, "\(threads) threads") }
    }
  }

  @Test func aLargeProductIsTheSameBitsForAnyNumberOfThreads() {
    let shapes: [Shape] = [[130, 523], [201, 523], [201]]
    let program = Program(inputs: shapes) { t in
      let y = linear(t[0], weight: t[1], bias: t[2])
      return [y] + gradient(of: y.squared.sum(), withRespectTo: t)
    }
    let arguments = shapes.enumerated().map { sample($0.element, seed: $0.offset).converted(to: Float.self) }
    let alone = program.run(arguments)
    for threads in [2, 3, 8] {
      #expect(Executor<Float>(Plan(program), pool: WorkerPool(threads: threads)).run(arguments) == alone)
    }
    // The second, third and fourth are products too, and all must be right.
    let exact = program.run(shapes.enumerated().map { sample($0.element, seed: $0.offset) })
    for (fast, slow) in zip(alone, exact) {
      let scale = slow.elements.map(abs).max() ?? 1
      #expect(zip(fast.elements, slow.elements).allSatisfy { abs(Double($0) - $1) < 1e-5 * scale })
    }
  }

  @Test func aStepAllocatesNothing() throws {
    try #require(allocation_count() >= 0, "allocations are counted with the GNU C library only")
    let program = convolutionalLoss()
    let executor = Executor<Float>(Plan(program), pool: WorkerPool(threads: 2))
    for (index, array) in inputs(of: program).enumerated() {
      _ = executor.input(index).update(fromContentsOf: array.elements)
    }
    func allocations(steps: Int) -> Int {
      let before = allocation_count()
      for step in 0..<steps { executor.run(key: RandomKey(step: UInt64(step))) }
      return allocation_count() - before
    }
    _ = allocations(steps: 2)
    #expect(allocations(steps: 110) - allocations(steps: 10) == 0)
    #expect(allocation_count() > 0, "the counter counts")
  }

  @Test func randomNumbersAreAFunctionOfTheKeyAlone() {
    let program = Program(inputs: []) { _ in
      [
        .random(.normal, shape: [5000], site: 1), .random(.normal, shape: [5000], site: 2),
        .random(.uniform, shape: [5000], site: 1),
      ]
    }
    let executor = Executor<Double>(Plan(program))
    let first = executor.run([], key: RandomKey(seed: 1, stream: 2, step: 3))
    #expect(executor.run([], key: RandomKey(seed: 1, stream: 2, step: 3)) == first)
    for other in [
      RandomKey(seed: 2, stream: 2, step: 3), RandomKey(seed: 1, stream: 3, step: 3),
      RandomKey(seed: 1, stream: 2, step: 4),
    ] {
      #expect(executor.run([], key: other)[0] != first[0])
    }
    #expect(first[0] != first[1])
    let mean = first[0].elements.reduce(0, +) / 5000
    let variance = first[0].elements.reduce(0) { $0 + $1 * $1 } / 5000
    #expect(abs(mean) < 4 / 5000.0.squareRoot())
    #expect(abs(variance - 1) < 4 * (2 / 5000.0).squareRoot())
    #expect(first[2].elements.allSatisfy { $0 > 0 && $0 < 1 })
  }

  @Test func aBackwardPassRegeneratesNoise() {
    let plan = Plan(
      Program(inputs: [[50_000]]) { t in
        let noise = Tensor.random(.normal, shape: [50_000], site: 1)
        let y = sin(t[0] * noise).sum()
        return [y, gradient(of: y, withRespectTo: t[0])]
      })
    #expect(plan.arenaBytes(of: Float.self) < 50_000 * 4, "no array of noise is stored")
  }
}

@Suite struct PlanTests {
  @Test func equalAndUselessWorkIsLeftOut() {
    let program = Program(inputs: [[4]]) { t in
      _ = exp(t[0])
      return [sin(t[0]) * sin(t[0]) + 0 * 1]
    }
    #expect(
      program.description == """
        %0 = input(0) : [4]
        %1 = sine %0 : [4]
        %2 = multiply %1 %1 : [4]
        return %2
        """)
  }

  @Test func aPlanSaysWhatItFusesAndWhatItNeeds() {
    let program = Program(inputs: [[6, 3], [2, 3], [2]]) { t in
      [(relu(linear(t[0], weight: t[1], bias: t[2])) * 2 + 1).sum()]
    }
    #expect(
      Plan(program).description == """
        0: product relu([6, 3] [3, 2] + bias) → arena+0
        1: fused [6, 2]: multiply add sum → output 0
        arena: 16 elements (64 bytes in float32), 16 without sharing
        """)
  }

  @Test func memoryOfDeadValuesIsUsedAgain() {
    let program = Program(inputs: [[64, 64]]) { t in
      [(0..<10).reduce(t[0]) { x, _ in matmul(x, x) }]
    }
    #expect(Plan(program).arenaBytes(of: Float.self) == 2 * 64 * 64 * 4)
  }
}
