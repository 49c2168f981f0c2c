//  SamplesWritingTests.swift — draws under their names, in memory and in a file.

import Arrays
import Datasets
import Evaluation
import Foundation
import Probability
import Programs
import Sampling
import Testing

@Suite struct SamplesWritingTests {
  private static let space = ParameterSpace([Parameter("mu", shape: [2]), Parameter("tau", .positive)])
  private static let density = space.logDensity { p in
    p["mu"].logDensity(.normal([1, -1.0], 1)) + p["tau"].logDensity(.gamma(shape: 3, rate: 2))
  }

  @Test func summariesBearTheNamesOfTheModel() throws {
    let samples = try NoUTurnSampler().sample(Self.density, SamplingPlan(chains: 2, warmUp: 300, draws: 500, seed: 1))
    let summaries = samples.summaries(in: Self.space) { ["double": 2 * $0["tau"]] }
    #expect(summaries.map(\.name) == ["mu[0]", "mu[1]", "tau", "double"])
    #expect(abs(summaries[2].mean - 1.5) < 0.2 && abs(summaries[3].mean - 2 * summaries[2].mean) < 1e-12)
    #expect(samples.draws(in: Self.space)["mu"]?.shape == [2, 500, 2])
  }

  @Test func aFileHoldsParametersRecordsAndGradients() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let samples = try NoUTurnSampler().sample(Self.density, SamplingPlan(chains: 2, warmUp: 100, draws: 50, seed: 1))
    try samples.write(to: path, in: Self.space, gradientsOf: Self.density) { ["double": 2 * $0["tau"]] }
    let file = try SafetensorsFile(contentsOf: path)
    #expect(
      file.names.sorted() == [
        "acceptance", "diverging", "double", "energy", "energy_fraction", "evaluations", "gradient", "log_density",
        "mu",
        "not_a_number", "sampling_evaluations", "saturated", "step_size", "tau", "tree_depth", "warm_up_evaluations",
        "warm_up_not_a_number", "x",
      ])
    let gradient: DenseArray<Double> = try file.array(named: "gradient").converted()
    let x: DenseArray<Double> = try file.array(named: "x").converted()
    #expect(x == samples.draws && gradient.shape == [2, 50, 3])
    let expected = Self.density.valueAndGradient.run([DenseArray(Array(x.elements[6..<9]))])[1].elements
    #expect(zip(expected, gradient.elements[6..<9]).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func energiesWithoutMomentaAreNotWritten() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let plan = SamplingPlan(chains: 2, warmUp: 20, draws: 10, seed: 1)
    try RandomWalkMetropolis().sample(Self.density, plan).write(to: path, in: Self.space)
    #expect(try !SafetensorsFile(contentsOf: path).names.contains { $0.hasPrefix("energy") })
  }

  @Test func namesThatWouldBeLostAreOneSentence() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    func refusal(
      _ name: String, gradients: Bool = false, _ derived: ((ParameterValues) -> [String: Tensor])? = nil
    ) throws -> String? {
      let space = ParameterSpace([Parameter(name)])
      let density = space.logDensity { $0[name].logDensity(.normal(0, 1)) }
      let samples = try NoUTurnSampler().sample(density, SamplingPlan(chains: 2, warmUp: 20, draws: 10, seed: 1))
      do {
        try samples.write(to: path, in: space, gradientsOf: gradients ? density : nil, deriving: derived)
        return nil
      } catch { return error.description }
    }
    let problem = "has a name that the file keeps for what chains record; give it another name."
    for name in [
      "energy", "log_density", "acceptance", "gradient", "log_likelihood", "step_size", "warm_up_evaluations",
    ] {
      #expect(try refusal(name) == "\(path): the parameter \(name) \(problem)")
    }
    #expect(try refusal("x") == nil)
    #expect(try refusal("x", gradients: true)?.contains("the parameter x has a name") == true)
    let twice = try refusal("a") { ["a": 2 * $0["a"]] }
    #expect(twice == "\(path): the derived quantity a has the name of a parameter; give it another name.")
    #expect(try refusal("a") { ["saturated": $0["a"]] } == "\(path): the derived quantity saturated \(problem)")
    #expect(try refusal("a") { ["log_likelihood": $0["a"] * Tensor([1.0, 2])] } == nil)
  }
}
