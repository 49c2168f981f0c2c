//  BatchGradient.swift — the loss of a minibatch and its gradient, compiled once.
//
//  Notation   N rows of data,  B rows of the minibatch,  θ [P],  s running statistics [Q]
//  Equations  (1) objective = −(1/N) [ N/B Σ log p(yₙ | xₙ, θ) + log p(θ) ]
//             (2) loss      = −(1/B) Σ log p(yₙ | xₙ, θ)
//
//  The gradient is that of (1); (2) is what progress shows, since the constants of the prior say nothing. Dividing by N leaves the optimum where it is and makes learning rates independent of the amount of data.

import Arrays
import Networks
import Programs

final class BatchGradient {
  let rows: Int
  private let executor: Executor<Float>
  // Memory of the executor, looked up once: that allocates, and a step must not.
  /// θ and its gradient. Shapes [P].
  let parameters: UnsafeMutableBufferPointer<Float>
  let gradient: UnsafeMutableBufferPointer<Float>
  private let inputs: UnsafeMutableBufferPointer<Float>
  private let targets: UnsafeMutableBufferPointer<Float>
  private let stateBefore: UnsafeMutableBufferPointer<Float>
  private let stateAfter: UnsafeMutableBufferPointer<Float>
  private let loss: UnsafeMutableBufferPointer<Float>

  /// - Parameters:
  ///   - examples: For their shapes.
  ///   - rows: B.
  ///   - dataCount: N.
  init(_ model: BayesianModel, _ examples: Examples, rows: Int, dataCount: Int, pool: WorkerPool?) {
    let inputs = Shape([rows] + examples.inputs.shape.extents.dropFirst())
    let targets = Shape([rows] + examples.targets.shape.extents.dropFirst())
    let program = Program(
      inputs: [[model.parameterCount], [model.network.stateCount], inputs, targets]
    ) { t in
      let (logJoint, state) = model.minibatchLogJoint(t[0], t[2], t[3], dataCount: dataCount, state: t[1])
      let objective = logJoint * (-1 / Double(dataCount))  // (1)
      let loss = (logJoint - model.logPrior(t[0])) * (-1 / Double(dataCount))  // (2)
      return [loss, Programs.gradient(of: objective, withRespectTo: t[0]), state]
    }
    self.rows = rows
    executor = Executor(Plan(program), pool: pool)
    (stateBefore, self.inputs, self.targets) = (executor.input(1), executor.input(2), executor.input(3))
    (loss, stateAfter) = (executor.output(0), executor.output(2))
    (parameters, gradient) = (executor.input(0), executor.output(1))
  }

  /// Reads θ and writes the gradient where another has them.
  func bind(to other: BatchGradient) {
    executor.bindInput(0, to: UnsafeBufferPointer(other.parameters))
    executor.bindOutput(1, to: other.gradient)
  }

  /// The loss of the rows `order[range]`; the gradient lies where it was bound, and `state` moves on.
  func evaluate(
    _ examples: Examples, order: [Int], _ range: Range<Int>, state: UnsafeMutableBufferPointer<Float>, key: RandomKey
  ) -> Float {
    copy(order, range, from: examples.inputs.elements, to: inputs)
    copy(order, range, from: examples.targets.elements, to: targets)
    if !state.isEmpty { _ = stateBefore.update(fromContentsOf: state) }
    executor.run(key: key)
    if !state.isEmpty { _ = state.update(fromContentsOf: stateAfter) }
    return loss[0]
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
