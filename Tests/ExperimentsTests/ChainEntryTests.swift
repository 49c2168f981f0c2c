//  ChainEntryTests.swift — chains by name: their options, streamed draws, and steps that fit the noise.

import Approximations
import Experiments
import Foundation
import Networks
import Probability
import Testing
import Training

@Suite struct ChainEntryTests {
  private static func fit(
    _ name: String, _ options: [String: OptionValue] = [:], stopsEarly: Bool = false,
    control: RunControl = RunControl(threads: 1)
  ) throws -> FittedModel {
    try FitDescription(
      method: MethodDescription(name, options: options), network: .dense([6]), epochs: 60, batchSize: 8,
      stopsEarly: stopsEarly, seed: 4
    ).run(on: try SmallData.regression(), control: control)
  }

  /// A model of `SmallData.regression` whose noise is known, so that no pilot looks for it.
  private static let known = BayesianModel(
    .multilayerPerceptron(inputs: 1, hidden: [6], outputs: 1), prior: .normal(scale: 1),
    likelihood: .gaussian(noise: .fixed(0.2)))

  /// Four draws of a chain of `known`, by its name and its options.
  private static func chain(_ name: String, _ options: [String: OptionValue]) throws -> PosteriorContents {
    let examples = try SmallData.regression().examples
    let method = MethodDescription(name, options: options.merging(["draws": .integer(4)]) { $1 })
    let description = FitDescription(
      method: method, network: .dense([6]), epochs: 20, batchSize: 8, stopsEarly: false)
    return try description.plan(known, rows: examples.count).fit(examples, 4, RunControl(threads: 1)).posterior.contents
  }

  /// The same by the library.
  private static func chain(_ dynamics: StochasticDynamics, _ path: SamplingPath) throws -> PosteriorContents {
    let method = StochasticGradientMCMC(dynamics, path: path, epochs: 20, batchSize: 8, draws: 4)
    return try method.fit(known, to: SmallData.regression().examples, seed: 4, control: RunControl(threads: 1))
      .draws.contents
  }

  @Test(arguments: ["sgld", "csghmc"]) func drawsThatAreStreamedToDiskAreTheSame(name: String) throws {
    let memory = try Self.fit(name, ["chains": .integer(2), "draws": .integer(5)])
    #expect(memory.posterior.forwardPasses == 10)
    let options: [String: OptionValue] = [
      "chains": .integer(2), "draws": .integer(5), "storage": .choice("disk"),
    ]
    let isTheSame = try Self.fit(name, options).posterior.contents == memory.posterior.contents
    #expect(isTheSame)
    // Beside a checkpoint, and in pieces.
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var pieces = 0
    while pieces < 200 {
      pieces += 1
      let control = RunControl(
        threads: 1, checkpoint: CheckpointFolder(path: folder, resumes: true, interval: 0), shouldStop: { true })
      do {
        let model = try Self.fit(name, options, control: control)
        let isTheSame = model.posterior.contents == memory.posterior.contents
        #expect(isTheSame)
        break
      } catch {
        guard case .interrupted(_, canResume: true) = error as? TrainingError else { throw error }
        #expect(FileManager.default.fileExists(atPath: folder + "/draws"))
      }
    }
    #expect(pieces > 10 && !FileManager.default.fileExists(atPath: folder + "/draws"))
  }

  @Test func controlVariatesAndTemperaturesAreOptions() throws {
    let plain = try Self.fit("sghmc").posterior.contents
    for option in ["control": OptionValue.choice("anchored"), "temperature": .number(0.1), "rate": .number(0.2)] {
      let isTheSame = try Self.fit("sghmc", [option.key: option.value]).posterior.contents == plain
      #expect(!isTheSame, "\(option.key)")
    }
  }

  @Test(arguments: ["sgld", "psgld", "sghmc", "sgnht", "csgld", "csghmc"])
  func theNoiseOfAChainIsThatOfAPilot(name: String) throws {
    func noise(stopsEarly: Bool) throws -> Double? {
      let family = try Self.fit(name, stopsEarly: stopsEarly).record.model.likelihood.family
      guard case .gaussian(.fixed(let noise)) = family else { return nil }
      return noise
    }
    let (chosen, first) = (try noise(stopsEarly: true), try noise(stopsEarly: false))
    #expect(chosen != nil && chosen != 0.5 && first == 0.5, "\(String(describing: chosen))")
  }

  /// The first rate is twice 0.01, that of one network; while the chain samples it is a share of that, and of the variance
  /// of the noise, 0.2², or, with a preconditioner, of its deviation.
  @Test(arguments: [
    ("sgld", StochasticDynamics.langevin, 0.15 * 0.02 * (0.2 * 0.2)),
    ("psgld", .preconditionedLangevin(epsilon: 1e-3), 0.0025 * 0.02 * 0.2),
  ])
  func theRateOfAChainFollowsTheNoise(name: String, dynamics: StochasticDynamics, rate: Double) throws {
    let expected = try Self.chain(dynamics, .modes(from: 0.02, sampling: rate, exploration: 0.3, burnIn: 0.3))
    let isTheSame = try Self.chain(name, [:]) == expected
    #expect(isTheSame)
  }

