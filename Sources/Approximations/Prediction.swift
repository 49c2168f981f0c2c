//  Prediction.swift — runs every draw over all inputs, in blocks, side by side.
//
//  A free thread takes the next block of the next draw. Inputs are read where they lie, and so are draws that are in memory; draws that
//  are elsewhere are copied once for the blocks that a thread takes of them in turn.

import Arrays
import Foundation
import Networks
import Programs
import Synchronization

struct Prediction: Sendable {
  /// Copies the parameters and the statistics of a draw. Shapes [P] and [Q].
  typealias Copy = @Sendable (Int, UnsafeMutableBufferPointer<Float>, UnsafeMutableBufferPointer<Float>) -> Void

  private enum Draws: Sendable {
    /// Shapes [S, P] and [S, Q].
    case inMemory(parameters: DenseArray<Float>, states: DenseArray<Float>)
    case elsewhere(Copy)
  }

  let model: BayesianModel
  let drawCount: Int
  private let draws: Draws

  init(_ model: BayesianModel, drawCount: Int, copyDraw: @escaping Copy) {
    self.model = model
    self.drawCount = drawCount
    draws = .elsewhere(copyDraw)
  }

  init(_ model: BayesianModel, _ draws: DenseArray<Float>, _ states: DenseArray<Float>) {
    self.model = model
    drawCount = draws.shape[0]
    self.draws = .inMemory(parameters: draws, states: states)
  }

  private func program(rows: Int) -> Program {
    let inputs = Shape([rows] + model.network.inputShape.extents)
    return Program(inputs: [[model.parameterCount], [model.network.stateCount], inputs]) { t in
      PredictionResults.outputs(model, t[0], outputs: model.outputs(t[0], t[2], state: t[1]).outputs)
    }
  }

  func evaluate(_ inputs: DenseArray<Float>, threads: Int) -> Predictive {
    model.network.checkExamples(inputs.shape)
    switch draws {
    case .elsewhere(let copy):
      return run(inputs, threads: threads, bound: [2]) { executor, draw in
        copy(draw, executor.input(0), executor.input(1))
      }
    case .inMemory(let parameters, let states):
      return parameters.withUnsafeElements { parameters in
        states.withUnsafeElements { states in
          // Read only, and alive until all threads are done.
          nonisolated(unsafe) let (parameters, states) = (parameters, states)
          return run(inputs, threads: threads, bound: [0, 1, 2]) { executor, draw in
            executor.bindInput(0, to: row(draw, of: parameters, model.parameterCount))
            executor.bindInput(1, to: row(draw, of: states, model.network.stateCount))
          }
        }
      }
    }
  }

  /// - Parameters:
  ///   - bound: The inputs of the executors that have no memory of their own.
  ///   - load: Lets an executor read a draw.
  private func run(
    _ inputs: DenseArray<Float>, threads: Int, bound: Set<Int>, load: @Sendable (Executor<Float>, Int) -> Void
  ) -> Predictive {
    let blocks = InputBlocks(count: inputs.shape[0], repeats: drawCount)
    let plan = Plan(program(rows: blocks.rows))
    let results = PredictionResults(
      model, draws: drawCount, count: blocks.count, widths: plan.program.outputShapes.map { $0[1] })
    let tasks = blocks.number * drawCount
    let next = Atomic(0)
    inputs.withUnsafeElements { inputs in
      // Read only, and alive until all threads are done.
      nonisolated(unsafe) let inputs = inputs
      DispatchQueue.concurrentPerform(iterations: min(threads, tasks)) { _ in
        let executor = Executor<Float>(plan, boundInputs: bound)
        var loaded: Int?
        while true {
          let task = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard task < tasks else { return }
          let (draw, block) = (task / blocks.number, task % blocks.number)
          if loaded != draw { load(executor, draw) }
          loaded = draw
          executor.bindInput(2, to: rows(blocks.read(block), of: inputs, count: blocks.count))
          executor.run()
          results.write(executor, draw: draw, blocks, block: block)
        }
      }
    }
    return results.predictive
  }
}

/// Row `index` of a matrix of `columns` columns.
func row(_ index: Int, of matrix: UnsafeBufferPointer<Float>, _ columns: Int) -> UnsafeBufferPointer<Float> {
  UnsafeBufferPointer(rebasing: matrix[index * columns..<(index + 1) * columns])
}

/// Some of the `count` rows of an array.
func rows(_ range: Range<Int>, of array: UnsafeBufferPointer<Float>, count: Int) -> UnsafeBufferPointer<Float> {
  let stride = array.count / max(count, 1)
  return UnsafeBufferPointer(rebasing: array[range.lowerBound * stride..<range.upperBound * stride])
}

extension Network {
  /// Precondition: `shape` is that of inputs of this network.
  func checkExamples(_ shape: Shape) {
    precondition(
      Array(shape.extents.dropFirst()) == inputShape.extents,
      "inputs of shape \(shape), where the network takes examples of shape \(inputShape)")
  }
}
