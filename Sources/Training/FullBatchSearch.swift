//  FullBatchSearch.swift — a mode by a quasi-Newton method over all rows at once.
//
//  Notation   N rows,  θ [P]
//  Equation   (1) f(θ) = −(1/N) [ Σₙ log p(yₙ | xₙ, θ) + log p(θ) ]
//
//  (1) is what `TrainingObjective` estimates from minibatches. Here it is exact and in double precision, so that a search
//  can end where the gradient vanishes. The search is cut into rounds, and each begins without memory of curvature: it is
//  a function of where it begins alone, so a checkpoint is θ, and a run that goes on from one arrives at the same bits.
//
//  Cost       every evaluation reads all rows; 8 (2 h + 8) P bytes for a history of h pairs. For small networks and data, where
//             it needs no learning rate and reaches the mode to rounding. No rows are held back, so a network that can learn
//             the rows by heart will, and its learnt noise falls towards zero: then use minibatches with early stopping.

import Arrays
import Datasets
import Foundation
package import Networks
package import Optimization
import Programs

/// The mode that a search from the initial parameters of `seed` arrives at. Shape [P].
///
/// Throws: `TrainingError`, also for a network whose training is random or keeps statistics.
package func fullBatchMode(
  of model: BayesianModel, on examples: Examples, _ search: LimitedMemoryBFGS, seed: UInt64, control: RunControl
) throws(TrainingError) -> [Float] {
  guard examples.count > 0 else { throw .unusable("there are no rows to train on") }
  guard model.network.stateCount == 0 else {
    throw .unusable("L-BFGS takes no network with batch normalisation; train it on minibatches")
  }
  let objective = FullBatchObjective(model, examples, threads: control.threads)
  guard !objective.isRandom else { throw .unusable("L-BFGS takes no network with dropout; train it on minibatches") }
  var initial = Philox(seed: seed, stream: 0).substream(3)
  var position = model.initialParameters(Double.self, using: &initial).elements
  var iterations = 0
  var recipe = TrainingRecipe.mode(of: model, TrainingConfiguration(epochs: 1))
  recipe.identity = "full batch \(search)"
  let place = SearchCheckpoint(
    control.checkpoint, fingerprint: fingerprint(model, examples, recipe, members: 1, seed: seed))
  try place.restore(&position, &iterations)

  var saved = ContinuousClock.now
  while true {
    var round = search
    round.iterationLimit = min(FullBatchObjective.iterationsOfRound, search.iterationLimit - iterations)
    let minimum = round.minimize(from: position) { theta, gradient in
      control.shouldStopAtOnce() ? .nan : objective.evaluate(theta, gradient)
    }
    if control.shouldStopAtOnce() {
      try place.save(position, iterations)
      throw .interrupted(epochs: iterations, canResume: control.checkpoint != nil)
    }
    guard minimum.outcome != .notFinite else { throw .diverged(member: 0, epoch: iterations) }
    position = minimum.position
    iterations += minimum.iterations
    let isLast = minimum.outcome != .iterationLimitReached || iterations >= search.iterationLimit
    control.progress(
      TrainingEvent(
        member: 0, memberCount: 1, epoch: iterations, epochCount: search.iterationLimit, isLast: isLast,
        loss: objective.negativeLogLikelihood(at: position), validationLoss: nil))
    if isLast { return position.map { Float($0) } }
    let stops = control.shouldStop()
    if stops || saved.duration(to: .now) / .seconds(1) >= control.checkpoint?.interval ?? .infinity {
      try place.save(position, iterations)
      saved = .now
    }
    if stops { throw .interrupted(epochs: iterations, canResume: control.checkpoint != nil) }
  }
}

/// Equation (1) and its gradient, summed over pieces of the data.
private final class FullBatchObjective {
  static let iterationsOfRound = 100
  private static let largestPiece = 1024

  private let prior: Executor<Double>
  private let pieces: [(executor: Executor<Double>, inputs: DenseArray<Double>, targets: DenseArray<Double>)]
  private let count: Double
  let isRandom: Bool

