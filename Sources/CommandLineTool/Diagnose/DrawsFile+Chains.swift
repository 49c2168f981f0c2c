//  DrawsFile+Chains.swift — the chains of one file, those of several together, and what they are called.

import Credence
import Foundation

extension DrawsFile {
  /// What a file holds.
  static func contents(of path: String) throws(DatasetError) -> Contents {
    var contents = Contents(arrays: [])
    switch try FileKind(of: path) {
    case .safetensors:
      let file = try SafetensorsFile(contentsOf: path)
      if FittedModel.isModel(file) { throw ModelDiagnosis.isNoFileOfDraws(path) }
      for name in file.names { contents.arrays.append((name, try file.array(named: name).converted())) }
    case .npz:
      let file = try NPZArchive(contentsOf: path)
      for name in file.names { contents.arrays.append((name, try file.array(named: name).converted())) }
    case .npy: contents.arrays = [("x", try StoredArray(contentsOfNPY: path).converted())]
    case .json: contents.arrays = try lists(of: path)
    case .table: contents = try columns(of: path)
    case .idx: throw DatasetError(file: path, problem: "images hold no draws", advice: "give draws of Markov chains")
    }
    for index in contents.arrays.indices {
      let (name, array) = contents.arrays[index]
      if array.rank <= 2, let record = DrawsColumn.foreignRecords[name] { contents.arrays[index].name = record }
      if array.rank == 1 { contents.arrays[index].array = array.reshaped([1, array.count]) }
      let shape = contents.arrays[index].array.shape
      guard shape.rank >= 2, shape[0] > 0, shape[1] > 0 else {
        throw DatasetError(
          file: path, problem: "the array \(name) has shape \(array.shape)",
          advice: "draws have shape [chains, draws] or [chains, draws, …]")
      }
    }
    return contents
  }

  /// The draws of a JSON file: of each chain a list by each name. Shape [C, N] each.
  private static func lists(of path: String) throws(DatasetError) -> [NamedArray] {
    let chains = try ModelData.chains(contentsOf: path)
    let names = chains.first?.names ?? []
    var columns: [(DrawsColumn, DenseArray<Double>)] = []
    for (name, meaning) in zip(names, DrawsColumn.all(names)) {
      var rows: [[Double]] = []
      for chain in chains {
        let draws = try chain.array(named: name)
        guard draws.rank == 1, draws.count == rows.first?.count ?? draws.count else {
          throw DatasetError(
            file: path, column: name,
            problem: draws.rank == 1
              ? "the chains have different lengths" : "the draws of a chain are no list of numbers",
            advice: "give each name a list of as many numbers as there are draws")
        }
        rows.append(draws.elements)
      }
      columns.append((meaning, DenseArray(rows: rows)))
    }
    if let odd = chains.flatMap(\.names).first(where: { !names.contains($0) }) {
      throw DatasetError(file: path, column: odd, problem: "not all chains have it", advice: "give draws of one model")
    }
    return arrays(of: columns)
  }

  /// What columns [C, N] hold; log likelihoods of observations together.
  static func arrays(of columns: [(DrawsColumn, DenseArray<Double>)]) -> [NamedArray] {
    var arrays: [NamedArray] = []
    var terms: [DenseArray<Double>] = []
    for (meaning, draws) in columns {
      switch meaning {
      case .array(let name): arrays.append((name, draws))
      case .logLikelihood: terms.append(draws)
      case .chain, .order, .passedOver: continue
      }
    }
    if let shape = terms.first?.shape {
      let elements = (0..<shape.count).flatMap { place in terms.map { $0.elements[place] } }
      arrays.append(("log_likelihood", DenseArray(elements, shape: [shape[0], shape[1], terms.count])))
    }
    return arrays
  }

  /// Adds the chains of another file.
  static func append(
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

  /// What the chains of all files are called: by their own names where these are distinct, with their file where not, and by number
  /// and file where a file does not name them.
  static func labels(of contents: [Contents], _ paths: [String]) -> [String] {
    let own = contents.compactMap(\.chainLabels)
    let names = own.flatMap { $0 }
    if own.count == contents.count && Set(names).count == names.count { return names }
    var labels: [String] = []
    for (content, path) in zip(contents, paths) {
      let start = labels.count
      let names = content.chainLabels ?? (0..<content.chainCount).map { "\(start + $0 + 1)" }
      labels += contents.count == 1 ? names : names.map { "\($0) (\(path))" }
    }
    return labels
  }
}

extension DrawsFile.Contents {
  fileprivate var chainCount: Int { arrays.first?.array.shape[0] ?? 0 }
}
