//  VariationalEntry.swift — `variational`: the distribution of a family that is nearest to the posterior.
//
//  On small tables the noise of one draw a step keeps means from where the data would have them, and the divergence then closes
//  the units that say too little: the fit explains by noise what it could predict. Three tenths of the learning rate of other
//  methods were better on most tables tried, and a little worse on two small ones: see the page of the family.

import Approximations
import Networks
import Probability
import Training

extension MethodEntry {
  /// What the command line calls the families.
  private enum Family: String, CaseIterable {
    case meanField = "mean-field"
    case fullRank = "full-rank"
    case lowRank = "low-rank"
    case matrixNormal = "matrix-normal"
    case radial
    case lastLayer = "last-layer"
    case planar
    case realNVP = "real-nvp"

    func family(_ options: MethodOptions) -> VariationalFamily {
      let layers = options.integer("layers")
      switch self {
      case .meanField: return .meanField(options.choice("estimator"))
      case .fullRank: return .fullRank
      case .lowRank: return .lowRank(rank: options.integer("rank"))
      case .matrixNormal: return .matrixNormal
      case .radial: return .radial
      case .lastLayer: return .lastLayer(options.choice("of-last", as: LastLayer.self).family(options))
      case .planar: return .planarFlow(layers: layers, slices: options.names("over"))
      case .realNVP:
        return .couplingFlow(layers: layers, hidden: options.integer("hidden"), slices: options.names("over"))
      }
    }
  }

  private enum LastLayer: String, CaseIterable {
    case fullRank = "full-rank"
    case lowRank = "low-rank"
    case meanField = "mean-field"

    func family(_ options: MethodOptions) -> LastLayerFamily {
      switch self {
      case .fullRank: .fullRank
      case .lowRank: .lowRank(rank: options.integer("rank"))
      case .meanField: .meanField
      }
    }
  }

  /// Where the means begin, and whether the prior is taken from there.
  private enum Start: String, CaseIterable {
    case initialiser, mode
    case modePrior = "mode-prior"
    case modeScale = "mode-scale"

    func start(_ setting: FitSetting) throws(TrainingError) -> VariationalStart {
      switch self {
      case .initialiser: return .initialiser
      case .mode: return .mode(setting.training)
      case .modeScale: return .mode(setting.training, prior: .scaledToMode)
      case .modePrior:
        guard case .normal(let scale) = setting.model.prior else {
          throw .unusable("the prior around a mode is normal with the scale of the prior, and this prior is not normal")
        }
        return .mode(setting.training, prior: .centredOnMode(scale: scale))
      }
    }
  }

  private static let mostRowsOfSmallTables = 20_000

  static let variational = MethodEntry(
    name: VariationalInference.name, summary: "the nearest distribution of a family, by the evidence lower bound",
    options: [
      .choice("family", default: Family.meanField, "the distributions among which the nearest is found"),
      .choice("estimator", default: WeightEstimator.draw, "how the bound of a mean field is estimated")
        .only(with: .option("family", Family.meanField)),
      .integer("rank", in: 1...1000, default: 5, "the rank of low-rank")
        .only(with: .option("family", Family.lowRank))
        .only(with: .option("family", Family.lastLayer), .option("of-last", LastLayer.lowRank)),
      .choice("of-last", default: LastLayer.fullRank, "the distribution of the last layer in the family last-layer")
        .only(with: .option("family", Family.lastLayer)),
      .integer("layers", in: 1...256, default: 4, "layers of the flows planar and real-nvp")
        .only(with: .option("family", Family.planar, .realNVP)),
      .integer("hidden", in: 1...4096, default: 16, "hidden units of the networks in a layer of real-nvp")
        .only(with: .option("family", Family.realNVP)),
      .names("over", "layers or parameters that a flow bends; the others are a mean field", none: "last")
        .only(with: .option("family", Family.planar, .realNVP)),
      .choice(
        "start", default: Start.initialiser,
        "where the means begin; at a mode, its prior may be centred there or have its scale"),
      .number(
        "alpha", in: -100...100, default: 1,
        "the order of the Rényi bound, exact where a batch has all rows; 1 is the evidence lower bound"),
      .integer(
        "samples", in: 1...1000, default: LibraryDefaults.variational.objective.draws,
        "draws a step; a Rényi bound needs two"),
      .number(
        "spread", in: 1e-6...10, default: LibraryDefaults.variational.initialSpread,
        "the first standard deviations, as a share of the usual start"),
      .automaticNumber(
        "annealing", in: 0...1,
        "share of the steps in which the divergence's weight rises to one; auto takes 0.5 where noise is learned, otherwise 0"
      ),
      .integer(
        "draws", in: 1...10_000, default: LibraryDefaults.variational.predictionDraws,
        "draws that a prediction averages over"),
    ],
    defaults: { training, _ in
      training.stopsEarly = false
      // The noise of its gradients is that of the drawn weights, which more rows do not lessen.
      training.learningRate /= max(1, (Double(training.batchSize) / 32).squareRoot())
      if training.rows <= mostRowsOfSmallTables { training.learningRate *= 0.3 }
    }
  ) { (options, setting) throws(TrainingError) in
    let (count, draws) = (setting.model.parameterCount, options.integer("draws"))
    let annealing = options.chosenNumber("annealing").map { $0 > 0 ? DivergenceAnnealing.linear(share: $0) : .none }
    let (alpha, samples) = (options.number("alpha"), options.integer("samples"))
    guard alpha == 1 || samples >= 2 else {
      throw .unusable("a Rényi bound with alpha \(alpha) is one of several draws; let samples be 2 or more")
    }
    let choice: Family = options.choice("family")
    let family = choice.family(options)
    let limit = Int(AvailableMemory.bytes)
    let more =
      choice == .meanField ? 0 : try BlockFamily(family, over: setting.model, memoryLimit: limit).memory
    let method = VariationalInference(
      family: family,
      objective: alpha == 1 ? .evidenceLowerBound(draws: samples) : .renyi(alpha: alpha, draws: samples),
      start: try options.choice("start", as: Start.self).start(setting), initialSpread: options.number("spread"),
      annealing: annealing, predictionDraws: draws, training: setting.training, memoryLimit: limit)
    return MethodPlan(
      method, setting, memory: 4 * Double(count) * (12 + 2 * Double(draws)) + more,
      memoryUse: "a distribution over \(count) parameters and \(draws) draws",
      cheaper: "the family mean-field or fewer draws",
      resolved: annealing == nil ? ["annealing": "\(method.annealing(of: setting.model))"] : [:])
  }
}
