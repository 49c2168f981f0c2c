//  DrawsFile.swift — draws of Markov chains as other programs store them.
//
//    safetensors, NPZ  arrays [chains, draws, …], each a parameter by its name; `energy`, `diverging` and `tree_depth`, where
//                      there, are [chains, draws] and are no parameters, nor are `acceptance`, `log_likelihood`, which is
//                      [chains, draws, observations], and `gradient`, that of the log density at `x`, both [chains, draws, D]
//    NPY               one array [chains, draws, …], or [draws] for a single chain
//    CSV               a column a parameter; a column `chain` tells chains apart; `draw` and `iteration` are passed over

import Credence

struct DrawsFile {
  let summaries: [ConvergenceSummary]
  /// `nil` where the file says nothing of trajectories.
  let trajectories: TrajectoryRecord?
  /// log p(yᵢ | θₛ). Shape [C, N, observations]. `nil` where the file does not have it.
  let logLikelihood: DenseArray<Double>?
  /// Whether `x` could be draws of the density whose gradients are in the file; `nil` where there are none, or too few draws.
  let stein: KernelSteinTest?

  /// Throws: `DatasetError` where the file cannot be read or holds no draws.
  init(contentsOf path: String) throws(DatasetError) {
    var arrays: [(name: String, array: DenseArray<Double>)] = []
    switch try FileKind(of: path) {
    case .safetensors:
      let file = try SafetensorsFile(contentsOf: path)
      for name in file.names { arrays.append((name, try file.array(named: name).converted())) }
    case .npz:
      let file = try NPZArchive(contentsOf: path)
      for name in file.names { arrays.append((name, try file.array(named: name).converted())) }
    case .npy: arrays = [("x", try StoredArray(contentsOfNPY: path).converted())]
    case .table: arrays = try Self.columns(of: path)
    case .idx: throw DatasetError(file: path, problem: "images hold no draws", advice: "give draws of Markov chains")
    }
    var summaries: [ConvergenceSummary] = []
    var records: [String: DenseArray<Double>] = [:]
    var logLikelihood: DenseArray<Double>?
    let gradients = arrays.first { $0.name == "gradient" }?.array
    // Coordinates are shown for want of parameters only.
    let known: Set<String> = Self.recordNames.union(["x", "gradient", "log_density", "log_likelihood"])
    let hidesCoordinates = gradients != nil && arrays.contains { !known.contains($0.name) }
    for (name, array) in arrays where name != "gradient" && !(hidesCoordinates && name == "x") {
      let draws = array.rank == 1 ? array.reshaped([1, array.count]) : array
      guard draws.rank >= 2, draws.shape[0] > 0, draws.shape[1] > 0 else {
        throw DatasetError(
          file: path, problem: "the array \(name) has shape \(array.shape)",
          advice: "draws have shape [chains, draws] or [chains, draws, …]")
      }
      if name == "log_likelihood" && draws.rank == 3 && draws.shape[2] > 0 {
        logLikelihood = draws
      } else if Self.recordNames.contains(name) && draws.rank == 2 {
        records[name] = draws
      } else {
        summaries += ConvergenceSummary.all(of: draws, name: name)
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
    stein = try gradients.flatMap { gradients throws(DatasetError) in
      guard let x = arrays.first(where: { $0.name == "x" })?.array, x.rank == 3, x.shape == gradients.shape else {
        throw DatasetError(
          file: path, problem: "the array gradient of shape \(gradients.shape) has no array x of its shape beside it",
          advice: "store gradients of the log density with the coordinates that they are of, both [chains, draws, D]")
      }
      return KernelSteinTest(draws: x, gradients: gradients)
    }
    self.summaries = summaries
    self.logLikelihood = logLikelihood
    trajectories = records.isEmpty ? nil : Self.trajectories(records, count: first.chainCount * first.drawCount)
  }

  private static let recordNames: Set<String> = ["energy", "diverging", "tree_depth", "acceptance"]

  private static func trajectories(_ records: [String: DenseArray<Double>], count: Int) -> TrajectoryRecord {
    // What the greatest depth was is not in the file: 10 is that of this library and of others.
    TrajectoryRecord(
      divergences: records["diverging"]?.elements.count { $0 != 0 } ?? 0,
      saturatedTrees: records["tree_depth"]?.elements.count { $0 >= 10 } ?? 0, drawCount: count,
      energyFractions: records["energy"].map { Chains($0).draws.map(energyFraction) } ?? [])
  }

  private static func columns(
    of path: String
  ) throws(DatasetError) -> [(name: String, array: DenseArray<Double>)] {
    let table = try Table(contentsOf: path)
    let labels = table["chain"]
    var chains: [String: [Int]] = [:]
    for row in 0..<table.rowCount { chains[labels?.label(row: row) ?? "", default: []].append(row) }
    let rows = chains.sorted { $0.key < $1.key }.map(\.value)
    guard let count = rows.first?.count, rows.allSatisfy({ $0.count == count }) else {
      throw DatasetError(
        file: path, problem: "the chains have different lengths", advice: "give as many draws of each chain")
    }
    var arrays: [(name: String, array: DenseArray<Double>)] = []
    for column in table.columns where !["chain", "draw", "iteration"].contains(column.name) {
      guard let numbers = column.numbers else {
        throw DatasetError(
          file: path, column: column.name, problem: "not all draws are numbers", advice: "correct or remove the column")
      }
      arrays.append((column.name, DenseArray(rows: rows.map { $0.map { numbers[$0] } })))
    }
    return arrays
  }
}
