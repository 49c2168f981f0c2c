//  VariationalPosterior+Storage.swift — a distribution as the arrays of a file.
//
//    mean field   means [P], deviations [P], state [Q]
//    others       family (its description as bytes), parameters λ, state [Q]
//    both         the numbers draws, seedLow, seedHigh: how predictions are made; a seed is two halves of 32 bits

import Arrays
import Foundation
public import Networks
import Training

extension VariationalPosterior: StorablePosterior {
  public static var kind: String { "variational" }

  public var forwardPasses: Int { predictionDraws }

  public var contents: PosteriorContents {
    let numbers = [
      "draws": Double(predictionDraws), "seedLow": Double(predictionSeed & 0xffff_ffff),
      "seedHigh": Double(predictionSeed >> 32),
    ]
    switch distribution {
    case .meanField(let normal):
      return PosteriorContents(
        arrays: ["means": normal.means, "deviations": normal.deviations, "state": state], numbers: numbers)
    case .blocks(let blocks):
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      let description = (try? encoder.encode(blocks.family)) ?? Data()
      return PosteriorContents(
        arrays: [
          "family": DenseArray(description.map { Float($0) }), "parameters": blocks.parameters, "state": state,
        ], numbers: numbers)
    }
  }

  public init(model: BayesianModel, contents: PosteriorContents) throws(PosteriorFault) {
    let half = Double(UInt32.max)
    let draws = try contents.integer("draws", in: 1...1_000_000)
    let low = UInt64(try contents.number("seedLow", in: 0...half))
    let high = UInt64(try contents.number("seedHigh", in: 0...half))
    let state = try contents.array("state", shape: [model.network.stateCount])
    let distribution: VariationalDistribution
    if contents.arrays["family"] == nil {
      try contents.checkNames(
        arrays: ["means", "deviations", "state"], numbers: ["draws", "seedLow", "seedHigh"])
      let means = try contents.array("means", shape: [model.parameterCount])
      let deviations = try contents.array("deviations", shape: [model.parameterCount])
      guard deviations.elements.allSatisfy({ $0 >= 0 }) else {
        throw PosteriorFault("the array 'deviations' holds a number below zero")
      }
      distribution = .meanField(MeanFieldNormal(means: means, deviations: deviations))
    } else {
      try contents.checkNames(
        arrays: ["family", "parameters", "state"], numbers: ["draws", "seedLow", "seedHigh"])
      distribution = .blocks(try Self.blocks(model, contents))
    }
    self.init(
      model: model, distribution: distribution, state: state, predictionDraws: draws,
      predictionSeed: high << 32 | low)
  }

  private static func blocks(
    _ model: BayesianModel, _ contents: PosteriorContents
  ) throws(PosteriorFault) -> BlockDistribution {
    let bytes = try contents.array("family", shape: [nil]).elements.map { UInt8(exactly: $0) }
    guard
      let family = try? JSONDecoder().decode(VariationalFamily.self, from: Data(bytes.compactMap { $0 })),
      family.hasUsableNumbers, !bytes.contains(nil)
    else { throw PosteriorFault("the array 'family' describes no variational family") }
    let blocks: BlockFamily
    do {
      // What is read has been fitted: of sizes, only those are refused that no machine has.
      blocks = try BlockFamily(family, over: model, memoryLimit: .max)
    } catch {
      throw PosteriorFault("the array 'family' does not fit the network: \(error.description)")
    }
    let parameters = try contents.array("parameters", shape: [blocks.count])
    return BlockDistribution(family, blocks, parameters: parameters)
  }
}

extension VariationalFamily {
  /// Whether ranks and layers are numbers of real families, whose counts do not overflow.
  fileprivate var hasUsableNumbers: Bool {
    let usable = 1...4096
    switch self {
    case .meanField, .fullRank, .matrixNormal, .radial, .lastLayer(.meanField), .lastLayer(.fullRank): return true
    case .lowRank(let rank), .lastLayer(.lowRank(let rank)): return usable.contains(rank)
    case .planarFlow(let layers, _): return usable.contains(layers)
    case .couplingFlow(let layers, let hidden, _): return usable.contains(layers) && usable.contains(hidden)
    }
  }
}
