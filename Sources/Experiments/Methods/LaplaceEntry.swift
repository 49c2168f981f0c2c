//  LaplaceEntry.swift — `laplace`: a normal distribution at the mode of one network, as wide as the curvature allows.
//
//  The word `auto` leaves structure and tuning to the library: see `LaplaceStructure+Suited.swift`.

import Approximations
import Arrays
import Curvatures
import Networks
import Probability
import Training

extension MethodEntry {
  /// What the command line calls the structures.
  private enum Structure: String, CaseIterable {
    case auto, kronecker, dense, diagonal, functional, subnetwork
    case lowRank = "low-rank"
    case lastLayer = "last-layer"

    func structure(_ options: MethodOptions, _ setting: FitSetting) -> LaplaceStructure {
      switch self {
      case .auto: .suited(to: setting.model, rows: setting.rows, curvature: curvature(options))
      case .kronecker: .kronecker
      case .dense: .dense
      case .diagonal: .diagonal
      case .lowRank: .lowRank(options.integer("rank"))
      case .functional: .functional(examples: options.integer("rank"))
      case .lastLayer: .lastLayer(options.choice("layer"))
      case .subnetwork: .subnetwork(options.choice("choice", as: Choice.self).subnetwork(options))
      }
    }
  }

  /// The parameters of a subnetwork.
  private enum Choice: String, CaseIterable {
    case largestVariance = "largest-variance"
    case largestMagnitude = "largest-magnitude"
    case slices

    func subnetwork(_ options: MethodOptions) -> Subnetwork {
      switch self {
      case .largestVariance: .largestVariance(count: options.integer("count"))
      case .largestMagnitude: .largestMagnitude(count: options.integer("count"))
      case .slices: .slices(options.names("over"))
      }
    }
  }

  /// Two names for one matrix: of every likelihood here the Gauss–Newton matrix is the exact Fisher information.
  private enum Matrix: String, CaseIterable {
    case gaussNewton = "gauss-newton"
    case fisher
    case sampledFisher = "sampled-fisher"
    case empiricalFisher = "empirical-fisher"
    case hessian

    func curvature(draws: Int) -> Curvature {
      switch self {
      case .gaussNewton, .fisher: .gaussNewton
      case .sampledFisher: .sampledFisher(draws: draws)
      case .empiricalFisher: .empiricalFisher
      case .hessian: .hessian
      }
    }
  }

  private static func curvature(_ options: MethodOptions) -> Curvature {
    options.choice("curvature", as: Matrix.self).curvature(draws: options.integer("targets"))
  }

  private enum Tuning: String, CaseIterable {
    case auto, linearised, shared
    case heldOut = "held-out"
    case perLayer = "per-layer"
    case perParameter = "per-parameter"
    case duringTraining = "during-training"
    case fixed

    func tuning(_ options: MethodOptions, _ training: TrainingConfiguration) -> PrecisionTuning {
      switch self {
      case .auto: .suited(to: training, curvature: curvature(options))
      case .linearised: .linearised
      case .heldOut: .heldOut
      case .shared: .shared
      case .perLayer: .perLayer
      case .perParameter: .perParameter
      case .duringTraining:
        .duringTraining(
          EvidenceSchedule(
            byLayer: options.flag("layers"), burnIn: options.integer("burn-in"),
            interval: interval(options, training)))
      case .fixed: .fixed
      }
    }
  }

  /// Curvatures during training where nobody says how many.
  private static let updates = 30

  private static func interval(_ options: MethodOptions, _ training: TrainingConfiguration) -> Int {
    options.chosenInteger("every") ?? max(1, training.epochs / updates)
  }

  /// What `auto` came to.
  private static func resolved(
    _ method: Laplace, _ structure: LaplaceStructure, _ options: MethodOptions, _ setting: FitSetting
  ) -> [String: String] {
    var resolved: [String: String] = [:]
    if options.choice("structure", as: Structure.self) == .auto { resolved["structure"] = name(of: structure) }
    if options.choice("tuning", as: Tuning.self) == .auto {
      resolved["tuning"] =
        switch method.tuning {
        case .linearised: Tuning.linearised.rawValue
        case .heldOut: Tuning.heldOut.rawValue
        default: Tuning.shared.rawValue
        }
    }
    if case .duringTraining = method.tuning, options.chosenInteger("every") == nil {
      resolved["every"] = "\(interval(options, setting.training))"
    }
    return resolved
  }

  /// In the words of the options.
  private static func name(of structure: LaplaceStructure) -> String {
    switch structure {
    case .functional(let examples): "\(Structure.functional.rawValue), of \(examples) rows"
    case .lastLayer(let layer): "\(Structure.lastLayer.rawValue), \(layer.rawValue)"
    default: Structure.dense.rawValue
    }
  }

