//  DropoutPosterior+Prediction.swift — T passes over all inputs, of which each repeats only what its masks change.
//
//  The traced network is taken apart by `RandomSplit`: one program for all that no mask reaches, run once for a block of
//  inputs, and one that reads its results, run T times. Threads take blocks; when there are few, they share the passes
//  of a block, and each computes the fixed part. Blocks depend on the number of inputs alone, and masks on pass and block: which
//  thread runs what changes no bit.

public import Arrays
import Foundation
import Networks
import Programs
import Synchronization

extension DropoutPosterior {
  /// Rows of a block: its activations stay in the second level cache.
  private static let mostRows = 256

  public func predict(_ inputs: DenseArray<Float>, threads: Int) -> Predictive {
    model.network.checkExamples(inputs.shape)
    let blocks = InputBlocks(count: inputs.shape[0], mostRows: Self.mostRows)
    let split = split(rows: blocks.rows)
    let (fixedPlan, randomPlan) = (Plan(split.fixed), Plan(split.random))
    let cuts = split.fixed.outputShapes.indices
    let results = PredictionResults(
      model, draws: passes, count: blocks.count, widths: split.random.outputShapes.map { $0[1] })
    let shares = min(passes, max(1, 2 * threads / max(blocks.number, 1)))
    let tasks = blocks.number * shares
    let next = Atomic(0)
    inputs.withUnsafeElements { inputs in
      parameters.withUnsafeElements { parameters in
        state.withUnsafeElements { state in
          // Read only, and alive until all threads are done.
          nonisolated(unsafe) let (inputs, parameters, state) = (inputs, parameters, state)
          DispatchQueue.concurrentPerform(iterations: min(threads, tasks)) { _ in
            let fixed = Executor<Float>(fixedPlan, boundInputs: [0, 1, 2])
            let random = Executor<Float>(randomPlan, boundInputs: Set(0..<3 + cuts.count))
            for executor in [fixed, random] {
              executor.bindInput(0, to: parameters)
              executor.bindInput(1, to: state)
            }
            for cut in cuts { random.bindInput(3 + cut, to: UnsafeBufferPointer(fixed.output(cut))) }
            while true {
              let task = next.wrappingAdd(1, ordering: .relaxed).oldValue
              guard task < tasks else { return }
              let (block, share) = (task / shares, task % shares)
              let x = rows(blocks.read(block), of: inputs, count: blocks.count)
              for executor in [fixed, random] { executor.bindInput(2, to: x) }
              fixed.run()
              for pass in passes * share / shares..<passes * (share + 1) / shares {
                random.run(key: Self.key(seed: seed, pass: pass, block: masks == .perPass ? 0 : block))
                results.write(random, draw: pass, blocks, block: block)
              }
            }
          }
        }
      }
    }
    return results.predictive
  }

  private func split(rows: Int) -> RandomSplit {
    let shapes: [Shape] = [
      [model.parameterCount], [model.network.stateCount], Shape([rows] + model.network.inputShape.extents),
    ]
    let t = shapes.enumerated().map { Tensor.input($0.offset, shape: $0.element) }
    let mode: NetworkMode = masks == .perPass ? .samplingFunction : .sampling
    let outputs = model.outputs(t[0], t[2], state: t[1], mode: mode).outputs
    return RandomSplit(inputs: shapes, outputs: PredictionResults.outputs(model, t[0], outputs: outputs))
  }
}
