//  PredictionResults.swift — collects what blocks of inputs give under each draw, and makes a predictive of it.

import Arrays
import Evaluation
import Foundation
import Networks
import Probability
import Programs

/// The results of S draws for N inputs: parameters of distributions of numbers, or logits.
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

  /// The program's outputs for one batch: the parameters of the distributions of numbers, or logits.
  static func outputs(_ model: BayesianModel, _ parameters: Tensor, outputs: Tensor) -> [Tensor] {
    self.outputs(model.likelihood, logNoise: model.logNoise(parameters), outputs: outputs)
  }

  /// The same where log σ is known. Shapes [D] and [R, O] → [R, …].
  static func outputs(_ likelihood: Likelihood, logNoise: Tensor?, outputs: Tensor) -> [Tensor] {
    if !likelihood.predictsNumbers { return [outputs] }
    let mean = likelihood.mean(outputs: outputs, logNoise: logNoise)
    switch likelihood.family {
    case .gaussian: return [mean, sqrt(likelihood.variance(outputs: outputs, logNoise: logNoise))]
    case .studentT: return [mean, likelihood.scale(outputs: outputs, logNoise: logNoise)]
    case .poisson, .categorical, .bernoulli, .multiLabel: return [mean]
    }
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
    return Self.predictive(model.likelihood, memory.map { DenseArray(Array($0), shape: shape) })
  }

  /// The predictive of what `outputs` gives for S draws and N inputs, each as [S, N, …].
  static func predictive(_ likelihood: Likelihood, _ parts: [DenseArray<Double>]) -> Predictive {
    let (draws, count, width) = (parts[0].shape[0], parts[0].shape[1], parts[0].shape[2])
    switch likelihood.family {
    case .gaussian: return Predictive(.numbers(means: parts[0], standardDeviations: parts[1]))
    case .studentT(let degrees, _):
      return Predictive(
        .numbers(NumberForecast(.studentT(degreesOfFreedom: degrees, locations: parts[0], scales: parts[1]))))
    case .poisson: return Predictive(.numbers(NumberForecast(.poisson(rates: parts[0]))))
    case .bernoulli, .multiLabel:
      let both = parts[0].elements.flatMap { [-softplus($0), -softplus(-$0)] }
      return Predictive(logProbabilities: DenseArray(both, shape: [draws, count * width, 2]))
    case .categorical: return Predictive(logProbabilities: logSoftmax(parts[0]))
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