  private enum Forecast: String, CaseIterable {
    case linearised, probit, network
    case laplaceBridge = "laplace-bridge"

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
        "layer", default: LaplaceStructure.LayerStructure.kronecker, "which part of it for the structure last-layer"
      ).only(with: .option("structure", Structure.lastLayer)),
      .integer("rank", in: 1...100_000, default: 50, "eigenpairs of low-rank, examples of functional")
        .only(with: .option("structure", Structure.lowRank, .functional)),
      .choice("choice", default: Choice.largestVariance, "the parameters of the structure subnetwork")
        .only(with: .option("structure", Structure.subnetwork)),
      .integer("count", in: 1...100_000, default: 500, "how many parameters the structure subnetwork has")
        .only(
          with: .option("structure", Structure.subnetwork),
          .option("choice", Choice.largestVariance, .largestMagnitude)),
      .names("over", "layers or parameters of the choice slices", none: "last")
        .only(with: .option("structure", Structure.subnetwork), .option("choice", Choice.slices)),
      .choice(
        "curvature", default: Matrix.gaussNewton,
        "the matrix that stands for the curvature; fisher is gauss-newton, which is exact"),
      .integer("targets", in: 1...1000, default: 1, "targets that sampled-fisher draws for each row")
        .only(with: .option("curvature", Matrix.sampledFisher)),
      .choice(
        "tuning", default: Tuning.auto,
        "what chooses the prior's precision: evidence after or during training, rows held back"),
      .integer(
        "burn-in", in: 0...1_000_000, default: LibraryDefaults.evidence.burnIn,
        "epochs before the first curvature of during-training"
      ).only(with: .option("tuning", Tuning.duringTraining)),
      .automaticInteger(
        "every", in: 1...1_000_000, "epochs between the curvatures of during-training; auto gives thirty curvatures"
      ).only(with: .option("tuning", Tuning.duringTraining)),
      .flag(
        "layers", default: LibraryDefaults.evidence.byLayer,
        "give each layer a precision of its own with during-training"
      ).only(with: .option("tuning", Tuning.duringTraining)),
      .choice("prediction", default: Forecast.linearised, "how the spread of the weights becomes one of predictions"),
      .integer("draws", in: 1...10_000, default: 100, "draws of the predictions linearised, for classes, and network")
        .only(with: .option("prediction", Forecast.linearised, .network))
        .only(with: .option("components", isNot: .integer(1))),
      .integer("components", in: 1...1000, default: 1, "posteriors, each around a mode of its own"),
    ], rehearsal: ["components": .integer(1)]
  ) { (options, setting) throws(TrainingError) in
    let (count, components) = (setting.model.parameterCount, options.integer("components"))
    let structure = options.choice("structure", as: Structure.self).structure(options, setting)
    let method = Laplace(
      structure,
      curvature: curvature(options),
      tuning: options.choice("tuning", as: Tuning.self).tuning(options, setting.training),
      prediction: options.choice("prediction", as: Forecast.self).prediction(draws: options.integer("draws")),
      memoryLimit: Int(AvailableMemory.bytes), training: setting.training)
    if let problem = method.costProblem(for: setting.model, rows: setting.rows) {
      throw TrainingError.unusable(problem)
    }
    var training = setting.training
    if case .duringTraining = method.tuning { training.earlyStopping = nil }
    let resolved = resolved(method, structure, options, setting)
    let memory = Double(components) * (60 * Double(count) + method.memory(for: setting.model))
    if components == 1 {
      return MethodPlan(
        method, setting, memory: memory, memoryUse: "the \(count) parameters and their curvature",
        cheaper: "the structure last-layer or diagonal, or fewer units", training: training, resolved: resolved)
    }
    // A mixture that predicts by draws holds them all, and a copy while they are put together.
    var draws = options.integer("draws")
    var drawn = 0.0
    if case .network = method.prediction {
      if let problem = Mixture<Laplace>.problem(components: components, draws: draws) {
        throw TrainingError.unusable(problem)
      }
      drawn = 8 * Double(draws) * Double(count)
    }
    draws = max(draws, components)
    return MethodPlan(
      Mixture(method, components: components, draws: draws), setting, memory: memory + drawn,
      memoryUse: "\(components) times \(count) parameters and their curvature"
        + (drawn > 0 ? ", and \(draws) draws of them," : ""),
      cheaper: "the structure last-layer or diagonal, fewer components, fewer draws or fewer units", training: training,
      resolved: resolved)
  }
}
