//  DrawsFile.swift — draws of Markov chains as other programs store them.
//
//    safetensors, NPZ  arrays [chains, draws, …], each a parameter by its name; no parameters are, where there, `energy`, `acceptance`,
//                      `step_size`, `evaluations`, `diverging`, `tree_depth`, `saturated` and `not_a_number` [chains, draws];
//                      `energy_fraction`, `sampling_evaluations`, `warm_up_evaluations` and `warm_up_not_a_number` [chains, 1], over
//                      transitions that were thinned away too; `log_likelihood` or `log_lik` [chains, draws, observations]; and
//                      `gradient`, that of the log density at `x`, both [chains, draws, D]; `unconstrained`, the coordinates of
//                      parameters that are there by name, is not shown
//    NPY               one array [chains, draws, …], or [draws] for a single chain
//    CSV               a column a parameter; see `DrawsFile+Tables`
//    JSON              a list of one object a chain, which has the draws of each parameter as a list: as posteriordb has them, zipped or not
//
//  Several files are chains of one run: those of the first, then those of the second, as Stan writes them.

import Credence
import Foundation

struct DrawsFile {
  let summaries: [ConvergenceSummary]
  /// `nil` where the file says nothing of trajectories.
  let trajectories: TrajectoryRecord?
  let effort: DrawsEffort
  /// log p(yᵢ | θₛ). Shape [C, N, observations]. `nil` where the file does not have it.
  let logLikelihood: DenseArray<Double>?
  /// Whether `x` could be draws of the density whose gradients are in the file; `nil` where there are none, or too few draws.
  let stein: KernelSteinTest?
  /// Why there is no `stein` though there are gradients, in a sentence.
  let steinRefusal: String?
  /// What each chain is called: as in the file, or by its number from 1; with its file where there are several.
  let chainLabels: [String]
  /// How many draws of the warm-up were in the files and are left out.
  let warmUpCount: Int
  /// What the summaries are of: each array [C, N, …] has as many as elements a draw.
  private let parameters: [DenseArray<Double>]

  typealias NamedArray = (name: String, array: DenseArray<Double>)

  /// Throws: `DatasetError` where a file cannot be read, holds no draws, or is of another run than the first.
  ///
  /// Precondition: at least one path.
  init(contentsOf paths: [String]) throws(DatasetError) {
    precondition(!paths.isEmpty, "draws of no file")
    let path = paths[0]
    for (index, file) in paths.enumerated() where paths[..<index].contains(file) {
      throw DatasetError(file: file, problem: "this file is given twice", advice: "name each file once")
    }
    var contents = [try Self.contents(of: path)]
    var arrays = contents[0].arrays
    for other in paths.dropFirst() {
      let found = try Self.contents(of: other)
      try Self.append(found.arrays, of: other, to: &arrays, of: path)
      contents.append(found)
    }
    try Self.checkExtents(arrays, path)
    chainLabels = Self.labels(of: contents, paths)
    warmUpCount = contents.reduce(0) { $0 + $1.warmUpCount }
    var summaries: [ConvergenceSummary] = []
    var records: [String: DenseArray<Double>] = [:]
    var logLikelihood: DenseArray<Double>?
    var parameters: [DenseArray<Double>] = []
    let gradients = arrays.first { $0.name == "gradient" }?.array
    // Coordinates are shown for want of parameters only.
    let known = Self.recordNames.union(Self.logLikelihoodNames)
      .union(Self.chainRecordNames).union(["x", "gradient", "log_density"])
    let hidesCoordinates = gradients != nil && arrays.contains { !known.contains($0.name) }
    let hidesUnconstrained = arrays.contains { $0.name == "x" || !known.union(["unconstrained"]).contains($0.name) }
    var chainRecords: [String: [Double]] = [:]
    for (name, draws) in arrays
    where name != "gradient" && !(hidesCoordinates && name == "x")
      && !(hidesUnconstrained && name == "unconstrained" && draws.rank == 3)
    {
      if Self.isChainRecord(name, draws) {
        chainRecords[name] = draws.elements
        continue
      }
      guard draws.shape[1] >= 10 || draws.shape[0] <= 10 * draws.shape[1] else {
        throw DatasetError(
          file: path, problem: "the array \(name) of shape \(draws.shape) is \(draws.shape[0]) chains of so few draws",
          advice: "draws have shape [chains, draws, …]; exchange the first two axes")
      }
      if Self.logLikelihoodNames.contains(name) {
        try Self.checkLogLikelihood(draws, name, chainLabels, path)
        logLikelihood = draws
      } else if Self.recordNames.contains(name) && draws.rank == 2 {
        try Self.checkRecord(draws, name, path)
        records[name] = draws
      } else {
        summaries += ConvergenceSummary.all(of: draws, name: name)
        parameters.append(draws)
      }
    }
    guard let first = summaries.first else {
      throw DatasetError(file: path, problem: "there are no draws", advice: "give draws of Markov chains")
    }
    if let gradients {
      guard let x = arrays.first(where: { $0.name == "x" })?.array, x.rank == 3, x.shape == gradients.shape else {
        throw DatasetError(
          file: path, problem: "the array gradient of shape \(gradients.shape) has no array x of its shape beside it",
          advice: "store gradients of the log density with the coordinates that they are of, both [chains, draws, D]")
      }
      stein = KernelSteinTest(draws: x, gradients: gradients)
      steinRefusal = stein == nil ? Self.refusal(x, gradients) : nil
    } else {
      (stein, steinRefusal) = (nil, nil)
    }
    self.summaries = summaries
    self.logLikelihood = logLikelihood
    self.parameters = parameters
    effort = DrawsEffort(records: records, chainRecords: chainRecords, summaries: summaries)
    let energyFractions = chainRecords["energy_fraction"]
    trajectories =
      records.isEmpty && energyFractions == nil
      ? nil
      : Self.trajectories(
        records, energyFractions, notANumber: effort.notANumber, count: first.chainCount * first.drawCount)
  }

