//  ChainFileDiagnosisTests.swift — credence diagnose on what the samplers of the library write, and on model files of chains.

import Credence
import Foundation
import Testing

@Suite struct ChainFileDiagnosisTests {
  private static let space = ParameterSpace([Parameter("a"), Parameter("b")])

  /// The output of credence diagnose, of draws that were written after a run or streamed while it went on.
  private func diagnosis<S: Sampler>(
    _ sampler: S, _ density: LogDensity, _ plan: SamplingPlan, streams: Bool, space: ParameterSpace = space
  ) throws -> String {
    let place = try Workplace()
    let path = place.folder.appending(path: "draws.safetensors").path
    if streams {
      _ = try sampler.stream(density, plan, to: path)
    } else {
      try sampler.sample(density, plan).write(to: path, in: space)
    }
    let outcome = try place.run("diagnose", "draws.safetensors")
    #expect(outcome.code == 0, "\(outcome)")
    return outcome.output
  }

  @Test(arguments: [false, true]) func treesThatWereCutOffAreCountedAtAnyDepth(streams: Bool) throws {
    let density = Self.space.logDensity { p in p["a"].logDensity(.normal(0, 1)) + p["b"].logDensity(.normal(0, 0.01)) }
    let sampler = NoUTurnSampler(stepSize: .fixed(0.01), metric: .unit, greatestDepth: 4)
    let plan = SamplingPlan(chains: 2, warmUp: 100, draws: 100, seed: 1)
    let count = try sampler.sample(density, plan).trajectories.saturatedTrees
    #expect(count > 100)
    let text = try diagnosis(sampler, density, plan, streams: streams)
    #expect(text.contains("\(count) of 200 trajectories were cut off at the greatest depth."), "\(text)")
    // Trees of more than ten doublings, none of which is cut off.
    let even = Self.space.logDensity { p in p["a"].logDensity(.normal(0, 1)) + p["b"].logDensity(.normal(0, 1)) }
    let deep = NoUTurnSampler(stepSize: .fixed(0.001), metric: .unit, greatestDepth: 14)
    let short = SamplingPlan(chains: 2, warmUp: 0, draws: 10, seed: 1)
    let samples = try deep.sample(even, short)
    #expect(samples.transitions.joined().contains { $0.treeDepth >= 10 } && samples.trajectories.saturatedTrees == 0)
    #expect(try !diagnosis(deep, even, short, streams: streams).contains("cut off"))
  }

