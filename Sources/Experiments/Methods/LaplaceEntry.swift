//  LaplaceEntry.swift — `laplace`: a normal distribution at the mode of one network, as wide as the curvature allows.
//
//  The structure `auto` is the dense one where its P² numbers and P³ steps are little, and the Kronecker structure elsewhere.

import Approximations
import Curvatures
import Networks
import Training

extension MethodEntry {
  /// P up to which `auto` keeps all of Λ.
  private static let mostDenseParameters = 1000

  /// What the command line calls the structures.
  private enum Structure: String, CaseIterable {
    case auto, kronecker, dense, diagonal, lowRank, functional, lastLayer, subnetwork

    func structure(_ options: MethodOptions, parameters: Int) -> LaplaceStructure {
      switch self {
      case .auto: parameters <= MethodEntry.mostDenseParameters ? .dense : .kronecker
      case .kronecker: .kronecker
      case .dense: .dense
      case .diagonal: .diagonal
      case .lowRank: .lowRank(options.integer("rank"))
      case .functional: .functional(examples: options.integer("rank"))
      case .lastLayer: .lastLayer(options.choice("layer"))
      case .subnetwork: .subnetwork(options.choice("choice", as: Choice.self).subnetwork(options.integer("count")))
      }
    }
  }

  /// The parameters of a subnetwork.
  private enum Choice: String, CaseIterable {
    case largestVariance, largestMagnitude

    func subnetwork(_ count: Int) -> Subnetwork {
      switch self {
      case .largestVariance: .largestVariance(count: count)
      case .largestMagnitude: .largestMagnitude(count: count)
      }
    }
  }

  private enum Matrix: String, CaseIterable {
    case gaussNewton, sampledFisher, empiricalFisher, hessian

    var curvature: Curvature {
      switch self {
      case .gaussNewton: .gaussNewton
      case .sampledFisher: .sampledFisher(draws: 1)
      case .empiricalFisher: .empiricalFisher
      case .hessian: .hessian
      }
    }
  }

  private enum Tuning: String, CaseIterable {
    case shared, perLayer, perParameter, fixed

    var tuning: PrecisionTuning {
      switch self {
      case .shared: .shared
      case .perLayer: .perLayer
      case .perParameter: .perParameter
      case .fixed: .fixed
      }
    }
  }

  private enum Forecast: String, CaseIterable {
    case linearised, probit, laplaceBridge, network

    func prediction(draws: Int) -> LaplacePrediction {
      switch self {
      case .linearised: .linearised(draws: draws)
      case .probit: .probit
      case .laplaceBridge: .laplaceBridge
      case .network: .network(draws: draws)
      }
    }
  }

  static let laplace = MethodEntry(
    name: Laplace.name, summary: "a normal distribution at the mode of one network, as wide as the curvature allows",
    options: [
      .choice("structure", default: Structure.auto, "which part of the precision is kept; auto goes by the parameters"),
      .choice(
        "layer", default: LaplaceStructure.LayerStructure.kronecker, "which part of it for the structure lastLayer"),
      .integer("rank", in: 1...100_000, default: 50, "eigenpairs of lowRank, examples of functional"),
      .choice("choice", default: Choice.largestVariance, "the parameters of the structure subnetwork"),
      .integer("count", in: 1...100_000, default: 500, "how many parameters the structure subnetwork has"),
      .choice("curvature", default: Matrix.gaussNewton, "the matrix that stands for the curvature"),
      .choice("tuning", default: Tuning.shared, "what of the prior's precision the log evidence chooses"),
      .choice("prediction", default: Forecast.linearised, "how the spread of the weights becomes one of predictions"),
      .integer("draws", in: 1...10_000, default: 100, "draws of the predictions linearised, for classes, and network"),
    ]
  ) { (options, setting) throws(TrainingError) in
    let count = setting.model.parameterCount
    let structure = options.choice("structure", as: Structure.self).structure(options, parameters: count)
    let method = Laplace(
      structure, curvature: options.choice("curvature", as: Matrix.self).curvature,
      tuning: options.choice("tuning", as: Tuning.self).tuning,
      prediction: options.choice("prediction", as: Forecast.self).prediction(draws: options.integer("draws")),
      memoryLimit: Int(AvailableMemory.bytes), training: setting.training)
    if let problem = method.memoryProblem(for: setting.model) { throw TrainingError.unusable(problem) }
    return MethodPlan(
      method, setting, memory: 60 * Double(count) + method.memory(for: setting.model),
      memoryUse: "the \(count) parameters and their curvature",
      cheaper: "the structure lastLayer or diagonal, or fewer units")
  }
}
