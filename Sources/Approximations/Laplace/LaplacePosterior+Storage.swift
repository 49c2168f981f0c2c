//  LaplacePosterior+Storage.swift — a Laplace approximation as the arrays and numbers of a file.
//
//    arrays    mode [P], state [Q], slices [K]: the places in the network's layout of those that the covariance is about; and those of
//              its structure, see the extensions of `WeightPosterior`s. They tell the structures apart.
//    numbers   precision.k  of the prior, for slice k (of one for each parameter their geometric mean)     prediction, draws, seed     effectiveParameters, logEvidence

import Arrays
import Curvatures
public import Networks
import Probability

extension LaplacePosterior: StorablePosterior {
  public static var kind: String { "laplace" }

  public var forwardPasses: Int {
    if case .network(let draws) = prediction { draws } else { 1 }
  }

  public var contents: PosteriorContents {
    var contents = weights.contents
    contents.arrays["mode"] = mode
    contents.arrays["state"] = state
    let all = model.network.layout.slices
    contents.arrays["slices"] = DenseArray(
      weights.slices.map { slice in Float(all.firstIndex { $0.name == slice.name } ?? 0) })
    for (index, slice) in weights.slices.enumerated() {
      contents.numbers["precision.\(index)"] = priorPrecisions[slice.name]
    }
    contents.numbers["prediction"] = Double(prediction.number)
    contents.numbers["draws"] = Double(prediction.draws ?? 1)
    contents.numbers["effectiveParameters"] = effectiveParameters
    contents.numbers["logEvidence"] = logEvidence
    contents.setSeed(seed)
    return contents
  }

  public init(model: BayesianModel, contents: PosteriorContents) throws(PosteriorFault) {
    let prediction = try LaplacePrediction(
      number: contents.integer("prediction", in: 0...3), draws: contents.integer("draws", in: 1...1_000_000))
    if let problem = prediction.problem(for: model.likelihood) { throw PosteriorFault(problem) }
    let slices = try contents.slices(of: model)
    var precisions: [Double] = []
    for index in slices.indices {
      // Of which neither the number nor its inverse leaves the range of `Float`.
      precisions.append(try contents.number("precision.\(index)", in: 1e-37...1e37))
    }
    let weights: any WeightPosterior =
      if contents.arrays["variances"] != nil {
        try DiagonalPosterior<Float>(contents, slices: slices)
      } else if contents.arrays["directions"] != nil {
        try FactoredPosterior<Float>(contents, slices: slices)
      } else if contents.arrays["directions.high"] != nil {
        try FactoredPosterior<Double>(pairs: contents, slices: slices)
      } else if contents.arrays["factor.high"] != nil {
        try DensePosterior(contents, slices: slices)
      } else {
        try KroneckerPosterior<Float>(contents, slices: slices, precisions: precisions, model: model)
      }
    let own = weights.contents
    try contents.checkNames(
      arrays: Set(own.arrays.keys).union(["mode", "state", "slices"]),
      numbers: Set(own.numbers.keys).union(slices.indices.map { "precision.\($0)" })
        .union(PosteriorContents.seedNames).union(["prediction", "draws", "effectiveParameters"]))
    self.init(
      mode: try contents.array("mode", shape: [model.parameterCount]),
      state: try contents.array("state", shape: [model.network.stateCount]), model: model, prediction: prediction,
      logEvidence: try contents.logEvidence(), effectiveParameters: try contents.number("effectiveParameters"),
      priorPrecisions: Dictionary(uniqueKeysWithValues: zip(slices.map(\.name), precisions)), weights: weights,
      evidence: nil, seed: try contents.seed())
  }
}

extension PosteriorContents {
  /// Slices of the network, in the order of θ.
  fileprivate func slices(of model: BayesianModel) throws(PosteriorFault) -> [ParameterSlice] {
    let all = model.network.layout.slices
    let places = try array("slices", shape: [nil]).elements.compactMap { Int(exactly: $0) }
    guard places.count == arrays["slices"]?.count, places.allSatisfy(all.indices.contains),
      zip(places, places.dropFirst()).allSatisfy({ $0 < $1 })
    else { throw PosteriorFault("the array 'slices' is no ascending list of parts of the network") }
    return places.map { all[$0] }
  }
}

extension LaplacePrediction {
  fileprivate var number: Int {
    switch self {
    case .linearised: 0
    case .probit: 1
    case .laplaceBridge: 2
    case .network: 3
    }
  }

  fileprivate var draws: Int? {
    switch self {
    case .linearised(let draws), .network(let draws): draws
    case .probit, .laplaceBridge: nil
    }
  }

  fileprivate init(number: Int, draws: Int) {
    switch number {
    case 0: self = .linearised(draws: draws)
    case 1: self = .probit
    case 2: self = .laplaceBridge
    default: self = .network(draws: draws)
    }
  }
}