  @Test(arguments: [
    ("", 7), ("# max_depth = 12\n", 0), ("#   max_depth = 9 (Default)\n", 200), ("# max_treedepth=10\n", 7),
  ])
  func filesOfStanCountTreesAtTheDepthOfTheirHeaderOrTen(header: String, cutOff: Int) throws {
    let place = try Workplace()
    var normals = Normals()
    var text = header + "treedepth__,divergent__,mu\n"
    for row in 0..<200 { text += "\(row < 7 ? 10 : 9),0,\(normals.next())\n" }
    try place.write(text, to: "stan.csv")
    let output = try place.run("diagnose", "stan.csv").output
    #expect(
      output.contains("\(cutOff) of 200 trajectories were cut off at the greatest depth.") == (cutOff > 0), "\(output)")
    #expect(output.contains("cut off") == (cutOff > 0), "\(output)")
  }

  @Test func recordsOfOtherLibrariesAreNoParameters() throws {
    let place = try Workplace()
    var normals = Normals()
    let mu = DenseArray((0..<200).map { _ in normals.next() }, shape: [2, 100])
    func constant(_ value: Double) -> StoredArray {
      StoredArray(DenseArray([Double](repeating: value, count: 200), shape: [2, 100]))
    }
    try SafetensorsFile.write(
      [
        "mu": StoredArray(mu), "acceptance_rate": constant(0.9), "n_steps": constant(7),
        "reached_max_treedepth": constant(1),
      ], to: place.folder.appending(path: "arviz.safetensors").path)
    let output = try place.run("diagnose", "arviz.safetensors").output
    #expect(output.contains("200 of 200 trajectories were cut off at the greatest depth."), "\(output)")
    #expect(output.contains("Acceptance of each chain: 0.9000, 0.9000."), "\(output)")
    #expect(!output.contains("n_steps") && !output.contains("did not change"), "\(output)")
  }

  @Test(arguments: [false, true]) func valuesThatAreNotANumberAreReported(streams: Bool) throws {
    let space = ParameterSpace([Parameter("rate")])
    let density = space.logDensity { p in log(p["rate"]) - p["rate"] }
    let plan = SamplingPlan(chains: 2, warmUp: 100, draws: 500, seed: 1)
    let counts = try RandomWalkMetropolis().sample(density, plan).trajectories.notANumber
    let text = try diagnosis(RandomWalkMetropolis(), density, plan, streams: streams, space: space)
    #expect(
      text.contains(
        "The log density was not a number, or +∞, at \(counts[0] + counts[1]) points on the way of chains 1 and 2: such "
          + "points were rejected."), "\(text)")
  }

  @Test func whatASupportFixesIsCalledConstantAndIsNoFault() throws {
    let space = ParameterSpace([Parameter("L", .correlationFactor, shape: [2, 2])])
    let density = space.logDensity { $0["L"].logDensity(.correlationFactor(2)) }
    let plan = SamplingPlan(chains: 4, warmUp: 300, draws: 1000, seed: 1)
    let text = try diagnosis(NoUTurnSampler(), density, plan, streams: false, space: space)
    func cells(_ name: String) -> [Substring] {
      text.split(separator: "\n").first { $0.hasPrefix(name) }?.split(separator: " ") ?? []
    }
    let fixed: [Substring] = ["L[0,0]", "1.000", "constant", "1.000", "1.000", "1.000", "–", "–", "–", "–"]
    #expect(cells("L[0,0]") == fixed, "\(text)")
    #expect(cells("L[0,1]").contains("constant") && !cells("L[1,0]").contains("constant"))
    #expect(text.contains("Nothing is wrong."), "\(text)")
    let summaries = try NoUTurnSampler().sample(density, plan).summaries(in: space)
    #expect(summaries.map(\.name) == ["L[1,0]", "L[1,1]"])
  }

  @Test func aModelFileOfChainsIsDiagnosedByItsPredictions() throws {
    let place = try Workplace()
    try place.split("iris.csv")
    let options = ["chains=2", "draws=60", "warm-up=60", "thinning=1"].flatMap { ["--option", $0] }
    let fit = [
      "fit", "train.csv", "--target", "y", "--method", "nuts", "--network", "2", "--out", "m.credence", "--quiet",
    ]
    let fitted = try place.start(fit + options).wait()
    #expect(fitted.code == 0, "\(fitted.errors)")
    let alone = try place.run("diagnose", "m.credence")
    #expect(
      alone.errors
        == "credence: m.credence: this is a fitted model and no file of draws; chains of a network should "
        + "agree in its predictions, so name rows to predict: credence diagnose m.credence --data rows.csv.\n")
    let outcome = try place.run("diagnose", "m.credence", "--data", "test.csv")
    #expect(
      outcome.code == 0 && outcome.output.contains("2 chains") && outcome.output.contains("R-hat at most "),
      "\(outcome)")
    struct Diagnosis: Decodable {
      let greatestRHat, leastEnergyFraction: Double
      let divergences, saturatedTrees, gradientCount: Int
      let text: String
    }
    let json = try place.run("diagnose", "m.credence", "--data", "test.csv", "--format", "json").output
    let diagnosis = try JSONDecoder().decode(Diagnosis.self, from: Data(json.utf8))
    let chains = try #require(
      try FittedModel(contentsOf: place.folder.appending(path: "m.credence").path).posterior as? MarkovChainsPosterior)
    #expect(diagnosis.greatestRHat > 0.9 && diagnosis.leastEnergyFraction == chains.leastEnergyFraction)
    #expect(diagnosis.divergences == chains.divergences && diagnosis.saturatedTrees == chains.saturatedTrees)
    #expect(diagnosis.gradientCount == chains.gradientCount && diagnosis.gradientCount > 0)
    #expect(diagnosis.text == outcome.output)
    let draws = try place.run("diagnose", "test.csv", "--data", "test.csv")
    #expect(draws.code == 1 && !draws.errors.isEmpty)
  }
}
