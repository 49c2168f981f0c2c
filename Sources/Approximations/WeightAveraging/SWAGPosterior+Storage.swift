//  SWAGPosterior+Storage.swift — the Gaussian of SWAG as the arrays of a file: mean [P], variances [P], deviations [K, P].
//
//  Where there is batch normalisation, the statistics of a draw are computed from data: they go into the file, too.

import Arrays
public import Networks
import Training

extension SWAGPosterior: StorablePosterior {
  public static var kind: String { "swag" }

  public var forwardPasses: Int { draws }

  public var contents: PosteriorContents {
    var contents = PosteriorContents(
      arrays: [
        "mean": DenseArray(gaussian.mean), "variances": DenseArray(gaussian.variances),
        "deviations": gaussian.deviations,
      ], numbers: ["scale": scale, "draws": Double(draws), "batchSize": Double(batchSize)])
    contents.setSeed(seed)
    if let examples {
      contents.arrays["inputs"] = examples.inputs
      contents.arrays["targets"] = examples.targets
    }
    return contents
  }

  public init(model: BayesianModel, contents: PosteriorContents) throws(PosteriorFault) {
    let count = model.parameterCount
    let needsData = model.network.stateCount > 0
    try contents.checkNames(
      arrays: Set(["mean", "variances", "deviations"] + (needsData ? ["inputs", "targets"] : [])),
      numbers: PosteriorContents.seedNames.union(["scale", "draws", "batchSize"]))
    let variances = try contents.array("variances", shape: [count])
    guard variances.elements.allSatisfy({ $0 >= 0 }) else { throw PosteriorFault("a variance is below zero") }
    let gaussian = LowRankGaussian(
      mean: try contents.array("mean", shape: [count]).elements, variances: variances.elements,
      deviations: try contents.deviations(of: count))
    self.init(
      model: model, gaussian: gaussian, scale: try contents.number("scale", in: 0...1e6),
      draws: try contents.integer("draws", in: 1...10_000), seed: try contents.seed(),
      examples: needsData ? try contents.examples(of: model) : nil,
      batchSize: try contents.integer("batchSize", in: 1...1 << 30))
  }
}

extension PosteriorContents {
  /// D, which may have no rows. Shape [K, P].
  fileprivate func deviations(of count: Int) throws(PosteriorFault) -> DenseArray<Float> {
    if let none = arrays["deviations"], none.shape == [0, count] { return none }
    return try array("deviations", shape: [nil, count])
  }

  /// Data of the fit. At least two rows, since one has no variance.
  fileprivate func examples(of model: BayesianModel) throws(PosteriorFault) -> Examples {
    let inputs = try array("inputs", shape: [nil] + model.network.inputShape.extents)
    let rows = inputs.shape[0]
    guard rows >= 2 else { throw PosteriorFault("its data are a single row") }
    let targets = try array("targets", shape: model.targetCount > 1 ? [rows, model.targetCount] : [rows])
    return Examples(inputs: inputs, targets: targets)
  }
}
