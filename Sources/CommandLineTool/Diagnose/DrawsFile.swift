//  DrawsFile.swift — draws of Markov chains as other programs store them.
//
//    safetensors, NPZ  arrays [chains, draws, …], each a parameter by its name; `energy`, `diverging`, `tree_depth`, `saturated`
//                      and `not_a_number`, where there, are [chains, draws] and are no parameters, nor are `acceptance`,
//                      `energy_fraction` [chains, 1], over transitions that were thinned away too, `log_likelihood` or
//                      `log_lik`, which is [chains, draws, observations], and `gradient`, that of the log density at
//                      `x`, both [chains, draws, D]
//    NPY               one array [chains, draws, …], or [draws] for a single chain
//    CSV               a column a parameter; see `DrawsFile+Tables`
//
//  Several files are chains of one run: those of the first, then those of the second, as Stan writes them.

import Credence
import Foundation

struct DrawsFile {
  let summaries: [ConvergenceSummary]
  /// `nil` where the file says nothing of trajectories.
  let trajectories: TrajectoryRecord?
  /// log p(yᵢ | θₛ). Shape [C, N, observations]. `nil` where the file does not have it.
  let logLikelihood: DenseArray<Double>?
  /// Whether `x` could be draws of the density whose gradients are in the file; `nil` where there are none, or too few draws.
  let stein: KernelSteinTest?
  /// Why there is no `stein` though there are gradients, in a sentence.
  let steinRefusal: String?
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
    var arrays = try Self.arrays(of: path)
    for other in paths.dropFirst() { try Self.append(Self.arrays(of: other), of: other, to: &arrays, of: path) }
    var summaries: [ConvergenceSummary] = []
    var records: [String: DenseArray<Double>] = [:]
    var logLikelihood: DenseArray<Double>?
    var parameters: [DenseArray<Double>] = []
    let gradients = arrays.first { $0.name == "gradient" }?.array
    // Coordinates are shown for want of parameters only.
    let known = Self.recordNames.union(Self.logLikelihoodNames)
      .union(["x", "gradient", "log_density", "energy_fraction"])
    let hidesCoordinates = gradients != nil && arrays.contains { !known.contains($0.name) }
    var energyFractions: [Double]?
    for (name, draws) in arrays where name != "gradient" && !(hidesCoordinates && name == "x") {
      if name == "energy_fraction" && draws.rank == 2 && draws.shape[1] == 1 {
        energyFractions = draws.elements
        continue
      }
      guard draws.shape[1] >= 10 || draws.shape[0] <= 10 * draws.shape[1] else {
        throw DatasetError(
          file: path, problem: "the array \(name) of shape \(draws.shape) is \(draws.shape[0]) chains of so few draws",
          advice: "draws have shape [chains, draws, …]; exchange the first two axes")
      }
      if Self.logLikelihoodNames.contains(name) && draws.rank == 3 && draws.shape[2] > 0 {
        try Self.checkLogLikelihood(draws, path)
        logLikelihood = draws
      } else if Self.recordNames.contains(name) && draws.rank == 2 {
        records[name] = draws
      } else {
        summaries += ConvergenceSummary.all(of: draws, name: name)
        parameters.append(draws)
      }
    }
    guard let first = summaries.first else {
      throw DatasetError(file: path, problem: "there are no draws", advice: "give draws of Markov chains")
    }
    guard summaries.allSatisfy({ $0.chainCount == first.chainCount && $0.drawCount == first.drawCount }) else {
      throw DatasetError(
        file: path, problem: "the parameters have different numbers of chains or draws",
        advice: "give arrays whose first two extents are the same")
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
    trajectories =
      records.isEmpty && energyFractions == nil
      ? nil : Self.trajectories(records, energyFractions, count: first.chainCount * first.drawCount)
  }

