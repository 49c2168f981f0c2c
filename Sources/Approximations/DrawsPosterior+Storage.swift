//  DrawsPosterior+Storage.swift — draws as the arrays of a file: draws [S, P], states [S, Q]; and the number of their chains.

import Arrays
public import Networks

extension DrawsPosterior: StorablePosterior {
  public static var kind: String { "draws" }

  public var forwardPasses: Int { drawCount }

  public var contents: PosteriorContents {
    var contents = PosteriorContents(arrays: ["draws": draws, "states": states])
    contents.numbers["chains"] = chainCount.map(Double.init)
    return contents
  }

  public init(model: BayesianModel, contents: PosteriorContents) throws(PosteriorFault) {
    try contents.checkNames(arrays: ["draws", "states"], numbers: ["chains"])
    let draws = try contents.array("draws", shape: [nil, model.parameterCount])
    let states = try contents.array("states", shape: [draws.shape[0], model.network.stateCount])
    let chains = contents.numbers["chains"] == nil ? nil : try contents.integer("chains", in: 1...draws.shape[0])
    guard draws.shape[0] % (chains ?? 1) == 0 else {
      throw PosteriorFault("\(draws.shape[0]) draws are not those of \(chains ?? 1) chains")
    }
    self.init(model: model, draws: draws, states: states, chainCount: chains)
  }
}
