//  MemberTraining.swift — trains the members of an ensemble side by side, one thread a member; a single network on all threads.
//
//  The unit of work is an epoch of one member. A free thread takes the member that is furthest behind, so that five members
//  on two threads finish together. Which thread runs a member changes no bit of it.

public import Arrays
import Foundation
public import Networks

/// What training gives: a row for each member.
public struct TrainedMembers: Sendable {
  /// Shape [S, P].
  public let parameters: DenseArray<Float>
  /// Running statistics. Shape [S, Q].
  public let states: DenseArray<Float>
}

/// Trains `members` networks from different starting points, each on its own order of the data.
///
/// - Parameters:
///   - bagging: Whether each member sees a resample of the rows, with repetitions, instead of all.
/// - Throws: `TrainingError`.
public func train(
  _ model: BayesianModel, on examples: Examples, members: Int, bagging: Bool = false,
  _ configuration: TrainingConfiguration, seed: UInt64, control: RunControl
) throws(TrainingError) -> TrainedMembers {
  var recipe = TrainingRecipe.mode(of: model, configuration)
  recipe.bagging = bagging
  let trainers = try train(model, on: examples, recipe, members: members, seed: seed, control: control)
  let results = trainers.map(\.result)
  return TrainedMembers(
    parameters: DenseArray(results.flatMap(\.vector), shape: [members, model.parameterCount]),
    states: DenseArray(results.flatMap(\.state), shape: [members, model.network.stateCount]))
}

/// Runs a recipe `members` times side by side, each with its own start and order of the data.
///
/// - Throws: `TrainingError`.
package func train(
  _ model: BayesianModel, on examples: Examples, _ recipe: TrainingRecipe, members: Int, seed: UInt64,
  control: RunControl
) throws(TrainingError) -> [NetworkTrainer] {
  precondition(members >= 1, "an ensemble of \(members) members")
  let pool = members == 1 && control.threads > 1 ? WorkerPool(threads: control.threads) : nil
  var trainers: [NetworkTrainer] = []
  for member in 0..<members {
    trainers.append(try NetworkTrainer(model, examples, recipe, seed: seed, member: member, pool: pool))
  }
  let fingerprint = fingerprint(model, examples, recipe, members: members, seed: seed)
  if let folder = control.checkpoint {
    try folder.prepare()
    for (member, trainer) in trainers.enumerated() {
      let file = folder.file(of: member)
      if FileManager.default.fileExists(atPath: file) { try trainer.restore(from: file, fingerprint: fingerprint) }
    }
  }
  let queue = MemberQueue(trainers, control: control, fingerprint: fingerprint)
  let threads = min(control.threads, members)
  if threads == 1 {
    queue.work()
  } else {
    DispatchQueue.concurrentPerform(iterations: threads) { _ in queue.work() }
  }
  try queue.finish()
  return trainers
}

/// Names a fit: the same text for the same model, data, settings and seed.
package func fingerprint(
  _ model: BayesianModel, _ examples: Examples, _ recipe: TrainingRecipe, members: Int, seed: UInt64
) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = .sortedKeys
  func text(_ value: some Encodable) -> String? {
    (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) }
  }
  // A network with layers that cannot be saved has a summary still.
  let parts = [
    text(recipe.configuration), text(model.network) ?? model.network.summary(), text(model.prior),
    text(model.likelihood),
    "\(members) \(recipe.bagging) \(seed) \(examples.inputs.shape) \(recipe.identity)",
    String(examples.inputs.checksum ^ (examples.targets.checksum &* 31), radix: 16),
  ]
  return parts.map { $0 ?? "" }.joined(separator: " ")
}

extension DenseArray<Float> {
  /// FNV-1a over the bits of the elements.
  fileprivate var checksum: UInt64 {
    elements.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1.bitPattern)) &* 0x100_0000_01b3 }
  }
}
