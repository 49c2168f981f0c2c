//  NetworkTrainer.swift — one run, epoch by epoch: to a mode, or along a chain of draws.

import Arrays
import Networks
import Optimization
import Programs

/// The vector that is trained, the method's rule and collector, and the place in the data of one run. A step allocates
/// nothing.
///
/// Used by one thread at a time.
package final class NetworkTrainer {
  let model: BayesianModel
  let configuration: TrainingConfiguration
  private let examples: Examples
  /// The recipe's number of each row; empty where it has none.
  private let rowNumbers: [Float]
  private var order: MinibatchOrder
  private let fullBatch: BatchGradient
  /// The last step of an epoch, where it has another number of rows.
  private let lastBatch: BatchGradient?
  private let pool: WorkerPool?
  private let validation: ValidationLoss?
  /// Rows of the examples that validation has and training has not; none without early stopping.
  package let heldOutRows: [Int]

  /// What is trained. Shape [V].
  package var vector: UnsafeMutableBufferPointer<Float> { fullBatch.vector }
  var gradient: UnsafeMutableBufferPointer<Float> { fullBatch.gradient }
  package let state: UnsafeMutableBufferPointer<Float>
  package let rule: any UpdateRule
  package let collector: (any Collector)?
  let anchored: AnchoredGradient?

  /// Epochs and steps done.
  var epoch = 0
  var step = 0
  /// The losses of the rows of an unfinished epoch, summed.
  var lossSum = 0.0
  /// The vector and statistics with the lowest validation loss so far.
  var best: (loss: Double, epoch: Int, vector: [Float], state: [Float])?
  private let stepsPerEpoch: Int
  private let seed: UInt64
  private let stream: UInt64

  /// - Parameters:
  ///   - member: Tells networks of one seed apart. With bagging, rows for validation are taken out before the rows are
  ///     resampled, so that none of them is trained on.
  init(
    _ model: BayesianModel, _ examples: Examples, _ recipe: TrainingRecipe, seed: UInt64, member: Int,
    pool: WorkerPool?
  ) throws(TrainingError) {
    let configuration = recipe.configuration
    self.model = model
    self.examples = examples
    self.configuration = configuration
    self.seed = seed
    stream = UInt64(member)
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
      heldOutRows = Array(rows[..<held])
      validation = ValidationLoss(model, examples, rows: heldOutRows)
      rows.removeFirst(held)
    } else {
      heldOutRows = []
      validation = nil
    }
    guard !rows.isEmpty else { throw .unusable("there are no rows to train on") }
    if recipe.bagging {
      var resampling = random.substream(4)
      rows = rows.map { _ in rows[resampling.integer(below: rows.count)] }
    }
    if let numbers = recipe.rowNumbers {
      var numbering = random.substream(6)
      let (drawn, width) = (numbers.draw(member, rows.count, &numbering), numbers.shape.count)
      var all = [Float](repeating: 0, count: examples.count * width)
      for (place, row) in rows.enumerated() {
        for column in 0..<width { all[row * width + column] = drawn[place * width + column] }
      }
      rowNumbers = all
    } else {
      rowNumbers = []
    }
    order = MinibatchOrder(rows: rows, random: random.substream(2))
    let objective = recipe.objective
    let statistics: DenseArray<Float> = model.network.initialState()
    let count = rows.count
    func batchGradient(_ rows: Int, owner: BatchGradient? = nil) -> BatchGradient {
      BatchGradient(
        objective, examples, rows: rows, dataCount: count, stateCount: statistics.count,
        rowNumbers: recipe.rowNumbers?.shape, pool: pool, owner: owner)
    }
    let batch = min(configuration.batchSize, count)
    fullBatch = batchGradient(batch)
    // A single row has no statistics of its own for batch normalisation: it joins the minibatch before it.
    let rest = count % batch
    let last = rest == 1 && batch > 1 && model.network.stateCount > 0 ? batch + 1 : rest
    lastBatch = last == 0 ? nil : batchGradient(last, owner: fullBatch)
    state = .allocate(capacity: statistics.count)
    _ = state.initialize(fromContentsOf: statistics.elements)
    let extent = RunExtent(
      member: member, rows: count, stepsPerEpoch: lastBatch == nil ? count / batch : (count - last) / batch + 1,
      epochs: configuration.epochs, vectorCount: objective.count, stateCount: statistics.count)
    stepsPerEpoch = extent.stepsPerEpoch
    rule = try recipe.rule(extent)
    collector = try recipe.collector(extent)
    anchored = recipe.controlVariate.map { AnchoredGradient($0, count: objective.count) }
    var initial = random.substream(3)
    let start = recipe.start(member, &initial)
    precondition(start.count == objective.count, "a start of \(start.count) numbers for a vector of \(objective.count)")
    _ = vector.update(fromContentsOf: start)
  }

  deinit {
    state.deallocate()
  }

  /// Whether the last epoch is done, or patience has ended.
  var isFinished: Bool {
    if epoch >= configuration.epochs { return true }
    guard let stopping = configuration.earlyStopping, let best else { return false }
    return epoch - best.epoch >= stopping.patience
  }

  /// Goes once over the data, or over what an interrupted epoch has left of them. Returns the mean loss of its steps and the
  /// validation loss; `nil` when it was asked to stop before the last step. Then `save` keeps the place.
  func runEpoch(unless shouldStop: () -> Bool = { false }) -> (loss: Double, validationLoss: Double?)? {
    let done = step - epoch * stepsPerEpoch
    order.shuffle(epoch: epoch)
    if done == 0 {
      lossSum = 0
      if let anchored, anchored.isDue(epoch: epoch) { move(anchored) }
    }
    let count = order.rows.count
    var start = done * fullBatch.rows
    for number in done + 1...stepsPerEpoch {
      if shouldStop() { return nil }
      let batch = number == stepsPerEpoch ? lastBatch ?? fullBatch : fullBatch
      let range = start..<start + batch.rows
      let place = place(endsEpoch: number == stepsPerEpoch)
      batch.load(examples, numbers: rowNumbers, order: order.rows, range)
      lossSum += Double(batch.evaluate(state: state, at: place)) * Double(range.count)
      anchored?.correct(gradient, of: batch, owner: fullBatch, at: place)
      rule.update(vector, gradient: gradient, at: place, pool: pool)
      collector?.collect(UnsafeBufferPointer(vector), state: UnsafeBufferPointer(state), after: place, pool: pool)
      step += 1
      start = range.upperBound
    }
    epoch += 1
    guard let validation else { return (lossSum / Double(count), nil) }
    let (loss, logNoise) = validation.evaluate(
      parameters: UnsafeBufferPointer(rebasing: vector[..<model.parameterCount]), state: UnsafeBufferPointer(state))
    if loss < best?.loss ?? .infinity {
      // In the memory of the best so far.
      var kept = best?.vector ?? Array(vector)
      best = nil
      kept.withUnsafeMutableBufferPointer { _ = $0.update(fromContentsOf: vector) }
      validation.writeNoise(logNoise, into: &kept)
      best = (loss, epoch, kept, Array(state))
    }
    return (lossSum / Double(count), loss)
  }

  /// Whether a step lies in the epoch, or the epoch has not begun.
  func holds(step: Int) -> Bool { (0..<stepsPerEpoch).contains(step - epoch * stepsPerEpoch) }

  private func place(endsEpoch: Bool) -> RunStep {
    let total = stepsPerEpoch * configuration.epochs
    return RunStep(
      step: step, total: total, epoch: epoch, epochCount: configuration.epochs, endsEpoch: endsEpoch,
      rate: configuration.schedule.rate(step: step, of: total),
      key: RandomKey(seed: seed, stream: stream, step: UInt64(step)))
  }

  /// Takes the gradient of all rows at the anchor of the control variate.
  private func move(_ anchored: AnchoredGradient) {
    let count = order.rows.count
    anchored.move(to: vector) { anchor, gradient, add in
      let place = place(endsEpoch: false)
      var start = 0
      for number in 1...stepsPerEpoch {
        let batch = number == stepsPerEpoch ? lastBatch ?? fullBatch : fullBatch
        let range = start..<start + batch.rows
        batch.load(examples, numbers: rowNumbers, order: order.rows, range)
        batch.evaluate(at: anchor, gradient: gradient, key: place.key, owner: fullBatch)
        add(Float(batch.rows) / Float(count))
        start = range.upperBound
      }
    }
  }

  /// Whether every number is finite.
  var isFinite: Bool { vector.allSatisfy(\.isFinite) && state.allSatisfy(\.isFinite) }

  /// Epochs until the lowest validation loss; `nil` where no rows are held back.
  package var bestEpoch: Int? { best?.epoch }

  /// What the run arrived at: the best on validation rows where there are any, otherwise the last.
  package var result: (vector: [Float], state: [Float]) {
    best.map { ($0.vector, $0.state) } ?? (Array(vector), Array(state))
  }
}