  /// Each number of the dynamics, given by its option, makes the chain of the library with that number.
  @Test(arguments: [
    ("psgld", ["decay": OptionValue.number(0.9)], StochasticDynamics.preconditionedLangevin(decay: 0.9)),
    ("psgld", ["epsilon": .number(0.1)], .preconditionedLangevin(epsilon: 0.1)),
    ("psgld", ["held": .flag(false)], .preconditionedLangevin(isHeld: false)),
    ("sghmc", ["friction": .number(0.3)], .hamiltonian(friction: 0.3)),
    ("sgnht", ["friction": .number(0.3)], .thermostat(friction: 0.3)),
    ("sgnht", ["relaxation": .number(0.05)], .thermostat(relaxation: 0.05)),
  ])
  func theNumbersOfDynamicsAreOptions(
    name: String, options: [String: OptionValue], dynamics: StochasticDynamics
  ) throws {
    let noise = name == "psgld" ? 0.2 : 0.2 * 0.2
    let expected = try Self.chain(
      dynamics, .modes(from: 0.02, sampling: 0.1 * 0.02 * noise, exploration: 0.3, burnIn: 0.3))
    let rate: [String: OptionValue] = ["rate": .number(0.1)]
    let isTheSame = try Self.chain(name, rate.merging(options) { $1 }) == expected
    #expect(isTheSame)
    let isAnother = try Self.chain(name, rate) != expected
    #expect(isAnother, "the default is another number")
  }

  @Test func anAnchorLastsForItsEpochs() throws {
    let anchored: [String: OptionValue] = ["control": .choice("anchored")]
    let one = try Self.fit("sgld", anchored).posterior.contents
    let isTheSame = try Self.fit("sgld", anchored.merging(["anchor": .integer(1)]) { $1 }).posterior.contents == one
    let isAnother = try Self.fit("sgld", anchored.merging(["anchor": .integer(7)]) { $1 }).posterior.contents != one
    #expect(isTheSame && isAnother)
  }

  @Test func numbersThatDynamicsCannotHaveAreRefused() {
    #expect(
      sentence("sghmc", ["friction": .number(0)])
        == "the option friction of the method sghmc is a number from 1e-06 to 1, not '0.0'")
    #expect(sentence("sgnht", ["friction": .number(1.5)]).hasSuffix("is a number from 1e-06 to 1, not '1.5'"))
    #expect(sentence("sgnht", ["relaxation": .number(0)]).contains("option relaxation of the method sgnht is a number"))
    #expect(sentence("psgld", ["decay": .number(1)]).hasSuffix("is a number from 0 to 0.999999, not '1.0'"))
    #expect(sentence("psgld", ["epsilon": .number(0)]).contains("option epsilon of the method psgld is a number"))
    #expect(sentence("sgld", ["friction": .number(0.1)]).hasPrefix("the method sgld has no option 'friction'"))
    #expect(
      sentence("sghmc", ["anchor": .integer(2)])
        == "the option anchor of the method sghmc is used only where control is anchored; here control is none")
  }

  /// Two cycles of the paper's path: the dynamics explore, and each cosine begins at r · 0.02 · 0.2².
  @Test(arguments: [("csgld", StochasticDynamics.langevin), ("csghmc", .hamiltonian())])
  func aCyclicalPathIsThatOfTheLibrary(name: String, dynamics: StochasticDynamics) throws {
    func found(_ options: [String: OptionValue]) throws -> PosteriorContents {
      let cycles: [String: OptionValue] = ["cycles": .integer(2), "exploration": .number(0.6), "rate": .number(0.4)]
      return try Self.chain(name, cycles.merging(options) { $1 })
    }
    let expected = try Self.chain(dynamics, .cyclical(0.4 * 0.02 * (0.2 * 0.2), cycles: 2, exploration: 0.6))
    let isTheSame = try found(["path": .choice("cyclical")]) == expected
    #expect(isTheSame)
    let isAnother = try found([:]) != expected
    #expect(isAnother, "modes are the default")
    let error = #expect(throws: TrainingError.self) {
      try found(["path": .choice("cyclical"), "burn-in": .number(0.1)])
    }
    #expect(
      error?.description
        == "a cyclical path has no burn-in, its draws begin where a cycle has explored; take burn-in=0")
  }

  @Test(arguments: [nil, .integer(30)] as [OptionValue?]) func cyclesThatAllExploreAreRefused(draws: OptionValue?)
    throws
  {
    let error = #expect(throws: TrainingError.self) {
      try Self.fit(
        "csgld",
        ["path": .choice("cyclical"), "cycles": .integer(90)].merging(draws.map { ["draws": $0] } ?? [:]) { $1 })
    }
    let sentence = try #require(error).description
    #expect(
      sentence.hasPrefix("none of the ") && sentence.hasSuffix("take fewer cycles, less exploration or more epochs"),
      "\(sentence)")
  }

  @Test(arguments: ["multi-swag", "laplace"]) func aMixtureWithFewerDrawsThanComponentsIsRefused(name: String) throws {
    var options: [String: OptionValue] = ["components": .integer(7), "draws": .integer(5)]
    if name == "laplace" { options["prediction"] = .choice("network") }
    let error = #expect(throws: TrainingError.self) { try Self.fit(name, options) }
    #expect(
      error?.description
        == "a mixture of 7 components averages over a draw of each at least, and 5 draws are fewer; let draws be 7 or more, "
        + "or take fewer components")
  }

  @Test func aRunTooShortForItsDrawsKeepsFewer() throws {
    let model = try FitDescription(
      method: MethodDescription("sghmc"), network: .dense([4]), epochs: 1, stopsEarly: false
    ).run(on: try SmallData.regression(), control: RunControl(threads: 1))
    #expect(model.posterior.forwardPasses < 30)
    let error = #expect(throws: TrainingError.self) {
      try FitDescription(
        method: MethodDescription("sghmc", options: ["draws": .integer(30)]), network: .dense([4]), epochs: 1,
        batchSize: 6, stopsEarly: false
      ).run(on: try SmallData.regression(), control: RunControl(threads: 1))
    }
    #expect(
      error?.description
        == "30 draws of a chain are more than a run of 5 steps keeps, which are 3; take more epochs, or fewer draws")
  }
}
