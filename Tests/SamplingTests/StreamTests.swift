//  StreamTests.swift — draws that go to a file: the same bits, bounded memory, stops and stop rules.

import Arrays
import Datasets
import Evaluation
import Foundation
import Probability
import Programs
import Sampling
import Synchronization
import Testing

@Suite struct StreamTests {
  private func withFile(_ body: (String) throws -> Void) rethrows {
    let path = FileManager.default.temporaryDirectory.appending(path: "draws-\(UUID().uuidString).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  private func array(_ name: String, _ path: String) throws -> DenseArray<Double> {
    try SafetensorsFile(contentsOf: path).array(named: name).converted()
  }

  /// Stops a run that has asked so often whether it should.
  private func control(threads: Int, after questions: Int) -> SamplingControl {
    let left = Countdown(questions)
    return SamplingControl(threads: threads, shouldStop: { left.isOver() })
  }

  @Test(arguments: [1, 7, 60, 1000]) func theFileHoldsTheDrawsOfASampleInMemory(round: Int) throws {
    let plan = SamplingPlan(chains: 3, warmUp: 100, draws: 60, thinning: 2, seed: 4)
    let whole = try NoUTurnSampler().sample(ChainTests.density, plan)
    try withFile { path in
      let streamed = try NoUTurnSampler().stream(ChainTests.density, plan, to: path, round: round)
      #expect(streamed.isComplete && streamed.drawCount == 60)
      #expect(try array("x", path) == whole.draws && array("log_density", path) == whole.logDensities)
      #expect(try array("energy", path).elements == whole.transitions.flatMap { $0.map(\.energy) })
      #expect(try array("energy_fraction", path) == DenseArray(whole.energyFractions, shape: [3, 1]))
      #expect(try array("tree_depth", path).elements == whole.transitions.flatMap { $0.map { Double($0.treeDepth) } })
      #expect(try array("saturated", path).elements == whole.transitions.flatMap { $0.map { $0.isSaturated ? 1 : 0 } })
      #expect(
        try array("not_a_number", path).elements == whole.transitions.flatMap { $0.map { Double($0.notANumber) } })
      // What would go on holds no draws.
      #expect(try JSONEncoder().encode(streamed.states).count < 20_000)
    }
  }

  @Test(arguments: [20, 130, 170, 260]) func aStoppedStreamGoesOnToTheSameBits(questions: Int) throws {
    let plan = SamplingPlan(chains: 2, warmUp: 100, draws: 50, thinning: 1, seed: 4)
    let whole = try NoUTurnSampler().sample(ChainTests.density, plan)
    try withFile { path in
      let control = control(threads: 2, after: questions)
      let stopped = try NoUTurnSampler().stream(ChainTests.density, plan, to: path, round: 8, control: control)
      #expect(!stopped.isComplete)
      #expect(throws: DatasetError.self) { try SafetensorsFile(contentsOf: path) }
      let written = try JSONEncoder().encode(stopped.states)
      let states = try JSONDecoder().decode([ChainState<NoUTurnSampler.Kernel>].self, from: written)
      let end = try NoUTurnSampler().stream(ChainTests.density, plan, to: path, resuming: states, round: 11)
      #expect(try end.isComplete && array("x", path) == whole.draws)
    }
  }

  @Test func aRunThatHasEnoughClosesUpItsFile() throws {
    let plan = SamplingPlan(chains: 4, warmUp: 300, draws: 20_000, seed: 3)
    let rule = StopRule.effectiveSampleSize(400, interval: 200)
    let whole = try NoUTurnSampler().sample(ChainTests.density, plan, until: rule)
    #expect(whole.drawCount < 5000)
    try withFile { path in
      let streamed = try NoUTurnSampler().stream(ChainTests.density, plan, to: path, until: rule, round: 64)
      #expect(streamed.isComplete && streamed.drawCount == whole.drawCount)
      #expect(try array("x", path) == whole.draws && array("log_density", path) == whole.logDensities)
      #expect(try array("energy_fraction", path).elements == whole.energyFractions)
    }
  }

  @Test func aRunEndsWhenItsTimeIsUp() throws {
    let plan = SamplingPlan(chains: 4, warmUp: 100, draws: 10_000_000, seed: 3)
    let start = ContinuousClock.now
    let samples = try NoUTurnSampler().sample(ChainTests.density, plan, until: .time(0.5))
    #expect(start.duration(to: .now) < .seconds(20))
    #expect(samples.isComplete && samples.drawCount > 0)
    let same = try NoUTurnSampler().sample(
      ChainTests.density, SamplingPlan(chains: 4, warmUp: 100, draws: samples.drawCount, seed: 3))
    #expect(same.draws == samples.draws)
    let none = try NoUTurnSampler().sample(ChainTests.density, plan, until: .time(0))
    #expect(!none.isComplete && none.drawCount == 0)
  }

