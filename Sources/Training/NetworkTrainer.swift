//  NetworkTrainer.swift — one network on its way to a mode of the posterior, epoch by epoch.

import Arrays
import Networks
import Optimization
import Programs

/// The parameters, the optimiser's state and the place in the data of one run. A step allocates nothing.
///
/// Used by one thread at a time.
final class NetworkTrainer {
  let model: BayesianModel
  let configuration: TrainingConfiguration
  private let examples: Examples
  private var order: MinibatchOrder
  private let fullBatch: BatchGradient
  /// The last step of an epoch, where it has another number of rows.
  private let lastBatch: BatchGradient?
  private let pool: WorkerPool?
  private let validation: ValidationLoss?

  var parameters: UnsafeMutableBufferPointer<Float> { fullBatch.parameters }
  var gradient: UnsafeMutableBufferPointer<Float> { fullBatch.gradient }
  let state: UnsafeMutableBufferPointer<Float>
  var optimizer: OptimizerState<Float>

  /// Epochs and steps done.
  var epoch = 0
  var step = 0
  /// The parameters and statistics with the lowest validation loss so far.
  var best: (loss: Double, epoch: Int, parameters: [Float], state: [Float])?
  private let seed: UInt64
  private let stream: UInt64

  /// - Parameters:
  ///   - resamples: Whether the network sees a resample of the rows, with repetitions. Rows for validation are taken out
  ///     before, so that none of them is trained on.
  ///   - stream: Tells networks of one seed apart.
  init(
    _ model: BayesianModel, _ examples: Examples, resamples: Bool, _ configuration: TrainingConfiguration,
    seed: UInt64, stream: UInt64, pool: WorkerPool?
  ) throws(TrainingError) {
    self.model = model
    self.examples = examples
    self.configuration = configuration
    self.seed = seed
    self.stream = stream
    self.pool = pool
    let random = Philox(seed: seed, stream: stream)
    var rows = Array(0..<examples.count)
    if let stopping = configuration.earlyStopping {
      let held = Int((Double(rows.count) * stopping.validationFraction).rounded())
      guard held >= 1, held < rows.count else {
        throw .unusable(
          "\(rows.count) rows are too few to hold back a share of \(stopping.validationFraction) for early stopping")
      }
      var splitting = random.substream(1)
      rows = splitting.permutation(count: rows.count)
      validation = ValidationLoss(model, examples, rows: Array(rows[..<held]))
      rows.removeFirst(held)
    } else {
      validation = nil
    }
    guard !rows.isEmpty else { throw .unusable("there are no rows to train on") }
    if resamples {
      var resampling = random.substream(4)
      rows = rows.map { _ in rows[resampling.integer(below: rows.count)] }
    }
    order = MinibatchOrder(rows: rows, random: random.substream(2))
    let batch = min(configuration.batchSize, rows.count)
    fullBatch = BatchGradient(model, examples, rows: batch, dataCount: rows.count, pool: pool)
    // A single row has no statistics of its own for batch normalisation: it joins the minibatch before it.
    let rest = rows.count % batch
    let last = rest == 1 && batch > 1 && model.network.stateCount > 0 ? batch + 1 : rest
    lastBatch = last == 0 ? nil : BatchGradient(model, examples, rows: last, dataCount: rows.count, pool: pool)
    var initial = random.substream(3)
    let start = model.initialParameters(Float.self, using: &initial)
    _ = fullBatch.parameters.update(fromContentsOf: start.elements)
    let statistics: DenseArray<Float> = model.network.initialState()
    state = .allocate(capacity: statistics.count)
    _ = state.initialize(fromContentsOf: statistics.elements)
    optimizer = OptimizerState(configuration.optimizer, count: start.count)
    lastBatch?.bind(to: fullBatch)
  }

  deinit {
    state.deallocate()
  }

  var stepsPerEpoch: Int {
    guard let lastBatch else { return order.rows.count / fullBatch.rows }
    return (order.rows.count - lastBatch.rows) / fullBatch.rows + 1
  }

  /// Whether the last epoch is done, or patience has ended.
  var isFinished: Bool {
    if epoch >= configuration.epochs { return true }
    guard let stopping = configuration.earlyStopping, let best else { return false }
    return epoch - best.epoch >= stopping.patience
  }

  /// Goes once over the data. Returns the mean loss of its steps, equation (2) of `BatchGradient`, and the validation loss.
  func runEpoch() -> (loss: Double, validationLoss: Double?) {
    order.shuffle(epoch: epoch)
    var sum = 0.0
    let count = order.rows.count
    let (steps, total) = (stepsPerEpoch, stepsPerEpoch * configuration.epochs)
    var start = 0
    for number in 1...steps {
      let batch = number == steps ? lastBatch ?? fullBatch : fullBatch
      let range = start..<start + batch.rows
      let key = RandomKey(seed: seed, stream: stream, step: UInt64(step))
      sum += Double(batch.evaluate(examples, order: order.rows, range, state: state, key: key)) * Double(range.count)
      configuration.clipping?.apply(to: gradient)
      optimizer.step(
        parameters: parameters, gradient: UnsafeBufferPointer(gradient),
        learningRate: configuration.schedule.rate(step: step, of: total), pool: pool)
      step += 1
      start = range.upperBound
    }
    epoch += 1
    guard let validation else { return (sum / Double(count), nil) }
    let (loss, logNoise) = validation.evaluate(
      parameters: UnsafeBufferPointer(parameters), state: UnsafeBufferPointer(state))
    if loss < best?.loss ?? .infinity {
      var kept = Array(parameters)
      validation.writeNoise(logNoise, into: &kept)
      best = (loss, epoch, kept, Array(state))
    }
    return (sum / Double(count), loss)
  }

  /// Whether every parameter is a number.
  var isFinite: Bool { parameters.allSatisfy(\.isFinite) && state.allSatisfy(\.isFinite) }

  /// The parameters that the run arrived at: the best on validation rows where there are any, otherwise the last.
  var result: (parameters: [Float], state: [Float]) {
    best.map { ($0.parameters, $0.state) } ?? (Array(parameters), Array(state))
  }
}
