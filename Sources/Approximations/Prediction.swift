//  Prediction.swift — runs every draw over all inputs, in batches, side by side.

import Arrays
import Evaluation
import Foundation
import Networks
import Probability
import Programs

struct Prediction: Sendable {
  private static let batch = 256

  let model: BayesianModel
  let drawCount: Int
  /// Copies the parameters and the statistics of a draw. Shapes [P] and [Q].
  let copyDraw: @Sendable (Int, UnsafeMutableBufferPointer<Float>, UnsafeMutableBufferPointer<Float>) -> Void

  init(
    _ model: BayesianModel, drawCount: Int,
    copyDraw: @escaping @Sendable (Int, UnsafeMutableBufferPointer<Float>, UnsafeMutableBufferPointer<Float>) -> Void
  ) {
    self.model = model
    self.drawCount = drawCount
    self.copyDraw = copyDraw
  }

  init(_ model: BayesianModel, _ draws: DenseArray<Float>, _ states: DenseArray<Float>) {
    @Sendable func copy(_ row: Int, of matrix: DenseArray<Float>, to target: UnsafeMutableBufferPointer<Float>) {
      let count = matrix.shape[1]
      _ = target.update(fromContentsOf: matrix.elements[row * count..<(row + 1) * count])
    }
    self.init(model, drawCount: draws.shape[0]) { row, parameters, state in
      copy(row, of: draws, to: parameters)
      copy(row, of: states, to: state)
    }
  }

  /// For one batch: the parameters of the distributions of numbers, or logits.
  private func program(rows: Int) -> Program {
    let inputs = Shape([rows] + model.network.inputShape.extents)
    return Program(inputs: [[model.parameterCount], [model.network.stateCount], inputs]) { t in
      let outputs = model.outputs(t[0], t[2], state: t[1]).outputs
      let logNoise = model.logNoise(t[0])
      if !model.likelihood.predictsNumbers { return [outputs] }
      let mean = model.likelihood.mean(outputs: outputs, logNoise: logNoise)
      switch model.likelihood.family {
      case .gaussian: return [mean, sqrt(model.likelihood.variance(outputs: outputs, logNoise: logNoise))]
      case .studentT: return [mean, model.likelihood.scale(outputs: outputs, logNoise: logNoise)]
      case .poisson, .categorical, .bernoulli, .multiLabel: return [mean]
      }
    }
  }

  func evaluate(_ inputs: DenseArray<Float>, threads: Int) -> Predictive {
    let expected = model.network.inputShape.extents
    precondition(
      Array(inputs.shape.extents.dropFirst()) == expected,
      "inputs of shape \(inputs.shape), where the network takes examples of shape \(Shape(expected))")
    let count = inputs.shape[0]
    let rows = max(1, min(Self.batch, count))
    let plan = Plan(program(rows: rows))
    let widths = plan.program.outputShapes.map { $0[1] }
    let batches = (count + rows - 1) / rows
    let tasks = batches * drawCount
    let results = widths.map { ResultBuffer(count: drawCount * count * $0) }
    let workers = max(1, min(threads, tasks))
    let stride = expected.reduce(1, *)
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      let executor = Executor<Float>(plan)
      for task in Swift.stride(from: worker, to: tasks, by: workers) {
        let (draw, batch) = (task / batches, task % batches)
        let range = batch * rows..<min((batch + 1) * rows, count)
        copyDraw(draw, executor.input(0), executor.input(1))
        // Rows behind the last one keep old inputs; their outputs are not read.
        let places = range.lowerBound * stride..<range.upperBound * stride
        _ = executor.input(2).update(fromContentsOf: inputs.elements[places])
        executor.run()
        for (output, width) in widths.enumerated() {
          results[output].write(
            executor.output(output)[..<(range.count * width)], at: (draw * count + range.lowerBound) * width)
        }
      }
    }
    return predictive(results, widths, count: count)
  }

  private func predictive(_ results: [ResultBuffer], _ widths: [Int], count: Int) -> Predictive {
    let shape: Shape = [drawCount, count, widths[0]]
    let parts = results.map { DenseArray($0.elements, shape: shape) }
    switch model.likelihood.family {
    case .gaussian: return Predictive(.numbers(means: parts[0], standardDeviations: parts[1]))
    case .studentT(let degrees, _):
      return Predictive(
        .numbers(
          NumberForecast(.studentT(degreesOfFreedom: degrees, locations: parts[0], scales: parts[1]))))
    case .poisson: return Predictive(.numbers(NumberForecast(.poisson(rates: parts[0]))))
    case .bernoulli, .multiLabel:
      let both = parts[0].elements.flatMap { [-Self.softplus($0), -Self.softplus(-$0)] }
      return Predictive(logProbabilities: DenseArray(both, shape: [drawCount, count * widths[0], 2]))
    case .categorical: return Predictive(logProbabilities: Self.logSoftmax(parts[0]))
    }
  }

  /// In `Double`, whose range holds the logarithm of every probability that logits of `Float` can give. Shape [S, N, C].
  private static func logSoftmax(_ logits: DenseArray<Double>) -> DenseArray<Double> {
    let classes = logits.shape[2]
    var elements = logits.elements
    for start in stride(from: 0, to: elements.count, by: classes) {
      let row = start..<start + classes
      let greatest = elements[row].reduce(-.infinity, max)
      let normaliser = greatest + log(elements[row].reduce(0) { $0 + exp($1 - greatest) })
      for place in row { elements[place] -= normaliser }
    }
    return DenseArray(elements, shape: logits.shape)
  }

  /// log(1 + eˣ).
  private static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
}

/// Numbers that several threads write, each to its own places: that is the proof of the `@unchecked Sendable`.
private final class ResultBuffer: @unchecked Sendable {
  private let memory: UnsafeMutableBufferPointer<Double>

  init(count: Int) {
    memory = .allocate(capacity: count)
    memory.initialize(repeating: 0)
  }

  deinit { memory.deallocate() }

  func write(_ numbers: Slice<UnsafeMutableBufferPointer<Float>>, at start: Int) {
    for (place, number) in numbers.enumerated() { memory[start + place] = Double(number) }
  }

  var elements: [Double] { Array(memory) }
}