  private static let space = ParameterSpace([
    Parameter("mu"), Parameter("shares", .simplex, shape: [3]), Parameter("tau \"quoted\"", .positive),
  ])
  private static let model = space.logDensity { p in
    KnownTarget.normal(p["mu"], sd: 2) + KnownTarget.normal(log(p["tau \"quoted\""]), sd: 1) + log(p["shares"]).sum()
  }

  @Test func parametersAreWrittenUnderTheirNames() throws {
    let plan = SamplingPlan(chains: 3, warmUp: 100, draws: 60, seed: 4)
    let whole = try NoUTurnSampler().sample(Self.model, plan)
    try withFile { path in
      _ = try NoUTurnSampler().stream(Self.model, plan, to: path, in: Self.space, round: 7)
      let expected = whole.draws(in: Self.space)
      #expect(try array("mu", path).shape == [3, 60] && array("shares", path).shape == [3, 60, 3])
      for name in Self.space.parameters.map(\.name) { #expect(try array(name, path) == expected[name]) }
      #expect(try array("unconstrained", path) == whole.draws && array("log_density", path) == whole.logDensities)
      #expect(try !SafetensorsFile(contentsOf: path).names.contains("x"))
    }
    let kept = ParameterSpace([Parameter("energy"), Parameter("b")])
    #expect(throws: SamplingError.keptName(path: "a.safetensors", name: "energy")) {
      try NoUTurnSampler().stream(
        kept.logDensity { KnownTarget.normal($0["energy"] + $0["b"], sd: 1) }, plan, to: "a.safetensors", in: kept)
    }
  }

  @Test(arguments: [nil, space]) func aRunThatIsCompleteGoesOnForLonger(space: ParameterSpace?) throws {
    func plan(_ draws: Int) -> SamplingPlan { SamplingPlan(chains: 3, warmUp: 60, draws: draws, seed: 4) }
    let sampler = NoUTurnSampler()
    try withFile { path in
      var states: [ChainState<NoUTurnSampler.Kernel>]?
      // The second run is stopped under way, in a file that is laid out for more draws than the first.
      for (draws, questions) in [(20, Int.max), (45, 40), (90, Int.max), (90, Int.max)] {
        let run = try sampler.stream(
          Self.model, plan(draws), to: path, in: space, resuming: states, round: 8,
          control: questions == .max ? SamplingControl() : control(threads: 1, after: questions))
        #expect(run.isComplete == (questions == .max))
        states = run.states
        guard run.isComplete else { continue }
        let whole = try sampler.sample(Self.model, plan(draws))
        #expect(try array(space == nil ? "x" : "unconstrained", path) == whole.draws)
        #expect(try array("energy", path).elements == whole.transitions.flatMap { $0.map(\.energy) })
        #expect(try array("energy_fraction", path).elements == whole.energyFractions)
        if space != nil { #expect(try array("shares", path) == whole.draws(in: Self.space)["shares"]) }
      }
      let error = #expect(throws: SamplingError.self) {
        try sampler.stream(Self.model, plan(60), to: path, in: space, resuming: states)
      }
      #expect(
        error?.description
          == "the file of these chains is laid out for 90 draws, and the plan has 60; ask for as many at least")
    }
  }

  @Test func anotherFileIsNotTakenForThatOfTheRun() throws {
    let plan = SamplingPlan(chains: 2, warmUp: 60, draws: 20, seed: 4)
    try withFile { path in
      let states = try NoUTurnSampler().stream(ChainTests.density, plan, to: path).states
      try Data(count: 100).write(to: URL(filePath: path))
      let error = #expect(throws: SamplingError.self) {
        try NoUTurnSampler().stream(ChainTests.density, plan, to: path, resuming: states)
      }
      #expect(
        error?.description == "\(path): this is not the file of these chains; name that file, or begin anew")
    }
  }

  @Test func aFileThatCannotBeWrittenIsASentence() {
    let plan = SamplingPlan(chains: 1, warmUp: 10, draws: 5, seed: 3)
    let error = #expect(throws: SamplingError.self) {
      try NoUTurnSampler().stream(ChainTests.density, plan, to: "/nowhere/at/all.safetensors")
    }
    #expect(error?.description == "/nowhere/at/all.safetensors: it cannot be written; name a file that can be written")
  }
}

/// So many questions to which the answer is no.
private final class Countdown: Sendable {
  private let left: Mutex<Int>

  init(_ count: Int) { left = Mutex(count) }

  func isOver() -> Bool {
    left.withLock {
      $0 -= 1
      return $0 < 0
    }
  }
}