  /// The arrays of a file, [chains, draws, …] each.
  private static func arrays(of path: String) throws(DatasetError) -> [NamedArray] {
    var arrays: [NamedArray] = []
    switch try FileKind(of: path) {
    case .safetensors:
      let file = try SafetensorsFile(contentsOf: path)
      if FittedModel.isModel(file) { throw ModelDiagnosis.isNoFileOfDraws(path) }
      for name in file.names { arrays.append((name, try file.array(named: name).converted())) }
    case .npz:
      let file = try NPZArchive(contentsOf: path)
      for name in file.names { arrays.append((name, try file.array(named: name).converted())) }
    case .npy: arrays = [("x", try StoredArray(contentsOfNPY: path).converted())]
    case .table: arrays = try columns(of: path)
    case .idx: throw DatasetError(file: path, problem: "images hold no draws", advice: "give draws of Markov chains")
    }
    for index in arrays.indices {
      let (name, array) = arrays[index]
      if array.rank == 1 { arrays[index].array = array.reshaped([1, array.count]) }
      let shape = arrays[index].array.shape
      guard shape.rank >= 2, shape[0] > 0, shape[1] > 0 else {
        throw DatasetError(
          file: path, problem: "the array \(name) has shape \(array.shape)",
          advice: "draws have shape [chains, draws] or [chains, draws, …]")
      }
    }
    return arrays
  }

  /// Adds the chains of another file.
  private static func append(
    _ others: [NamedArray], of other: String, to arrays: inout [NamedArray], of path: String
  ) throws(DatasetError) {
    let advice = "give files of one run, or one file alone"
    if let odd = others.first(where: { found in !arrays.contains { $0.name == found.name } }) {
      throw DatasetError(file: other, problem: "\(path) has no \(odd.name), which is here", advice: advice)
    }
    for index in arrays.indices {
      let (name, array) = arrays[index]
      guard let found = others.first(where: { $0.name == name })?.array else {
        throw DatasetError(file: other, problem: "there is no \(name), which is in \(path)", advice: advice)
      }
      guard found.shape[1] == array.shape[1] else {
        throw DatasetError(
          file: other, problem: "its chains have \(found.shape[1]) draws, and those of \(path) have \(array.shape[1])",
          advice: "give as many draws of each chain")
      }
      guard found.shape.extents.dropFirst() == array.shape.extents.dropFirst() else {
        throw DatasetError(
          file: other, problem: "\(name) has shape \(found.shape), and \(array.shape) in \(path)", advice: advice)
      }
      let shape = Shape([array.shape[0] + found.shape[0]] + array.shape.extents.dropFirst())
      arrays[index].array = DenseArray(Array(array.elements) + found.elements, shape: shape)
    }
  }

  /// An estimate of how well an observation is predicted needs its log likelihood at every draw.
  private static func checkLogLikelihood(_ draws: DenseArray<Double>, _ path: String) throws(DatasetError) {
    guard let place = draws.elements.firstIndex(where: { !$0.isFinite }) else { return }
    let count = draws.shape[2]
    let observation = place % count
    let bad = stride(from: observation, to: draws.count, by: count).count { !draws.elements[$0].isFinite }
    throw DatasetError(
      file: path,
      problem: "the log likelihood of observation \(observation + 1) is \(draws.elements[place]) at chain "
        + "\(place / count / draws.shape[1] + 1), draw \(place / count % draws.shape[1] + 1)"
        + (bad > 1 ? ", and not finite at \(bad) draws in all" : ""),
      advice: "correct how it is computed there, or leave the observation out")
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

  private static let recordNames: Set<String> = [
    "energy", "diverging", "tree_depth", "saturated", "not_a_number", "acceptance",
  ]

  private static func trajectories(
    _ records: [String: DenseArray<Double>], _ energyFractions: [Double]?, count: Int
  ) -> TrajectoryRecord {
    // Files of others do not say what the greatest depth was: 10 by default.
    let saturated =
      records["saturated"]?.elements.count { $0 != 0 } ?? records["tree_depth"]?.elements.count { $0 >= 10 }
    return TrajectoryRecord(
      divergences: records["diverging"]?.elements.count { $0 != 0 } ?? 0,
      saturatedTrees: saturated ?? 0, drawCount: count,
      energyFractions: energyFractions ?? records["energy"].map { Chains($0).draws.map(energyFraction) } ?? [],
      notANumber: records["not_a_number"].map { Chains($0).draws.map { Int($0.reduce(0, +)) } } ?? [])
  }
}
