//  MomentsCollector.swift — looks at the weights of a run at the ends of epochs.

import Arrays
import Datasets
import Networks
import Training

/// The moments of the averaging phase of one run.
final class MomentsCollector: Collector {
  let moments: PathMoments<Float>
  private let phase: AveragingPhase

  init(_ phase: AveragingPhase, rank: Int, extent: RunExtent) {
    self.phase = phase
    moments = PathMoments(count: extent.vectorCount, rank: rank)
  }

  func collect(
    _ vector: UnsafeBufferPointer<Float>, state: UnsafeBufferPointer<Float>, after step: RunStep, pool: WorkerPool?
  ) {
    guard step.endsEpoch, phase.looks(epoch: step.epoch, of: step.epochCount) else { return }
    moments.look(at: vector, pool: pool)
  }

  var saved: [String: StoredArray] {
    [
      "looks": StoredArray([moments.looks]), "mean": StoredArray(DenseArray(Array(moments.mean))),
      "squares": StoredArray(DenseArray(Array(moments.squares))), "ring": StoredArray(DenseArray(Array(moments.ring))),
    ]
  }

  func restore(_ saved: SavedArrays) throws(TrainingError) {
    moments.restore(
      looks: try saved.integers("looks", count: 1)[0], mean: try saved.floats("mean", count: moments.count),
      squares: try saved.floats("squares", count: moments.count),
      ring: try saved.floats("ring", count: moments.ring.count))
  }
}

extension TrainingRecipe {
  /// A mode, and then a phase whose weights are looked at.
  ///
  /// - Throws: `TrainingError.unusable` if rows are held back, or nothing would be looked at.
  static func averaging(
    _ model: BayesianModel, _ training: TrainingConfiguration, _ phase: AveragingPhase, rank: Int
  ) throws(TrainingError) -> TrainingRecipe {
    guard training.earlyStopping == nil else {
      throw .unusable("weights are averaged at the end of a run, which early stopping may never reach; leave it out")
    }
    let looks = (0..<training.epochs).filter { phase.looks(epoch: $0, of: training.epochs) }.count
    guard looks >= 1 else {
      throw .unusable("\(training.epochs) epochs end before the first cycle of averaging does; take more epochs")
    }
    var configuration = training
    configuration.schedule = phase.schedule(after: training.schedule, epochs: training.epochs)
    var recipe = TrainingRecipe.mode(of: model, configuration)
    recipe.identity = "averaging \(phase) \(rank)"
    recipe.collector = { extent in MomentsCollector(phase, rank: rank, extent: extent) }
    return recipe
  }
}
