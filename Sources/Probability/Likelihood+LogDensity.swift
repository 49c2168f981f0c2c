//  Likelihood+LogDensity.swift — log p(y | f) of each example.

import Arrays
public import Programs

extension Likelihood {
  /// log p(y | f) / T of each example, with all constants.
  ///
  /// - Parameters:
  ///   - outputs: Shape [N, O].
  ///   - targets: Shape [N, D], or [N] for one target. Classes, labels and counts are whole numbers.
  ///   - logNoise: Shape [D] where the noise is learned, otherwise not used.
  /// - Returns: Shape [N]. Unit: nats.
  public func logDensity(outputs: Tensor, targets: Tensor, logNoise: Tensor? = nil) -> Tensor {
    let targetShape = checkedTargetShape(outputs: outputs.shape, targets: targets.shape)
    let y = targets.reshaped(targetShape)
    let density =
      switch family {
      case .gaussian(let noise):
        gaussianLogDensity(LocationAndScale(outputs, noise, logNoise: logNoise), y)
      case .studentT(let degrees, let scale):
        studentTLogDensity(LocationAndScale(outputs, scale, logNoise: logNoise), degrees: degrees, y)
      case .categorical(_, let weights):
        categoricalLogDensity(logits: outputs, labels: y.reshaped([targetShape[0]]), weights: weights)
      case .bernoulli(let weight):
        bernoulliLogDensity(logits: outputs, y, positiveWeights: weight == 1 ? nil : [weight])
      case .multiLabel(_, let weights):
        bernoulliLogDensity(logits: outputs, y, positiveWeights: weights)
      case .poisson:
        poissonLogDensity(logRates: outputs, y)
      }
    return temperature == 1 ? density : density * (1 / temperature)
  }

  /// [N, D]. Precondition: the shapes fit the likelihood and each other.
  private func checkedTargetShape(outputs: Shape, targets: Shape) -> Shape {
    precondition(outputs.rank == 2, "outputs of shape \(outputs): a likelihood needs [N, O]")
    guard let count = targetCount(outputs: outputs[1]) else {
      preconditionFailure("outputs of shape \(outputs) do not fit the likelihood \(family)")
    }
    let expected: Shape = [outputs[0], count]
    precondition(
      targets == expected || (count == 1 && targets == [outputs[0]]),
      "targets of shape \(targets) for outputs of shape \(outputs): the likelihood needs \(expected)")
    return expected
  }
}
