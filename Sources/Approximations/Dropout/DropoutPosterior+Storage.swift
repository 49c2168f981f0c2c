//  DropoutPosterior+Storage.swift — one network with masks as the arrays of a file: parameters [P], state [Q].

import Arrays
public import Networks

extension DropoutPosterior: StorablePosterior {
  public static var kind: String { "dropout" }

  public var forwardPasses: Int { passes }

  public var contents: PosteriorContents {
    var contents = PosteriorContents(
      arrays: ["parameters": parameters, "state": state],
      numbers: ["passes": Double(passes), "masksPerPass": masks == .perPass ? 1 : 0])
    contents.setSeed(seed)
    return contents
  }

  public init(model: BayesianModel, contents: PosteriorContents) throws(PosteriorFault) {
    try contents.checkNames(
      arrays: ["parameters", "state"], numbers: PosteriorContents.seedNames.union(["passes", "masksPerPass"]))
    guard model.network.isStochastic else { throw PosteriorFault("its network has no layer that drops") }
    self.init(
      model: model, parameters: try contents.array("parameters", shape: [model.parameterCount]),
      state: try contents.array("state", shape: [model.network.stateCount]), seed: try contents.seed(),
      passes: try contents.integer("passes", in: 1...10_000),
      masks: try contents.integer("masksPerPass", in: 0...1) == 1 ? .perPass : .perInput)
  }
}
