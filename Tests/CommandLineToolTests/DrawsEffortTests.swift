//  DrawsEffortTests.swift — credence diagnose: the steps of chains, and how often the log density was evaluated.

import Credence
import Foundation
import Testing

@Suite struct DrawsEffortTests {
  private struct Diagnosis: Decodable {
    struct Effort: Decodable, Equatable {
      var stepSizes: [Double] = []
      var acceptances: [Double] = []
      var treeDepths: [Double] = []
      var greatestTreeDepths: [Int] = []
      var divergences: [Int] = []
      var evaluations: [Int] = []
      var warmUpEvaluations: [Int] = []
      var notANumber: [Int] = []
      var warmUpNotANumber: [Int] = []
      var evaluationsPerEffectiveDraw: Double?
      var slowestQuantity: String?
    }
    struct Parameter: Decodable {
      let name: String
      let bulkEffectiveSampleSize, tailEffectiveSampleSize: Double
    }
    let effort: Effort
    let parameters: [Parameter]
  }

  private func diagnosis(_ place: Workplace, _ files: String...) throws -> Diagnosis {
    let outcome = try place.start(["diagnose"] + files + ["--format", "json"]).wait()
    #expect(outcome.code == 0, "\(outcome.errors)")
    return try JSONDecoder().decode(Diagnosis.self, from: Data(outcome.output.utf8))
  }

  /// Of the quantity that has fewest effective draws.
  private func slowest(_ found: Diagnosis) throws -> (name: String, effectiveDraws: Double) {
    let sizes = found.parameters.map { ($0.name, min($0.bulkEffectiveSampleSize, $0.tailEffectiveSampleSize)) }
    return try #require(sizes.min { $0.1 < $1.1 })
  }

  /// Γ(2, 1) without its support, of which some values are not a number.
  private static let space = ParameterSpace([Parameter("g"), Parameter("z")])
  private static let density = space.logDensity { log($0["g"]) - $0["g"] + $0["z"].logDensity(.normal(0, 1)) }
  private static let plan = SamplingPlan(chains: 2, warmUp: 100, draws: 200, thinning: 3, seed: 1)
  private static let starts = StartingPoints.given([[1, 0], [1, 0]])