  /// The draws of the summary at a place.
  func chains(ofSummary index: Int) -> Chains {
    var place = index
    for array in parameters {
      let width = array.count / (array.shape[0] * array.shape[1])
      if place < width {
        return Chains(
          (0..<array.shape[0]).map { chain in
            (0..<array.shape[1]).map { array.elements[(chain * array.shape[1] + $0) * width + place] }
          })
      }
      place -= width
    }
    preconditionFailure("summary \(index) of a file with fewer")
  }

  /// Why nothing can be said of the kernel Stein discrepancy.
  private static func refusal(_ x: DenseArray<Double>, _ gradients: DenseArray<Double>) -> String {
    let start = "Of the kernel Stein discrepancy nothing can be said: "
    guard gradients.elements.allSatisfy(\.isFinite) else { return start + "not all gradients are finite.\n" }
    let summaries = ConvergenceSummary.all(of: x, name: "x")
    if let bad = summaries.first(where: { !$0.isFinite }) {
      return start + "not all draws of \(bad.name) are finite.\n"
    }
    if let still = summaries.first(where: { !($0.standardDeviation > 0) }) {
      return start + "\(still.name) did not change.\n"
    }
    let sizes = KernelSteinTest.effectiveDraws(x)
    let least = zip(summaries, sizes).min { $0.1 < $1.1 }
    let size = least.map { $0.1.isFinite ? "\(Int($0.1))" : "too few" } ?? "0"
    return start + "it takes \(KernelSteinTest.fewestDraws) effective draws of every coordinate and of its square, and "
      + "\(least?.0.name ?? "x") has \(size).\n"
  }

  static let recordNames: Set<String> = [
    "energy", "diverging", "tree_depth", "saturated", "not_a_number", "acceptance", "step_size", "evaluations",
  ]
  private static let chainRecordNames: Set<String> = [
    "energy_fraction", "sampling_evaluations", "warm_up_evaluations", "warm_up_not_a_number",
  ]

  /// Whether an array is of chains, and not of their draws. Shape [C, 1].
  static func isChainRecord(_ name: String, _ array: DenseArray<Double>) -> Bool {
    chainRecordNames.contains(name) && array.rank == 2 && array.shape[1] == 1
  }

  private static func trajectories(
    _ records: [String: DenseArray<Double>], _ energyFractions: [Double]?, notANumber: [Int], count: Int
  ) -> TrajectoryRecord {
    // Files of others do not say what the greatest depth was: 10 by default.
    let saturated =
      records["saturated"]?.elements.count { $0 != 0 } ?? records["tree_depth"]?.elements.count { $0 >= 10 }
    return TrajectoryRecord(
      divergences: records["diverging"]?.elements.count { $0 != 0 } ?? 0,
      saturatedTrees: saturated ?? 0, drawCount: count,
      energyFractions: energyFractions ?? records["energy"].map { Chains($0).draws.map(energyFraction) } ?? [],
      notANumber: notANumber)
  }
}
