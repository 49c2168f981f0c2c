//  BatchGradient.swift — the objective of a minibatch and its gradient, compiled once for a number of rows.

import Arrays
import Networks
import Programs

final class BatchGradient {
  let rows: Int
  private let executor: Executor<Float>
  // Memory of the executor, looked up once: that allocates, and a step must not.
  /// The vector that is trained, and its gradient. Shapes [V].
  let vector: UnsafeMutableBufferPointer<Float>
  let gradient: UnsafeMutableBufferPointer<Float>
  private let inputs: UnsafeMutableBufferPointer<Float>
  private let targets: UnsafeMutableBufferPointer<Float>
  private let stateBefore: UnsafeMutableBufferPointer<Float>
  private let stateAfter: UnsafeMutableBufferPointer<Float>
  private let loss: UnsafeMutableBufferPointer<Float>
  private let coefficients: UnsafeMutableBufferPointer<Float>
  private let rowNumbers: UnsafeMutableBufferPointer<Float>
  private let writeCoefficients: @Sendable (RunStep, UnsafeMutableBufferPointer<Float>) -> Void

  /// - Parameters:
  ///   - examples: For their shapes.
  ///   - rows: B.
  ///   - dataCount: N.
  ///   - stateCount: Q.
  ///   - rowNumbers: The shape of the numbers that a row brings, if it does.
  ///   - owner: Whose vector and gradient are used, where they are not this one's own.
  init(
    _ objective: TrainingObjective, _ examples: Examples, rows: Int, dataCount: Int, stateCount: Int,
    rowNumbers numbersOfRow: Shape?, pool: WorkerPool?, owner: BatchGradient? = nil
  ) {
    let inputs = Shape([rows] + examples.inputs.shape.extents.dropFirst())
    let targets = Shape([rows] + examples.targets.shape.extents.dropFirst())
    let numbers = numbersOfRow.map { Shape([rows] + $0.extents) } ?? [0]
    let program = Program(
      inputs: [[objective.count], [stateCount], inputs, targets, [objective.coefficientCount], numbers]
    ) { t in
      let results = objective.trace(
        TrainingObjective.Arguments(
          vector: t[0], state: t[1], inputs: t[2], targets: t[3], coefficients: t[4], rowNumbers: t[5],
          dataCount: dataCount))
      return [results.loss, results.gradient, results.state]
    }
    self.rows = rows
    executor = Executor(
      Plan(program), pool: pool, boundInputs: owner == nil ? [] : [0], boundOutputs: owner == nil ? [] : [1])
    if let owner {
      executor.bindInput(0, to: UnsafeBufferPointer(owner.vector))
      executor.bindOutput(1, to: owner.gradient)
    }
    (stateBefore, self.inputs, self.targets) = (executor.input(1), executor.input(2), executor.input(3))
    (coefficients, rowNumbers) = (executor.input(4), executor.input(5))
    writeCoefficients = objective.coefficients
    (loss, stateAfter) = (executor.output(0), executor.output(2))
    (vector, gradient) = (executor.input(0), executor.output(1))
  }

  /// Reads the vector and writes the gradient where another has them.
  func bind(to other: BatchGradient) {
    executor.bindInput(0, to: UnsafeBufferPointer(other.vector))
    executor.bindOutput(1, to: other.gradient)
  }

  /// Takes in the rows `order[range]`. `numbers` has entries for each of the examples, or none.
  func load(_ examples: Examples, numbers: [Float], order: [Int], _ range: Range<Int>) {
    if !numbers.isEmpty { copy(order, range, from: numbers, to: rowNumbers) }
    copy(order, range, from: examples.inputs.elements, to: inputs)
    copy(order, range, from: examples.targets.elements, to: targets)
  }

  /// The loss of the rows that were loaded; the gradient lies where it was bound, and `state` moves on.
  func evaluate(state: UnsafeMutableBufferPointer<Float>, at step: RunStep) -> Float {
    if !state.isEmpty { _ = stateBefore.update(fromContentsOf: state) }
    if !coefficients.isEmpty { writeCoefficients(step, coefficients) }
    executor.run(key: step.key)
    if !state.isEmpty { _ = state.update(fromContentsOf: stateAfter) }
    return loss[0]
  }

  /// The gradient of the same rows at another vector, with the same noise. Afterwards the vector and its gradient are those
  /// of `owner` again.
  func evaluate(
    at other: UnsafeBufferPointer<Float>, gradient otherGradient: UnsafeMutableBufferPointer<Float>, key: RandomKey,
    owner: BatchGradient
  ) {
    executor.bindInput(0, to: other)
    executor.bindOutput(1, to: otherGradient)
    executor.run(key: key)
    bind(to: owner)
  }

  private func copy(
    _ order: [Int], _ range: Range<Int>, from all: [Float], to batch: UnsafeMutableBufferPointer<Float>
  ) {
    let stride = batch.count / rows
    all.withUnsafeBufferPointer { all in
      guard let source = all.baseAddress, let target = batch.baseAddress else { return }
      for (place, index) in range.enumerated() {
        (target + place * stride).update(from: source + order[index] * stride, count: stride)
      }
    }
  }
}
