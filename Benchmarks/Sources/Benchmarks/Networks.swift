//  Networks.swift — steps of training: gradient of the loss, then one Adam step.
//
//  The workloads and their data are those of the peers: 784-800-400-10, ReLU, batch 128; LeNet-5, batch 128;
//  8-50-1, 691 rows in batches of 32, each epoch shuffled.

import Credence

/// Numbers in (−1, 1), the same each time.
func numbers(_ count: Int, seed: UInt64, scale: Float = 1) -> [Float] {
  var random = Philox(seed: seed)
  return (0..<count).map { _ in scale * Float.random(in: -1...1, using: &random) }
}

/// A model's parameters with one executor for the gradient and Adam.
final class GradientStep {
  let executor: Executor<Float>
  let parameters: UnsafeMutableBufferPointer<Float>
  let gradient: UnsafeMutableBufferPointer<Float>
  let optimizer: OptimizerState<Float>
  let pool: WorkerPool?

  init(_ network: Network, rows: Int, pool: WorkerPool?, classes: Int?, optimizer: Optimizer = .adam()) {
    let targets: Shape = [rows]
    let program = Program(
      inputs: [[network.parameterCount], Shape([rows] + network.inputShape.extents), targets]
    ) { t in
      let outputs = network.apply(t[0], t[1], mode: .training).outputs
      let loss =
        classes == nil
        ? (outputs.reshaped(targets) - t[2]).squared.mean()
        : softmaxCrossEntropy(logits: outputs, labels: t[2]).mean()
      return [loss, Credence.gradient(of: loss, withRespectTo: t[0])]
    }
    self.pool = pool
    executor = Executor(Plan(program), pool: pool)
    var random = Philox(seed: 1)
    let start: DenseArray<Float> = network.initialParameters(using: &random)
    parameters = executor.input(0)
    gradient = executor.output(1)
    _ = parameters.update(fromContentsOf: start.elements)
    self.optimizer = OptimizerState(optimizer, count: start.count)
    _ = executor.input(1).update(fromContentsOf: numbers(executor.input(1).count, seed: 2))
    for index in 0..<rows { executor.input(2)[index] = classes.map { Float(index % $0) } ?? Float(index % 7) / 7 }
  }

  private var stepCount: UInt64 = 0

  func step() {
    executor.run(key: RandomKey(step: stepCount))
    stepCount += 1
    optimizer.step(parameters: parameters, gradient: UnsafeBufferPointer(gradient), learningRate: 1e-3, pool: pool)
  }
}

private func largeNetwork() -> Network {
  .multilayerPerceptron(inputs: 784, hidden: [800, 400], outputs: 10, activation: .relu)
}

func mapStep(threads: Int) -> () -> Void {
  let step = GradientStep(largeNetwork(), rows: 128, pool: WorkerPool(threads: threads), classes: 10)
  return { step.step() }
}

/// The large network with dropout of one half on both hidden layers.
func dropoutNetwork() -> Network {
  Network(inputs: 784) {
    Dense(800)
    Activation.relu
    Dropout(0.5)
    Dense(400)
    Activation.relu
    Dropout(0.5)
    Dense(10)
  }
}

func dropoutStep(threads: Int) -> () -> Void {
  let step = GradientStep(dropoutNetwork(), rows: 128, pool: WorkerPool(threads: threads), classes: 10)
  return { step.step() }
}

func ensembleStep(threads: Int) -> () -> Void {
  let pool = WorkerPool(threads: threads)
  // Each is used by the one thread that runs its number.
  nonisolated(unsafe) let members = (0..<5).map { _ in
    GradientStep(largeNetwork(), rows: 128, pool: pool, classes: 10)
  }
  // As many members a thread as come out even, side by side, as the library trains them; all threads on each of the rest.
  let (each, rest) = members.count.quotientAndRemainder(dividingBy: threads)
  return {
    pool.run(threads) { thread in for member in members[thread * each..<(thread + 1) * each] { member.step() } }
    for member in members.suffix(rest) { member.step() }
  }
}

func lenetStep(threads: Int) -> () -> Void {
  let step = GradientStep(.leNet5(), rows: 128, pool: WorkerPool(threads: threads), classes: 10)
  return { step.step() }
}

func smallMapEpoch(threads: Int) -> () -> Void {
  let network = Network.multilayerPerceptron(inputs: 8, hidden: [50], outputs: 1, activation: .relu)
  let (full, last) = (
    GradientStep(network, rows: 32, pool: nil, classes: nil), GradientStep(network, rows: 19, pool: nil, classes: nil)
  )
  last.executor.bindInput(0, to: UnsafeBufferPointer(full.parameters))
  last.executor.bindOutput(1, to: full.gradient)
  let (x, y) = (numbers(691 * 8, seed: 3), numbers(691, seed: 4))
  var order = Array(0..<691)
  var epoch: UInt64 = 0
  return {
    var random = Philox(seed: 5, stream: epoch)
    epoch += 1
    for index in stride(from: 690, to: 0, by: -1) { order.swapAt(index, Int.random(in: 0...index, using: &random)) }
    for start in stride(from: 0, to: 691, by: 32) {
      let batch = start + 32 <= 691 ? full : last
      let (inputs, targets) = (batch.executor.input(1), batch.executor.input(2))
      for row in 0..<targets.count {
        let from = order[start + row]
        for column in 0..<8 { inputs[row * 8 + column] = x[from * 8 + column] }
        targets[row] = y[from]
      }
      batch.executor.run()
      full.optimizer.step(parameters: full.parameters, gradient: UnsafeBufferPointer(full.gradient), learningRate: 1e-3)
    }
  }
}
