//  DataPass.swift — a program run over the data, batch by batch: what a curvature is streamed from.

package import Arrays
package import Programs

/// A traced program for batches of one size and one for what is left over.
///
/// Used by one thread at a time.
package final class DataPass<Element: Scalar> {
  package typealias Buffers = [UnsafeMutableBufferPointer<Element>]

  private let point: CurvaturePoint<Element>
  private let rows: Int
  private let run: CurvatureRun
  private let full: Executor<Element>
  private let last: Executor<Element>?

  /// - Parameters:
  ///   - rows: Examples of a batch, at most.
  ///   - extra: Arrays that the program reads beside the model's inputs.
  ///   - build: The outputs, from the trace of a batch.
  package init(
    _ point: CurvaturePoint<Element>, rows: Int, run: CurvatureRun, extra: [DenseArray<Element>] = [],
    build: (NetworkTrace) throws(CurvatureError) -> [Tensor]
  ) throws(CurvatureError) {
    self.point = point
    // Batches of nearly one size: often there is nothing left over, and no second executor.
    let batches = (point.count + max(rows, 1) - 1) / max(rows, 1)
    self.rows = max(1, (point.count + max(batches, 1) - 1) / max(batches, 1))
    self.run = run
    full = try Self.executor(point, rows: self.rows, run, extra, build)
    let rest = point.count % self.rows
    last = rest == 0 ? nil : try Self.executor(point, rows: rest, run, extra, build)
  }

  private static func executor(
    _ point: CurvaturePoint<Element>, rows: Int, _ run: CurvatureRun, _ extra: [DenseArray<Element>],
    _ build: (NetworkTrace) throws(CurvatureError) -> [Tensor]
  ) throws(CurvatureError) -> Executor<Element> {
    let inputs = Shape([rows] + point.inputs.shape.extents.dropFirst())
    let targets = Shape([rows] + point.targets.shape.extents.dropFirst())
    let shapes = [point.parameters.shape, point.state.shape, inputs, targets] + extra.map(\.shape)
    let tensors = shapes.enumerated().map { Tensor.input($0.offset, shape: $0.element) }
    let outputs = try build(NetworkTrace(point.model, tensors))
    // Parameters are read where they lie; data are copied to where their rows are aligned, for they are read more than once.
    let executor = Executor<Element>(
      Plan(Program(inputShapes: shapes, outputs: outputs)), pool: run.pool, boundInputs: [0])
    _ = executor.input(1).update(fromContentsOf: point.state.elements)
    for (index, array) in extra.enumerated() { _ = executor.input(4 + index).update(fromContentsOf: array.elements) }
    return executor
  }

  /// Gives an extra array another value for the passes that follow.
  package func setExtra(_ index: Int, to array: DenseArray<Element>) {
    for executor in [full] + (last.map { [$0] } ?? []) {
      _ = executor.input(4 + index).update(fromContentsOf: array.elements)
    }
  }

  /// Goes once over the data, in order. `body` gets the outputs' memory and the rows that they belong to.
  package func forEachBatch(_ body: (Buffers, Range<Int>) -> Void) throws(CurvatureError) {
    let width = point.inputs.count / max(point.count, 1)
    let targetWidth = point.targets.count / max(point.count, 1)
    try point.parameters.elements.withUnsafeBufferPointer { (parameters) throws(CurvatureError) in
      full.bindInput(0, to: parameters)
      last?.bindInput(0, to: parameters)
      for start in stride(from: 0, to: point.count, by: rows) {
        let range = start..<min(start + rows, point.count)
        guard let executor = range.count == rows ? full : last else { continue }
        let (first, end) = (range.lowerBound, range.upperBound)
        _ = executor.input(2).update(fromContentsOf: point.inputs.elements[first * width..<end * width])
        _ = executor.input(3).update(fromContentsOf: point.targets.elements[first * targetWidth..<end * targetWidth])
        executor.run(key: RandomKey(seed: point.seed ^ Self.stream, step: UInt64(start)))
        body(executor.plan.program.outputShapes.indices.map { executor.output($0) }, range)
        if run.shouldStop() { throw .stopped }
      }
    }
  }

  /// Keeps the draws of the sampled Fisher matrix apart from those of a training run with the same seed.
  private static var stream: UInt64 { 0x4C61_706C_6163_65 }
}
