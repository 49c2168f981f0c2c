//  DrawsFile+Checks.swift — arrays of one file that do not belong together, or are not what they are called.

import Credence

extension DrawsFile {
  /// Every array has as many chains and draws as the first, but for records of chains, which have no draws.
  static func checkExtents(_ arrays: [NamedArray], _ path: String) throws(DatasetError) {
    guard let first = arrays.first(where: { !isChainRecord($0.name, $0.array) }) else { return }
    for (name, array) in arrays {
      guard array.shape[0] == first.array.shape[0],
        isChainRecord(name, array) || array.shape[1] == first.array.shape[1]
      else {
        throw DatasetError(
          file: path,
          problem:
            "the array \(name) of shape \(array.shape) is not of the chains and draws of \(first.name), which has "
            + "shape \(first.array.shape)", advice: "give arrays whose first two extents are the same")
      }
    }
  }

  /// Flags and depths are numbers, and `not_a_number` counts; the others may be undefined, and then nothing is said of them.
  static func checkRecord(_ draws: DenseArray<Double>, _ name: String, _ path: String) throws(DatasetError) {
    guard !["energy", "acceptance", "step_size", "evaluations"].contains(name) else { return }
    func isRight(_ value: Double) -> Bool {
      name == "not_a_number" ? value >= 0 && value < 0x1p31 && value == value.rounded() : value.isFinite
    }
    guard let place = draws.elements.firstIndex(where: { !isRight($0) }) else { return }
    throw DatasetError(
      file: path, problem: "\(name) is \(draws.elements[place]) at draw \(place % draws.shape[1] + 1) of a chain",
      advice: "correct or remove \(name)")
  }

  /// An estimate of how well an observation is predicted needs its log likelihood at every draw.
  static func checkLogLikelihood(
    _ draws: DenseArray<Double>, _ name: String, _ chains: [String], _ path: String
  ) throws(DatasetError) {
    guard draws.rank == 3, draws.shape[2] > 0 else {
      throw DatasetError(
        file: path, problem: "the array \(name) of shape \(draws.shape) is not [chains, draws, observations]",
        advice: "give it an axis of observations, or another name if it is their sum")
    }
    guard let place = draws.elements.firstIndex(where: { !$0.isFinite }) else { return }
    let count = draws.shape[2]
    let observation = place % count
    let bad = stride(from: observation, to: draws.count, by: count).count { !draws.elements[$0].isFinite }
    throw DatasetError(
      file: path,
      problem: "\(name)[\(observation)] is \(draws.elements[place]) at chain "
        + "\(chains[place / count / draws.shape[1]]), draw \(place / count % draws.shape[1] + 1)"
        + (bad > 1 ? ", and not finite at \(bad) draws in all" : ""),
      advice: "correct how it is computed there, or leave the observation out")
  }
}
