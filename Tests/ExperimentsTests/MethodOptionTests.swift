//  MethodOptionTests.swift — options of methods by name are the settings of the library, bit for bit.

import Approximations
import Arrays
import Curvatures
import Experiments
import Foundation
import Networks
import Optimization
import Testing
import Training

@Suite struct MethodOptionTests {
  private static func description(_ name: String, _ options: [String: OptionValue] = [:]) -> FitDescription {
    FitDescription(
      method: MethodDescription(name, options: options), network: .dense([4, 3]), priorScale: 0.1, epochs: 30,
      stopsEarly: false, seed: 2
    )
  }

  private static func contents(_ name: String, _ options: [String: OptionValue] = [:]) throws -> PosteriorContents {
    try description(name, options).run(on: SmallData.regression(), control: RunControl(threads: 1)).posterior.contents
  }

  /// The same fit without names.
  private static func contents<Method: InferenceMethod>(
    _ name: String, _ method: (TrainingConfiguration) -> Method
  ) throws -> PosteriorContents where Method.Fitted: StorablePosterior {
    let (data, description) = (try SmallData.regression(), description(name))
    return try method(try description.training(rows: data.examples.count))
      .fit(try description.model(for: data), to: data.examples, seed: 2, control: RunControl(threads: 1)).contents
  }

  @Test func adversarialTrainingIsAnOptionOfTheEnsemble() throws {
    let named = try Self.contents("ensemble", ["members": .integer(2), "adversarial": .number(0.05)])
    let direct = try Self.contents("ensemble") {
      DeepEnsemble(members: 2, adversarial: AdversarialTraining(share: 0.05), training: $0)
    }
    let plain = try Self.contents("ensemble", ["members": .integer(2)])
    #expect(named == direct && named != plain)
  }

  @Test func ratesInCyclesAreOptionsOfAveraging() throws {
    let options: [String: OptionValue] = [
      "from": .number(0.4), "rate": .number(0.5), "cycle": .integer(3), "lowest": .number(0.1),
    ]
    let phase = AveragingPhase(from: 0.4, rate: .cyclical(0.005, to: 0.001, epochs: 3))
    let average = try Self.contents("swa") { StochasticWeightAveraging(training: $0, phase: phase) }
    #expect(try Self.contents("swa", options) == average)
    #expect(try Self.contents("swa", options.filter { !["cycle", "lowest"].contains($0.key) }) != average)
    let gaussian = try Self.contents("swag") { SWAG(training: $0, phase: phase) }
    #expect(try Self.contents("swag", options) == gaussian)
    let error = #expect(throws: TrainingError.self) {
      try Self.contents("swa", ["cycle": .integer(2), "rate": .number(0.1), "lowest": .number(0.2)])
    }
    #expect(
      error?.description
        == "the rate of a cycle falls from 0.1 to 0.2, which is more; let lowest be 0.1 or less")
  }

  @Test func chosenLayersOfALaplaceApproximationAreThoseNamed() throws {
    func laplace(_ over: String) throws -> PosteriorContents {
      try Self.contents(
        "laplace", ["structure": .choice("subnetwork"), "choice": .choice("slices"), "over": .choice(over)])
    }
    let direct = try Self.contents("laplace") {
      Laplace(.subnetwork(.slices(["0", "2.dense.bias"])), training: $0)
    }
    #expect(try laplace("0,2.dense.bias") == direct)
    let last = try laplace("last")
    #expect(try laplace("4") == last)
    #expect(last != direct)
    let error = #expect(throws: TrainingError.self) { try laplace("0,7") }
    #expect(
      error?.description
        == "no slice is named 7; the slices are 0.dense.weight, 0.dense.bias, 2.dense.weight, 2.dense.bias, "
        + "4.dense.weight, 4.dense.bias")
  }

  @Test func curvaturesHaveTheNamesOfTheField() throws {
    let matrices: [(String, Int, Curvature)] = [
      ("gauss-newton", 1, .gaussNewton), ("fisher", 1, .gaussNewton), ("sampled-fisher", 1, .sampledFisher(draws: 1)),
      ("sampled-fisher", 7, .sampledFisher(draws: 7)), ("empirical-fisher", 1, .empiricalFisher),
      ("hessian", 1, .hessian),
    ]
    var found: [PosteriorContents] = []
    for (name, targets, curvature) in matrices {
      var options: [String: OptionValue] = [
        "structure": .choice("diagonal"), "curvature": .choice(name), "tuning": .choice("fixed"),
      ]
      if name == "sampled-fisher" { options["targets"] = .integer(targets) }
      let named = try Self.contents("laplace", options)
      let direct = try Self.contents("laplace") {
        Laplace(.diagonal, curvature: curvature, tuning: .fixed, training: $0)
      }
      #expect(named == direct, "\(name), \(targets) targets")
      found.append(named)
    }
    #expect(Set(found).count == 5, "only fisher is another name")
  }
}
