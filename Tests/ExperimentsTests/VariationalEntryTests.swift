//  VariationalEntryTests.swift — families, bounds and starts of `variational` as options.

import Approximations
import Arrays
import Experiments
import Foundation
import Testing
import Training

@Suite struct VariationalEntryTests {
  private static func description(_ options: [String: OptionValue]) -> FitDescription {
    FitDescription(
      method: MethodDescription("variational", options: options), network: .dense([4, 3]), epochs: 60, seed: 2)
  }

  @Test(
    arguments: [
      ["family": .choice("planar")], ["family": .choice("real-nvp"), "layers": .integer(2), "hidden": .integer(3)],
      ["family": .choice("planar"), "over": .choice("0,4.dense.bias")], ["family": .choice("low-rank")],
      ["family": .choice("full-rank")], ["family": .choice("matrix-normal")], ["family": .choice("radial")],
      ["family": .choice("last-layer"), "of-last": .choice("low-rank")],
      ["family": .choice("last-layer"), "of-last": .choice("mean-field")],
      ["estimator": .choice("local-reparameterisation")], ["estimator": .choice("flipout")],
      ["start": .choice("mode")], ["start": .choice("mode-prior")], ["start": .choice("mode-scale")],
      ["alpha": .number(0.5), "samples": .integer(3)], ["samples": .integer(2)],
    ] as [[String: OptionValue]])
  func everyChoiceIsFittedWrittenAndReadAgain(_ options: [String: OptionValue]) throws {
    let data = try SmallData.regression()
    let model = try Self.description(options).run(on: data, control: RunControl(threads: 1))
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).credence").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try model.write(to: path)
    let read = try FittedModel(contentsOf: path)
    let inputs = data.examples.inputs
    #expect(read.predict(inputs, threads: 1).mean == model.predict(inputs, threads: 1).mean)
    #expect(read.record.settings == Self.description(options))
    let spread = model.predict(inputs, threads: 1).standardDeviation
    #expect(spread.allSatisfy { $0 > 0 && $0.isFinite })
  }

  @Test func theFlowLiesOverTheLastLayerAndAMeanFieldBeforeIt() throws {
    let data = try SmallData.regression()
    let model = try Self.description(["family": .choice("planar"), "layers": .integer(3)]).run(on: data)
    // 1 · 4 + 4 and 4 · 3 + 3 of the layers before, 3 + 1 of the last; log σ is a point.
    let (before, last) = (8 + 15, 4)
    let parameters = try #require(model.posterior.contents.arrays["parameters"])
    #expect(parameters.count == 2 * before + 2 * last + 3 * (2 * last + 1) + 1)
  }

  private static func refusal(_ options: [String: OptionValue]) throws -> String {
    let error = #expect(throws: TrainingError.self) { try description(options).run(on: SmallData.regression()) }
    return error?.description ?? "none"
  }

  @Test func whatCannotBeIsRefusedWithTheReason() throws {
    #expect(
      try Self.refusal(["alpha": .number(0.5)])
        == "a Rényi bound with alpha 0.5 is one of several draws; let samples be 2 or more")
    #expect(
      try Self.refusal(["family": .choice("planar"), "over": .choice("9")]).hasPrefix(
        "no slice is named 9; the slices are 0.dense.weight, 0.dense.bias, "))
    #expect(
      try Self.refusal(["family": .choice("full-rank"), "start": .choice("mode-scale")])
        == "a prior taken from a mode is there for mean fields with the evidence lower bound of one draw")
  }

  @Test func namesOfEarlierVersionsAreTheSameChoices() throws {
    let options: [String: OptionValue] = [
      "family": .choice("meanField"), "estimator": .choice("localReparameterisation"),
    ]
    let (_, resolved) = try MethodDescription("variational", options: options).resolved()
    #expect(resolved.choice("family") == "mean-field")
    #expect(resolved.choice("estimator") == "local-reparameterisation")
    let old = Data(#"{"meanField":{"_0":"localReparameterisation"}}"#.utf8)
    #expect(try JSONDecoder().decode(VariationalFamily.self, from: old) == .meanField(.localReparameterisation))
  }
}
