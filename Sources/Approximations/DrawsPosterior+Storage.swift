//  DrawsPosterior+Storage.swift — draws as the arrays of a file: draws [S, P], states [S, Q].

import Arrays
public import Networks

extension DrawsPosterior: StorablePosterior {
  public static var kind: String { "draws" }

  public var forwardPasses: Int { drawCount }

  public var contents: PosteriorContents { PosteriorContents(arrays: ["draws": draws, "states": states]) }

  public init(model: BayesianModel, contents: PosteriorContents) throws(PosteriorFault) {
    try contents.checkNames(arrays: ["draws", "states"])
    let draws = try contents.array("draws", shape: [nil, model.parameterCount])
    let states = try contents.array("states", shape: [draws.shape[0], model.network.stateCount])
    self.init(model: model, draws: draws, states: states)
  }
}
