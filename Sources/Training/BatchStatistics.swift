//  BatchStatistics.swift — the statistics of batch normalisation that belong to given parameters, from one pass over data.
//
//  Notation   K  minibatches, in the order of the rows     sₖ [Q]  the statistics of minibatch k, with unbiased variances
//
//    s = 1/K Σₖ sₖ                                                                              (1)
//
//  Running statistics are those of the parameters that training passed through. An average of parameters, or a draw around
//  one, never was such a point: its statistics are computed anew. Each minibatch counts alike in (1), also a last one
//  with fewer rows, and each layer sees its input normalised by the minibatch, as in training; dropout draws its masks.
//
//  Cost       one forward pass over the data for each vector of parameters.                     [Izmailov 2018]

public import Arrays
public import Networks
import Programs

/// Recomputes running statistics over a data set, again and again for different parameters: compiled once.
///
/// Used by one thread at a time.
public final class BatchStatistics<Element: Scalar> {
  /// A minibatch's first row, and what computes its statistics.
  private let batches: [(first: Int, executor: Executor<Element>)]
  private let inputs: DenseArray<Element>
  private let statisticCount: Int
  private let parameterCount: Int

  /// - Parameters:
  ///   - inputs: Shape [N, …], N ≥ 1.
  ///   - batchSize: Rows of a minibatch; the last holds what is left, and a single row that is left joins the one before.
  ///   - pool: Threads to share a pass; they change no bit.
  public init(
    _ model: BayesianModel, inputs: DenseArray<Element>, batchSize: Int, pool: WorkerPool? = nil
  ) {
    precondition(batchSize >= 1 && inputs.shape[0] >= 1, "minibatches of \(batchSize) from \(inputs.shape[0]) rows")
    self.inputs = inputs
    statisticCount = model.network.stateCount
    parameterCount = model.parameterCount
    guard statisticCount > 0 else {
      batches = []
      return
    }
    func executor(rows: Int) -> Executor<Element> {
      let shape = Shape([rows] + inputs.shape.extents.dropFirst())
      return Executor(
        Plan(
          Program(inputs: [[model.parameterCount], shape]) { t in [model.batchStatistics(t[0], t[1])] }),
        pool: pool)
    }
    let count = inputs.shape[0]
    var starts = Array(stride(from: 0, to: count, by: batchSize))
    if let last = starts.last, count - last == 1, starts.count > 1, batchSize > 1 { starts.removeLast() }
    let ends = starts.dropFirst() + [count]
    var executors: [Int: Executor<Element>] = [:]
    batches = zip(starts, ends).map { start, end in
      let one = executors[end - start] ?? executor(rows: end - start)
      executors[end - start] = one
      return (start, one)
    }
  }

  /// Equation (1). Shape [P] → [Q].
  ///
  /// - Parameter seed: Of the masks of dropout, where there are any.
  public func recomputed(parameters: [Element], seed: UInt64 = 0) -> [Element] {
    precondition(
      parameters.count == parameterCount, "\(parameters.count) parameters for a model of \(parameterCount)")
    guard !batches.isEmpty else { return [] }
    var sums = [Double](repeating: 0, count: statisticCount)
    for (number, (first, executor)) in batches.enumerated() {
      _ = executor.input(0).update(fromContentsOf: parameters)
      let x = executor.input(1)
      let start = first * (inputs.count / inputs.shape[0])
      _ = x.update(fromContentsOf: inputs.elements[start..<start + x.count])
      executor.run(key: RandomKey(seed: seed, step: UInt64(number)))
      for (place, value) in executor.output(0).enumerated() { sums[place] += Double(value) }
    }
    return sums.map { Element($0 / Double(batches.count)) }  // (1)
  }
}

/// The running statistics of one vector of parameters, equation (1). Empty for a network without any. Shape [P] → [Q].
///
/// - Parameters:
///   - batchSize: Rows of a minibatch; the last holds what is left, and a single row that is left joins the one before.
///   - seed: Of the masks of dropout, where there are any.
public func recomputedStatistics(
  _ model: BayesianModel, parameters: [Float], examples: Examples, batchSize: Int, seed: UInt64 = 0,
  pool: WorkerPool? = nil
) -> [Float] {
  BatchStatistics(model, inputs: examples.inputs, batchSize: batchSize, pool: pool)
    .recomputed(parameters: parameters, seed: seed)
}
