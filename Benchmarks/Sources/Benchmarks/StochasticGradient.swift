//  StochasticGradient.swift — steps of samplers and an epoch of SWAG on the 952 410 parameters of 784-800-400-10.
//
//  A step of a sampler: the gradient of the potential's estimate, prior included, and one update with a normal number for
//  each parameter. An epoch of SWAG: 100 steps of SGD, each with its own batch, then one look at the moments of the path with
//  20 deviations.

import Credence

/// The gradient of −log p(θ, D) / N of a minibatch of 128 of N = 60 000 rows.
private final class PotentialGradient {
  static let dataCount = 60_000
  let executor: Executor<Float>
  let parameters: UnsafeMutableBufferPointer<Float>
  let gradient: UnsafeMutableBufferPointer<Float>

  init(pool: WorkerPool) {
    let model = BayesianModel(
      .multilayerPerceptron(inputs: 784, hidden: [800, 400], outputs: 10, activation: .relu), prior: .normal(scale: 1),
      likelihood: .categorical(classes: 10))
    let program = Program(inputs: [[model.parameterCount], [128, 784], [128]]) { t in
      let (logJoint, _) = model.minibatchLogJoint(t[0], t[1], t[2], dataCount: Self.dataCount)
      let potential = logJoint * (-1 / Double(Self.dataCount))
      return [potential, Credence.gradient(of: potential, withRespectTo: t[0])]
    }
    executor = Executor(Plan(program), pool: pool)
    (parameters, gradient) = (executor.input(0), executor.output(1))
    var random = Philox(seed: 1)
    let start: DenseArray<Float> = model.initialParameters(using: &random)
    _ = parameters.update(fromContentsOf: start.elements)
    _ = executor.input(1).update(fromContentsOf: numbers(128 * 784, seed: 2))
    for index in 0..<128 { executor.input(2)[index] = Float(index % 10) }
  }
}

func samplerStep(_ dynamics: StochasticDynamics, rate: Double, threads: Int) -> () -> Void {
  let pool = WorkerPool(threads: threads)
  let potential = PotentialGradient(pool: pool)
  let state = DynamicsState<Float>(dynamics, count: potential.parameters.count)
  var step: UInt64 = 0
  return {
    potential.executor.run()
    state.step(
      parameters: potential.parameters, gradient: UnsafeBufferPointer(potential.gradient), rate: rate,
      dataCount: PotentialGradient.dataCount, key: RandomKey(seed: 1, step: step), pool: pool)
    step += 1
  }
}

func swagEpoch(threads: Int) -> () -> Void {
  let pool = WorkerPool(threads: threads)
  let step = GradientStep(
    .multilayerPerceptron(inputs: 784, hidden: [800, 400], outputs: 10, activation: .relu), rows: 128, pool: pool,
    classes: 10, optimizer: .sgd())
  let batches = numbers(100 * 128 * 784, seed: 2)
  let moments = PathMoments<Float>(count: step.parameters.count, rank: 20)
  return {
    for batch in 0..<100 {
      _ = step.executor.input(1).update(fromContentsOf: batches[batch * 128 * 784..<(batch + 1) * 128 * 784])
      step.step()
    }
    moments.look(at: UnsafeBufferPointer(step.parameters), pool: pool)
  }
}
