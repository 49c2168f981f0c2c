//  LibraryDefaultsTests.swift — a method without options is the same by the command line and by the library.

import Approximations
import Experiments
import Networks
import Probability
import Testing
import Training

@Suite struct LibraryDefaultsTests {
  private static let training = TrainingConfiguration(epochs: 1)

  /// What the library's types have where nobody says otherwise, by method and option.
  private static var library: [String: [String: OptionValue]] {
    let phase = AveragingPhase(rate: .constant(1))
    let (swag, mixture) = (SWAG(training: training, phase: phase), Mixture(SWAG(training: training, phase: phase)))
    let chains = MarkovChains()
    let (ivon, evidence) = (VariationalOnlineNewton(training: training), EvidenceSchedule())
    let stochastic = StochasticGradientMCMC(path: .warmStart(from: 1, sampling: 1), epochs: 1)
    let swagOptions: [String: OptionValue] = [
      "from": .number(phase.start), "rank": .integer(swag.rank), "scale": .number(swag.scale),
      "draws": .integer(swag.draws),
    ]
    let chainOptions: [String: OptionValue] = [
      "chains": .integer(chains.chains), "warm-up": .integer(chains.warmUp), "draws": .integer(chains.draws),
      "thinning": .integer(chains.thinning), "acceptance": .number(chains.acceptance),
      "metric": .choice("\(chains.metric)"), "precision": .choice("\(chains.precision)"),
    ]
    func sampler(_ path: SamplingPath) -> [String: OptionValue] {
      guard case .modes(_, _, _, _, let exploration, let burnIn) = path else { return [:] }
      return [
        "exploration": .number(exploration), "burn-in": .number(burnIn), "chains": .integer(stochastic.chains),
        "temperature": .number(stochastic.temperature),
      ]
    }
    let (warmStart, cycles) = (
      sampler(.warmStart(from: 1, sampling: 1)), sampler(.modes(from: 1, sampling: 1, cycles: 4))
    )
    func with(_ dynamics: StochasticDynamics, _ path: [String: OptionValue]) -> [String: OptionValue] {
      path.merging(numbers(of: dynamics)) { $1 }
    }
    return [
      "ensemble": [
        "members": .integer(DeepEnsemble(training: training).members),
        "bagging": .flag(DeepEnsemble(training: training).bagging),
      ],
      "anchored": ["members": .integer(AnchoredEnsemble(training: training).members)],
      "bootstrap": ["members": .integer(BayesianBootstrap(training: training).members)],
      "batchensemble": ["members": .integer(BatchEnsemble(training: training).members)],
      "stein": [
        "members": .integer(SteinEnsemble(training: training).members),
        "space": .choice(SteinEnsemble(training: training).space.rawValue),
      ],
      "dropout": ["passes": .integer(MonteCarloDropout(training: training).passes)],
      "dropconnect": [
        "rate": .number(DropConnect(training: training).rate),
        "passes": .integer(DropConnect(training: training).passes),
      ],
      "snapshot": ["cycles": .integer(SnapshotEnsemble(rate: 1, training: training).cycles)],
      "swa": ["from": .number(phase.start)], "swag": swagOptions,
      "multi-swag": swagOptions.merging(["components": .integer(mixture.components)]) { $1 },
      "laplace": ["burn-in": .integer(evidence.burnIn), "layers": .flag(evidence.byLayer)],
      "ivon": [
        "curvature": .number(ivon.initialCurvature), "temperature": .number(ivon.temperature),
        "draws": .integer(ivon.predictionDraws),
      ],
      "sgld": warmStart, "psgld": with(.preconditionedLangevin(), warmStart), "sghmc": with(.hamiltonian(), warmStart),
      "sgnht": with(.thermostat(), warmStart), "csgld": cycles, "csghmc": with(.hamiltonian(), cycles),
      "nuts": chainOptions, "hmc": chainOptions,
    ]
  }

  /// The numbers of dynamics by the names of their options, with the epochs of an anchored gradient.
  private static func numbers(of dynamics: StochasticDynamics) -> [String: OptionValue] {
    guard case .anchored(let epochs) = GradientControl.anchored() else { return [:] }
    let anchor: [String: OptionValue] = ["anchor": .integer(epochs)]
    switch dynamics {
    case .langevin: return anchor
    case .preconditionedLangevin(let decay, let epsilon, let isHeld):
      return anchor.merging(["decay": .number(decay), "epsilon": .number(epsilon), "held": .flag(isHeld)]) { $1 }
    case .hamiltonian(let friction): return anchor.merging(["friction": .number(friction)]) { $1 }
    case .thermostat(let friction, let relaxation):
      return anchor.merging(["friction": .number(friction), "relaxation": .number(relaxation)]) { $1 }
    }
  }

  @Test func theCatalogueHasTheDefaultsOfTheLibrary() throws {
    for (name, values) in Self.library {
      let entry = try MethodCatalogue.entry(named: name)
      for (key, value) in values {
        #expect(entry.options.first { $0.key == key }?.standard == value, "\(name) \(key)")
      }
    }
    // The numbers that validation has chosen.
    #expect(DropConnect(training: Self.training).rate == 0.05 && BatchEnsemble(training: Self.training).members == 5)
    #expect(StochasticDynamics.preconditionedLangevin() == .preconditionedLangevin(epsilon: 1e-3))
    #expect(try MethodCatalogue.entry(named: "laplace").options.first { $0.key == "draws" }?.standard == .integer(100))
    #expect(Laplace(training: Self.training).prediction == .linearised(draws: 100))
  }

  @Test func aLaplaceApproximationWithoutOptionsIsTheSameByBothWays() throws {
    let data = try SmallData.regression()
    for (units, stops) in [(4, true), (4, false), (60, true)] {
      let description = FitDescription(
        method: MethodDescription("laplace"), network: .dense([units]), epochs: 30, stopsEarly: stops, seed: 3)
      let byName = try description.run(on: data, control: RunControl(threads: 1)).posterior
      let method = Laplace(training: try description.training(rows: data.examples.count))
      let byType = try method.fit(
        description.model(for: data), to: data.examples, seed: 3, control: RunControl(threads: 1))
      #expect(byName.contents == byType.contents && byName.logEvidence == byType.logEvidence, "\(units) \(stops)")
    }
  }
}
