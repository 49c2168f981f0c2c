//  PredictionResults.swift — collects what blocks of inputs give under each draw, and makes a predictive of it.

import Arrays
import Networks
import Probability
import Programs

/// The results of S draws for N inputs: means and standard deviations of numbers, or probabilities of labels.
///
/// Threads write at the same time, each to its own places: that is the proof of the `@unchecked Sendable`.
final class PredictionResults: @unchecked Sendable {
  private let model: BayesianModel
  private let draws: Int
  private let count: Int
  private let widths: [Int]
  private let memory: [UnsafeMutableBufferPointer<Double>]

  /// - Parameter widths: Numbers for each input, an entry for each output of the program.
  init(_ model: BayesianModel, draws: Int, count: Int, widths: [Int]) {
    self.model = model
    self.draws = draws
    self.count = count
    self.widths = widths
    memory = widths.map { width in
      let buffer = UnsafeMutableBufferPointer<Double>.allocate(capacity: draws * count * width)
      buffer.initialize(repeating: 0)
      return buffer
    }
  }

  deinit { for buffer in memory { buffer.deallocate() } }

  /// The program's outputs for one batch: the mean and the standard deviation of numbers, or the probabilities of labels.
  static func outputs(_ model: BayesianModel, _ parameters: Tensor, outputs: Tensor) -> [Tensor] {
    let logNoise = model.logNoise(parameters)
    let mean = model.likelihood.mean(outputs: outputs, logNoise: logNoise)
    guard model.likelihood.predictsNumbers else { return [mean] }
    return [mean, sqrt(model.likelihood.variance(outputs: outputs, logNoise: logNoise))]
  }

  /// Takes over the outputs of a block.
  func write(_ executor: Executor<Float>, draw: Int, _ blocks: InputBlocks, block: Int) {
    let (read, kept) = (blocks.read(block), blocks.kept(block))
    for (output, width) in widths.enumerated() {
      guard let target = memory[output].baseAddress, let source = executor.output(output).baseAddress else { continue }
      let from = source + (kept.lowerBound - read.lowerBound) * width
      let to = target + (draw * count + kept.lowerBound) * width
      for place in 0..<kept.count * width { to[place] = Double(from[place]) }
    }
  }

  /// What was written, as a predictive.
  var predictive: Predictive {
    let shape: Shape = [draws, count, widths[0]]
    let first = DenseArray(Array(memory[0]), shape: shape)
    if model.likelihood.predictsNumbers {
      return Predictive(.numbers(means: first, standardDeviations: DenseArray(Array(memory[1]), shape: shape)))
    }
    switch model.likelihood.family {
    case .bernoulli, .multiLabel:
      let both = first.elements.flatMap { [1 - $0, $0] }
      return Predictive(.classes(probabilities: DenseArray(both, shape: [draws, count * widths[0], 2])))
    default: return Predictive(.classes(probabilities: first))
    }
  }
}