  init(_ model: BayesianModel, _ examples: Examples, threads: Int) {
    let pool = threads > 1 ? WorkerPool(threads: threads) : nil
    let parameters: Shape = [model.parameterCount]
    count = Double(examples.count)
    prior = Executor(
      Plan(
        Program(inputs: [parameters]) { t in
          let value = model.logPrior(t[0])
          return [value, gradient(of: value, withRespectTo: t[0])]
        }))
    // Pieces of one size share an executor.
    var executors: [Int: Executor<Double>] = [:]
    var pieces: [(Executor<Double>, DenseArray<Double>, DenseArray<Double>)] = []
    var isRandom = false
    for start in stride(from: 0, to: examples.count, by: Self.largestPiece) {
      let range = start..<min(start + Self.largestPiece, examples.count)
      let (x, y) = (Self.doubles(examples.inputs.rows(range)), Self.doubles(examples.targets.rows(range)))
      if executors[range.count] == nil {
        let program = Program(inputs: [parameters, x.shape, y.shape]) { t in
          let value = model.logLikelihood(t[0], t[1], t[2], mode: .training).sum()
          return [value, gradient(of: value, withRespectTo: t[0])]
        }
        isRandom = isRandom || program.instructions.contains { if case .random = $0.primitive { true } else { false } }
        executors[range.count] = Executor(Plan(program), pool: pool)
      }
      if let executor = executors[range.count] { pieces.append((executor, x, y)) }
    }
    self.pieces = pieces
    self.isRandom = isRandom
  }

  private static func doubles(_ array: DenseArray<Float>) -> DenseArray<Double> {
    DenseArray(array.elements.map { Double($0) }, shape: array.shape)
  }

  func evaluate(_ theta: UnsafeBufferPointer<Double>, _ gradient: UnsafeMutableBufferPointer<Double>) -> Double {
    _ = prior.input(0).update(fromContentsOf: theta)
    prior.run()
    _ = gradient.update(fromContentsOf: prior.output(1))
    let value =
      prior.output(0)[0]
      + logLikelihood(theta) { addition in
        for index in gradient.indices { gradient[index] += addition[index] }
      }
    for index in gradient.indices { gradient[index] *= -1 / count }
    return -value / count  // (1)
  }

  /// −(1/N) Σ log p(yₙ | xₙ, θ).
  func negativeLogLikelihood(at theta: [Double]) -> Double {
    theta.withUnsafeBufferPointer { -logLikelihood($0) { _ in } / count }
  }

  private func logLikelihood(
    _ theta: UnsafeBufferPointer<Double>, _ addGradient: (UnsafeMutableBufferPointer<Double>) -> Void
  ) -> Double {
    pieces.reduce(0) { sum, piece in
      _ = piece.executor.input(0).update(fromContentsOf: theta)
      _ = piece.executor.input(1).update(fromContentsOf: piece.inputs.elements)
      _ = piece.executor.input(2).update(fromContentsOf: piece.targets.elements)
      piece.executor.run()
      addGradient(piece.executor.output(1))
      return sum + piece.executor.output(0)[0]
    }
  }
}

/// Where a search is, on disk.
private struct SearchCheckpoint {
  private let folder: CheckpointFolder?
  private let fingerprint: String

  init(_ folder: CheckpointFolder?, fingerprint: String) {
    self.folder = folder
    self.fingerprint = fingerprint
  }

  func save(_ position: [Double], _ iterations: Int) throws(TrainingError) {
    guard let folder else { return }
    let arrays = ["position": StoredArray(DenseArray(position)), "iterations": StoredArray([iterations])]
    let metadata = ["fit": fingerprint, "checksum": NetworkTrainer.checksum(arrays)]
    do {
      try SafetensorsFile.write(arrays, metadata: metadata, to: folder.file(of: 0))
    } catch {
      throw .checkpoint(error.description)
    }
  }

  func restore(_ position: inout [Double], _ iterations: inout Int) throws(TrainingError) {
    guard let folder else { return }
    try folder.prepare()
    let path = folder.file(of: 0)
    guard FileManager.default.fileExists(atPath: path) else { return }
    let file: SafetensorsFile
    var arrays: [String: StoredArray] = [:]
    do {
      file = try SafetensorsFile(contentsOf: path)
      for name in file.names { arrays[name] = try file.array(named: name) }
    } catch {
      throw .checkpoint(error.description)
    }
    guard file.metadata["fit"] == fingerprint else { throw .foreignCheckpoint(path: path) }
    guard file.metadata["checksum"] == NetworkTrainer.checksum(arrays) else { throw .damagedCheckpoint(path: path) }
    let saved = SavedArrays(arrays, path: path)
    position = try saved.doubles("position", count: position.count)
    iterations = try saved.integers("iterations", count: 1)[0]
  }
}
