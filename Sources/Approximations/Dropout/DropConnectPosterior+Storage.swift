//  DropConnectPosterior+Storage.swift — one network with masked weights as the arrays of a file: parameters [P], state [Q].

import Arrays
public import Networks

extension DropConnectPosterior: StorablePosterior {
  public static var kind: String { "dropconnect" }

  public var forwardPasses: Int { passes }

  public var contents: PosteriorContents {
    var contents = PosteriorContents(
      arrays: ["parameters": parameters, "state": state], numbers: ["passes": Double(passes), "rate": rate])
    contents.setSeed(seed)
    return contents
  }

  public init(model: BayesianModel, contents: PosteriorContents) throws(PosteriorFault) {
    try contents.checkNames(
      arrays: ["parameters", "state"], numbers: PosteriorContents.seedNames.union(["passes", "rate"]))
    self.init(
      model: model, parameters: try contents.array("parameters", shape: [model.parameterCount]),
      state: try contents.array("state", shape: [model.network.stateCount]),
      rate: try contents.number("rate", in: 1e-9...1 - 1e-9), seed: try contents.seed(),
      passes: try contents.integer("passes", in: 1...10_000))
  }
}