  @Test(arguments: [false, true]) func aRunSaysWhatItTook(streams: Bool) throws {
    let place = try Workplace()
    let path = place.folder.appending(path: "draws.safetensors").path
    let samples = try NoUTurnSampler().sample(Self.density, Self.plan, from: Self.starts)
    if streams {
      _ = try NoUTurnSampler().stream(Self.density, Self.plan, to: path, in: Self.space, from: Self.starts)
    } else {
      try samples.write(to: path, in: Self.space)
    }
    let found = try diagnosis(place, "draws.safetensors")
    let (warmUp, sampling) = samples.evaluations
    #expect(found.parameters.map(\.name).sorted() == ["g", "log_density", "z"])
    #expect(found.effort.stepSizes == samples.stepSizes && found.effort.stepSizes.count == 2)
    let records = samples.transitions
    func averages(_ value: (Transition) -> Double) -> [Double] {
      records.map { $0.reduce(0) { $0 + value($1) } / Double($0.count) }
    }
    #expect(found.effort.acceptances == averages(\.acceptance))
    #expect(found.effort.treeDepths == averages { Double($0.treeDepth) })
    #expect(found.effort.greatestTreeDepths == records.map { $0.map(\.treeDepth).max() ?? 0 })
    #expect(found.effort.divergences == records.map { $0.count(where: \.isDivergent) })
    #expect(found.effort.evaluations.count == 2 && found.effort.evaluations.reduce(0, +) == sampling)
    #expect(found.effort.warmUpEvaluations.count == 2 && found.effort.warmUpEvaluations.reduce(0, +) == warmUp)
    #expect(found.effort.notANumber == samples.notANumber.map(\.sampling))
    #expect(found.effort.warmUpNotANumber == samples.notANumber.map(\.warmUp))
    let (name, effectiveDraws) = try slowest(found)
    let share = Double(sampling) / effectiveDraws
    #expect(found.effort.evaluationsPerEffectiveDraw == share && found.effort.slowestQuantity == name)

    let text = try place.run("diagnose", "draws.safetensors").output
    let lines = text.split(separator: "\n").map(String.init)
    let steps = try #require(lines.first { $0.hasPrefix("Step size of each chain: ") })
    let sizes = steps.dropLast().split(separator: " ").compactMap { Double($0.filter { $0 != "," }) }
    #expect(sizes.count == 2 && zip(sizes, samples.stepSizes).allSatisfy { abs($0 / $1 - 1) < 1e-3 }, "\(steps)")
    #expect(lines.contains { $0.hasPrefix("Acceptance of each chain: 0.") })
    let deepest = found.effort.greatestTreeDepths.max() ?? 0
    #expect(lines.contains { $0.hasPrefix("Tree depth of each chain: ") && $0.hasSuffix("; at most \(deepest).") })
    let line = try #require(lines.first { $0.hasPrefix("Evaluations of the log density: ") })
    #expect(line.hasPrefix("Evaluations of the log density: \(sampling) after the warm-up, "), "\(line)")
    #expect(line.hasSuffix(" for each effective draw of \(name); \(warmUp) in the warm-up."), "\(line)")
    let shown = line.split(separator: " ").compactMap { Double($0) }.dropFirst().first ?? 0
    #expect(abs(shown / share - 1) < 1e-3, "\(line)")
    let unknown = samples.notANumber.reduce(0) { $0 + $1.warmUp }
    #expect(unknown > 1)
    #expect(
      lines.contains("In the warm-up the log density was not a number, or +∞, at \(unknown) points."), "\(text)")
  }

  /// Rows of CmdStan, whose steps are of so many leapfrog steps.
  private func stan(step: Double, leaps: Int, thin: Int, _ normals: inout Normals) -> String {
    var text = "# thin = \(thin)\nlp__,accept_stat__,stepsize__,treedepth__,n_leapfrog__,divergent__,energy__,mu\n"
    text += "# Adaptation terminated\n"
    for row in 0..<200 {
      text += "\(normals.next()),0.9,\(step),3,\(leaps + row % 2),0,\(normals.next()),\(normals.next())\n"
    }
    return text
  }

  @Test func stepsAndLeapsOfStanAreRead() throws {
    let place = try Workplace()
    var normals = Normals()
    try place.write(stan(step: 0.5, leaps: 7, thin: 1, &normals), to: "1.csv")
    try place.write(stan(step: 0.25, leaps: 15, thin: 1, &normals), to: "2.csv")
    let found = try diagnosis(place, "1.csv", "2.csv")
    let (name, effectiveDraws) = try slowest(found)
    #expect(
      found.effort
        == .init(
          stepSizes: [0.5, 0.25], acceptances: [0.9, 0.9], treeDepths: [3, 3], greatestTreeDepths: [3, 3],
          divergences: [0, 0], evaluations: [1500, 3100],
          evaluationsPerEffectiveDraw: 4600 / effectiveDraws, slowestQuantity: name))
    #expect(found.parameters.map(\.name) == ["lp__", "mu"])
    let text = try place.run("diagnose", "1.csv", "2.csv").output
    #expect(
      text.contains(
        "Step size of each chain: 0.5000, 0.2500.\nAcceptance of each chain: 0.9000, 0.9000.\n"
          + "Tree depth of each chain: 3.000, 3.000; at most 3.\nEvaluations of the log density: 4600 after the warm-up, "
      ),
      "\(text)")
    #expect(!text.contains(" in the warm-up."))
    // What lies between thinned draws is not in the file.
    try place.write(stan(step: 0.5, leaps: 7, thin: 2, &normals), to: "thin.csv")
    #expect(
      try diagnosis(place, "thin.csv").effort
        == .init(stepSizes: [0.5], acceptances: [0.9], treeDepths: [3], greatestTreeDepths: [3], divergences: [0]))
  }

  @Test func stepsAndLeapsOfArviZAreRead() throws {
    let place = try Workplace()
    var normals = Normals()
    var text = "chain,draw,\"('sample_stats', 'step_size')\",\"('sample_stats', 'n_steps')\",\"('posterior', 'mu')\"\n"
    for chain in 0..<2 {
      // Steps that are jittered have a mean.
      for draw in 0..<100 { text += "\(chain),\(draw),\(0.25 + 0.5 * Double(draw % 2)),3,\(normals.next())\n" }
    }
    try place.write(text, to: "draws.csv")
    let found = try diagnosis(place, "draws.csv")
    #expect(found.effort.stepSizes == [0.5, 0.5] && found.effort.evaluations == [300, 300])
    #expect(found.parameters.map(\.name) == ["mu"])
  }

  /// Safetensors of draws, with other arrays beside them.
  private func write(_ others: [String: DenseArray<Double>], to name: String, _ place: Workplace) throws {
    var normals = Normals()
    var arrays = ["a": DenseArray((0..<4 * 300).map { _ in normals.next() }, shape: [4, 300])]
    arrays.merge(others) { $1 }
    try SafetensorsFile.write(
      arrays.mapValues { StoredArray($0) }, to: place.folder.appending(path: name).path)
  }

  private func constant(_ value: Double, count: Int = 300) -> DenseArray<Double> {
    DenseArray([Double](repeating: value, count: 4 * count), shape: [4, count])
  }

  @Test func whatIsNotInAFileIsNotSaid() throws {
    let place = try Workplace()
    // As files were before they held steps and evaluations.
    try write(
      [
        "acceptance": constant(0.9), "diverging": constant(0), "tree_depth": constant(3), "saturated": constant(0),
        "not_a_number": constant(1), "energy_fraction": constant(1, count: 1),
      ], to: "before.safetensors", place)
    let found = try diagnosis(place, "before.safetensors")
    #expect(
      found.effort
        == .init(
          acceptances: [0.9, 0.9, 0.9, 0.9], treeDepths: [3, 3, 3, 3], greatestTreeDepths: [3, 3, 3, 3],
          divergences: [0, 0, 0, 0], notANumber: [300, 300, 300, 300]))
    #expect(found.parameters.map(\.name) == ["a"])
    let text = try place.run("diagnose", "before.safetensors").output
    #expect(text.contains("4 chains of 300 draws.") && !text.contains("Step size") && !text.contains("Evaluations"))
    // Nor what is no number, and no count.
    try write(
      [
        "step_size": constant(.nan), "evaluations": constant(2.25), "warm_up_evaluations": constant(-1, count: 1),
        "sampling_evaluations": constant(1e300, count: 1), "warm_up_not_a_number": constant(.nan, count: 1),
      ], to: "wrong.safetensors", place)
    let wrong = try diagnosis(place, "wrong.safetensors")
    #expect(wrong.effort == .init() && wrong.parameters.map(\.name) == ["a"])
    try write(["not_a_number": constant(1e300)], to: "many.safetensors", place)
    #expect(
      try place.run("diagnose", "many.safetensors").errors
        == "credence: many.safetensors: not_a_number is 1e+300 at draw 1 of a chain; correct or remove not_a_number.\n")
  }

  @Test func manyChainsAreARange() throws {
    let place = try Workplace()
    var normals = Normals()
    let draws = DenseArray((0..<9 * 20).map { _ in normals.next() }, shape: [9, 20])
    let steps = DenseArray((0..<9 * 20).map { 0.25 + 0.125 * Double($0 / 20) }, shape: [9, 20])
    try SafetensorsFile.write(
      ["a": StoredArray(draws), "step_size": StoredArray(steps)],
      to: place.folder.appending(path: "draws.safetensors").path)
    let text = try place.run("diagnose", "draws.safetensors").output
    #expect(text.contains("Step size of each chain: 0.2500 to 1.250.\n"), "\(text)")
  }
}
