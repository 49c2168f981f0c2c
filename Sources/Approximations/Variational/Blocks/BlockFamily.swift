//  BlockFamily.swift — a family of distributions laid over θ: which block holds which elements.

package import Arrays
import Datasets
package import Networks
import Probability
package import Programs
package import Training

/// Independent blocks, one behind the other over all of θ.
package struct BlockFamily: Sendable {
  package struct Part: Sendable {
    package let range: Range<Int>
    package let block: any VariationalBlock
  }

  package let parts: [Part]

  /// The length of λ over all blocks.
  package var count: Int { parts.reduce(0) { $0 + $1.block.count } }

  /// - Parameter memoryLimit: What covariances may take while they are fitted. Unit: bytes.
  /// - Throws: `TrainingError.unusable` when the family does not fit the network, or the limit.
  package init(
    _ family: VariationalFamily, over model: BayesianModel, memoryLimit: Int
  ) throws(TrainingError) {
    let slices = model.layout.slices.filter { $0.role != .likelihood }
    let size = model.network.parameterCount
    var parts: [Part] = []
    func add(_ range: Range<Int>, _ block: any VariationalBlock) { parts.append(Part(range: range, block: block)) }
    func addCovariance(_ range: Range<Int>, _ block: any SharesBlock) throws(TrainingError) {
      if let problem = block.memoryProblem(limit: memoryLimit) { throw .unusable(problem) }
      add(range, block)
    }
    switch family {
    case .meanField: add(0..<size, IndependentNormalBlock(size: size))
    case .fullRank: try addCovariance(0..<size, FullRankBlock(size: size))
    case .lowRank(let rank):
      precondition(rank >= 1, "a rank of \(rank)")
      try addCovariance(0..<size, LowRankBlock(size: size, rank: rank))
    case .matrixNormal:
      for slice in slices {
        let size = slice.shape.count
        let rows = slice.shape.rank >= 2 ? slice.shape[0] : 0
        if rows == 0 || size == 1 {
          // Biases, say: no rows and columns.
          add(slice.range, IndependentNormalBlock(size: size))
        } else if rows == 1 || rows == size {
          // The factor on the side of one is a number, and the other has a full covariance.
          try addCovariance(slice.range, FullRankBlock(size: size))
        } else {
          add(slice.range, MatrixNormalBlock(rows: rows, columns: size / rows))
        }
      }
    case .radial:
      for slice in slices { add(slice.range, RadialBlock(size: slice.shape.count)) }
    case .planarFlow(let layers, let keys):
      for run in try Self.runs(slices, chosen: keys.isEmpty ? [Self.lastLayer(slices)] : keys) {
        add(
          run.range,
          run.chosen
            ? PlanarFlowBlock(size: run.range.count, layers: layers) : IndependentNormalBlock(size: run.range.count))
      }
    case .couplingFlow(let layers, let hidden, let keys):
      for run in try Self.runs(slices, chosen: keys.isEmpty ? [Self.lastLayer(slices)] : keys) {
        let size = run.range.count
        add(
          run.range,
          run.chosen && size > 1
            ? CouplingFlowBlock(size: size, layers: layers, hidden: hidden) : IndependentNormalBlock(size: size))
      }
    case .lastLayer(let family):
      for run in try Self.runs(slices, chosen: [Self.lastLayer(slices)]) {
        let size = run.range.count
        guard run.chosen else {
          add(run.range, PointBlock(size: size))
          continue
        }
        switch family {
        case .meanField: add(run.range, IndependentNormalBlock(size: size))
        case .fullRank: try addCovariance(run.range, FullRankBlock(size: size))
        case .lowRank(let rank): try addCovariance(run.range, LowRankBlock(size: size, rank: rank))
        }
      }
    }
    if model.parameterCount > size {
      add(size..<model.parameterCount, PointBlock(size: model.parameterCount - size))
    }
    self.parts = parts
  }

  /// The beginning of the names of the last layer with weights.
  private static func lastLayer(_ slices: [ParameterSlice]) throws(TrainingError) -> String {
    guard let last = slices.last(where: { $0.role == .weight }) else {
      throw .unusable("the network has no layer with weights, so it has no last one")
    }
    return last.name.split(separator: ".").dropLast().joined(separator: ".")
  }

  /// Neighbouring slices that are chosen, or not.
  private static func runs(
    _ slices: [ParameterSlice], chosen keys: [String]
  ) throws(TrainingError) -> [(range: Range<Int>, chosen: Bool)] {
    func fits(_ key: String, _ name: String) -> Bool { name == key || name.hasPrefix(key + ".") }
    for key in keys where !slices.contains(where: { fits(key, $0.name) }) {
      let names = slices.map(\.name)
      throw .unusable(
        "no slice is named \(key)\(NearestName.question(key, among: names)); the slices are "
          + names.joined(separator: ", "))
    }
    var runs: [(range: Range<Int>, chosen: Bool)] = []
    for slice in slices {
      let chosen = keys.contains { fits($0, slice.name) }
      if let last = runs.last, last.chosen == chosen {
        runs[runs.count - 1].range = last.range.lowerBound..<slice.range.upperBound
      } else {
        runs.append((slice.range, chosen))
      }
    }
    return runs
  }

  /// What a fit holds beyond a mean field. Unit: bytes.
  package var memory: Double {
    parts.reduce(0) { $0 + 4 * $1.block.vectors * Double(max(0, $1.block.count - 2 * $1.block.size)) }
  }

  /// The numbers that an optimiser moves, at the start. Shapes [P] → [count].
  package func start(means: [Float], deviations: [Double], using random: inout Philox) -> [Float] {
    parts.flatMap { part in
      let lambda = part.block.start(
        means: means[part.range].map(Double.init), deviations: Array(deviations[part.range]), using: &random)
      return part.block.trained(lambda).map { Float($0) }
    }
  }

  /// λ from the numbers that an optimiser moves. Shape [count], kept.
  package func lambda(ofTrained vector: Tensor) -> Tensor {
    var place = 0
    let lambdas = parts.map { part in
      defer { place += part.block.count }
      return part.block.lambda(ofTrained: vector.slice(axis: 0, place..<place + part.block.count))
    }
    return lambdas.count == 1 ? lambdas[0] : concatenate(lambdas, axis: 0)
  }

  /// A draw of each block, in order.
  package func draw(_ lambda: Tensor, noise: BlockNoise) -> [BlockDraw] {
    var place = 0
    return parts.map { part in
      defer { place += part.block.count }
      return part.block.draw(lambda.slice(axis: 0, place..<place + part.block.count), noise: noise)
    }
  }
}
