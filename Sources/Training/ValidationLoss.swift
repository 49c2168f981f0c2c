//  ValidationLoss.swift — the mean negative log likelihood of rows that training does not see.

import Arrays
import Networks
import Programs

final class ValidationLoss {
  private let executors: [(rows: Range<Int>, executor: Executor<Float>)]
  private let count: Int

  init(_ model: BayesianModel, _ examples: Examples, rows: [Int]) {
    count = rows.count
    let held = examples.rows(at: rows)
    let largest = 1024
    executors = stride(from: 0, to: rows.count, by: largest).map { start in
      let range = start..<min(start + largest, rows.count)
      let (x, y) = (held.inputs.rows(range), held.targets.rows(range))
      let program = Program(inputs: [[model.parameterCount], [model.network.stateCount], x.shape, y.shape]) { t in
        [-model.logLikelihood(t[0], t[2], t[3], state: t[1]).sum()]
      }
      let executor = Executor<Float>(Plan(program))
      _ = executor.input(2).update(fromContentsOf: x.elements)
      _ = executor.input(3).update(fromContentsOf: y.elements)
      return (range, executor)
    }
  }

  func evaluate(parameters: UnsafeBufferPointer<Float>, state: UnsafeBufferPointer<Float>) -> Double {
    var sum = 0.0
    for (_, executor) in executors {
      _ = executor.input(0).update(fromContentsOf: parameters)
      if !state.isEmpty { _ = executor.input(1).update(fromContentsOf: state) }
      executor.run()
      sum += Double(executor.output(0)[0])
    }
    return sum / Double(count)
  }
}
