//  RunningStatistics.swift — what networks that are trained as one vector cannot have.

import Networks
import Training

extension BayesianModel {
  /// Running statistics belong to one network; a vector that holds several has no place for those of each.
  ///
  /// - Parameter members: The subject of the sentence, in the plural.
  /// - Throws: `TrainingError.unusable` for a network with batch normalisation.
  func refuseRunningStatistics(for members: String) throws(TrainingError) {
    guard network.stateCount > 0 else { return }
    throw .unusable(
      "\(members) cannot have running statistics of their own; "
        + "use layer or group normalisation instead of batch normalisation")
  }
}
