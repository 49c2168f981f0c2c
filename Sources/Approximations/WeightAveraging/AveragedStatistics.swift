//  AveragedStatistics.swift — running statistics of batch normalisation for parameters that no training step has seen.
//
//  Notation   r [Q] running statistics,  s_b [Q] those of minibatch b,  a the weight of a new batch, which layers choose
//
//  Equation   r ← (1/M) Σ s_b over M minibatches of the data in their order, each with the same weight
//
//  A layer gives f(r) = (1 − a) r + a s. Traced with r = 0 and r = 1 side by side, f(1) − f(0) = 1 − a, and
//  s = f(0) / a: no layer is asked for its a, and all that the two have in common is computed once.

import Arrays
import Networks
import Programs
import Training

/// Statistics of the data for given parameters; `initial` where the network keeps none. Shape [Q].
///
/// - Parameter parameters: Shape [P].
func averagedStatistics(
  _ model: BayesianModel, _ parameters: [Float], _ examples: Examples, batchSize: Int, pool: WorkerPool?
) -> [Float] {
  let q = model.network.stateCount
  guard q > 0 else { return [] }
  let batch = min(batchSize, examples.count)
  // A single row has no variance: it joins the minibatch before it.
  let rest = examples.count % batch
  let last = rest == 1 && batch > 1 ? batch + 1 : rest
  func executor(rows: Int) -> Executor<Float> {
    let program = Program(
      inputs: [[model.parameterCount], Shape([rows] + model.network.inputShape.extents)]
    ) { t in
      func statistics(from value: Double) -> Tensor {
        model.outputs(t[0], t[1], state: .constant(value, shape: [q]), mode: .training).state
      }
      let fromZero = statistics(from: 0)
      return [fromZero / (1 - (statistics(from: 1) - fromZero))]
    }
    let executor = Executor<Float>(Plan(program), pool: pool)
    _ = executor.input(0).update(fromContentsOf: parameters)
    return executor
  }
  let full = executor(rows: batch)
  let stride = examples.inputs.count / examples.count
  var sums = [Double](repeating: 0, count: q)
  var batches = 0.0
  var start = 0
  while start < examples.count {
    let rows = examples.count - start == last ? last : batch
    let current = rows == batch ? full : executor(rows: rows)
    _ = current.input(1).update(fromContentsOf: examples.inputs.elements[start * stride..<(start + rows) * stride])
    current.run()
    for (index, value) in current.output(0).enumerated() { sums[index] += Double(value) }
    batches += 1
    start += rows
  }
  return sums.map { Float($0 / batches) }
}
