//  StreamedSamplesTests.swift — what a streamed run says of itself: that of a run in memory, in one piece or in several.

import Arrays
import Datasets
import Evaluation
import Foundation
import Probability
import Programs
import Sampling
import Synchronization
import Testing

@Suite struct StreamedSamplesTests {
  /// Γ(2, 1) without its support, so that some values are not a number, beside two normals; a correlation factor has fixed elements.
  private static let space = ParameterSpace([
    Parameter("g"), Parameter("z", shape: [2]), Parameter("factor", .correlationFactor, shape: [2, 2]),
  ])
  private static let density = space.logDensity { p in
    log(p["g"]) - p["g"] + KnownTarget.normal(p["z"], sd: 1)
  }
  private static let starts = StartingPoints.given([[Double]](repeating: [1, 0, 0, 0], count: 3))
  /// Steps so long that some diverge, and trees that are cut off.
  private static let sampler = NoUTurnSampler(stepSize: .adapted(acceptance: 0.5), greatestDepth: 2)

  private static func plan(_ draws: Int) -> SamplingPlan {
    SamplingPlan(chains: 3, warmUp: 60, draws: draws, thinning: 2, seed: 4)
  }

  private func withFiles(_ body: (String, String) throws -> Void) rethrows {
    let paths = (0..<2).map { _ in
      FileManager.default.temporaryDirectory.appending(path: "draws-\(UUID().uuidString).safetensors").path
    }
    defer { for path in paths { try? FileManager.default.removeItem(atPath: path) } }
    try body(paths[0], paths[1])
  }

  private func array(_ name: String, _ path: String) throws -> DenseArray<Double> {
    try SafetensorsFile(contentsOf: path).array(named: name).converted()
  }

  private func control(after questions: Int) -> SamplingControl {
    let left = Mutex(questions)
    return SamplingControl(
      threads: 1,
      shouldStop: {
        left.withLock {
          $0 -= 1
          return $0 < 0
        }
      })
  }

  private func expectTheSame<Kernel>(_ streamed: StreamedSamples<Kernel>, _ whole: Samples<Kernel>) throws {
    #expect(streamed.drawCount == whole.drawCount && streamed.dimension == whole.dimension)
    #expect(streamed.evaluations == whole.evaluations && streamed.divergences == whole.divergences)
    #expect(streamed.energyFractions == whole.energyFractions && streamed.trajectories == whole.trajectories)
    #expect(streamed.stepSizes == whole.stepSizes)
    #expect(zip(streamed.notANumber, whole.notANumber).allSatisfy { $0 == $1 })
  }

  @Test(arguments: [7, 1000]) func whatAStreamSaysIsWhatASampleSays(round: Int) throws {
    let whole = try Self.sampler.sample(Self.density, Self.plan(90), from: Self.starts)
    let record = whole.trajectories
    #expect(record.divergences > 0 && record.saturatedTrees > 0 && whole.notANumber.allSatisfy { $0.warmUp > 0 })
    try withFiles { path, _ in
      let streamed = try Self.sampler.stream(
        Self.density, Self.plan(90), to: path, in: Self.space, from: Self.starts, round: round)
      try expectTheSame(streamed, whole)
      for axis in 0..<4 { #expect(try streamed.chains(of: axis) == whole.chains(of: axis)) }
      let lines = try streamed.summaries(in: Self.space)
      #expect(lines == whole.summaries(in: Self.space))
      #expect(lines.map(\.name) == ["g", "z[0]", "z[1]", "factor[1,0]", "factor[1,1]"])
    }
  }

  @Test func stepsAndEvaluationsAreInTheFile() throws {
    let whole = try Self.sampler.sample(Self.density, Self.plan(90), from: Self.starts)
    try withFiles { path, written in
      _ = try Self.sampler.stream(Self.density, Self.plan(90), to: path, from: Self.starts)
      try whole.write(to: written)
      for file in [path, written] {
        let steps = try array("step_size", file)
        #expect(steps.shape == [3, 90] && steps.elements == whole.transitions.flatMap { $0.map(\.stepSize) })
        #expect(
          try array("evaluations", file).elements == whole.transitions.flatMap { $0.map { Double($0.evaluations) } })
        let (warmUp, sampling) = (try array("warm_up_evaluations", file), try array("sampling_evaluations", file))
        #expect(warmUp.shape == [3, 1] && sampling.shape == [3, 1] && Set(sampling.elements).count > 1)
        #expect(warmUp.elements.reduce(0, +) == Double(whole.evaluations.warmUp))
        #expect(sampling.elements.reduce(0, +) == Double(whole.evaluations.sampling))
        #expect(
          try array("warm_up_not_a_number", file).elements == whole.notANumber.map { Double($0.warmUp) })
      }
      // Every transition counts, whatever the thinning.
      #expect(
        try array("sampling_evaluations", path).elements.reduce(0, +)
          > 1.5 * array("evaluations", path).elements.reduce(0, +))
    }
  }

  @Test func aFileThatWasMadeInPiecesIsThatOfOneRun() throws {
    try withFiles { path, whole in
      _ = try Self.sampler.stream(Self.density, Self.plan(90), to: whole, from: Self.starts)
      var states: [ChainState<NoUTurnSampler.Kernel>]?
      // Stopped in the warm-up and between draws, closed up, and grown.
      for (draws, questions) in [(20, 25), (20, 150), (20, Int.max), (45, 40), (45, 61), (90, 99), (90, Int.max)] {
        let run = try Self.sampler.stream(
          Self.density, Self.plan(draws), to: path, from: Self.starts, resuming: states, round: 8,
          control: control(after: questions))
        #expect(run.isComplete == (questions == .max))
        states = run.states
        guard run.isComplete else { continue }
        try expectTheSame(run, try Self.sampler.sample(Self.density, Self.plan(draws), from: Self.starts))
      }
      #expect(try Data(contentsOf: URL(filePath: path)) == Data(contentsOf: URL(filePath: whole)))
    }
  }

  @Test func aStoppedStreamSaysWhatItHas() throws {
    try withFiles { path, _ in
      let stopped = try Self.sampler.stream(
        Self.density, Self.plan(90), to: path, from: Self.starts, round: 8, control: control(after: 3 * 60 + 200))
      let memory = try Self.sampler.sample(
        Self.density, Self.plan(stopped.drawCount), from: Self.starts)
      #expect(!stopped.isComplete && stopped.drawCount > 0 && stopped.drawCount < 90)
      #expect(stopped.trajectories.divergences == memory.trajectories.divergences)
      #expect(stopped.trajectories.notANumber == memory.trajectories.notANumber)
      #expect(stopped.stepSizes == memory.stepSizes)
      #expect(
        throws: SamplingError.foreignState(
          "\(path): this run was stopped before its end; go on with it, and read its draws then")
      ) { try stopped.chains(of: 0) }
    }
  }

  @Test func anotherFileIsNotReadForThatOfTheRun() throws {
    try withFiles { path, _ in
      let short = try Self.sampler.stream(Self.density, Self.plan(20), to: path, from: Self.starts)
      #expect(try short.chains(of: 1).drawCount == 20)
      let long = try Self.sampler.stream(
        Self.density, Self.plan(30), to: path, from: Self.starts, resuming: short.states)
      #expect(try long.chains(of: 1).drawCount == 30)
      let sentence = "\(path): this is no longer the file that the run left; run it again"
      #expect(throws: SamplingError.foreignState(sentence)) { try short.chains(of: 1) }
      // As long as it was, of other arrays: a header that ends elsewhere.
      var bytes = try Data(contentsOf: URL(filePath: path))
      bytes[0] ^= 8
      try bytes.write(to: URL(filePath: path))
      #expect(throws: SamplingError.foreignState(sentence)) { try long.chains(of: 1) }
      #expect(
        throws: SamplingError.foreignState(
          "\(path): this is not the file of these chains; name that file, or begin anew")
      ) { try Self.sampler.stream(Self.density, Self.plan(30), to: path, from: Self.starts, resuming: long.states) }
    }
  }

  /// More numbers than memory takes at once.
  @Test func wideParametersAreReadInGroups() throws {
    let space = ParameterSpace([Parameter("z", shape: [10, 20])])
    let density = space.logDensity { KnownTarget.normal($0["z"], sd: 1) }
    let plan = SamplingPlan(chains: 2, warmUp: 10, draws: 3000, seed: 4)
    let whole = try RandomWalkMetropolis().sample(density, plan)
    try withFiles { path, _ in
      let streamed = try RandomWalkMetropolis().stream(density, plan, to: path, in: space)
      #expect(try streamed.summaries(in: space) == whole.summaries(in: space))
      #expect(try streamed.chains(of: 199) == whole.chains(of: 199))
    }
  }

  @Test func samplersWithoutStepsHaveNoSizeOfThem() throws {
    func sizes<S: Sampler>(_ sampler: S) throws -> (file: Bool, stream: Bool, steps: [Int]) {
      let density = LogDensity(dimension: 2) { KnownTarget.normal($0, sd: 1) }
      let plan = SamplingPlan(chains: 2, warmUp: 20, draws: 10, seed: 1)
      var found = (file: false, stream: false, steps: [Int]())
      try withFiles { path, written in
        let (whole, streamed) = (try sampler.sample(density, plan), try sampler.stream(density, plan, to: path))
        try whole.write(to: written)
        found.file = try SafetensorsFile(contentsOf: written).names.contains("step_size")
        found.stream = try SafetensorsFile(contentsOf: path).names.contains("step_size")
        found.steps = [whole.stepSizes.count, streamed.stepSizes.count]
      }
      return found
    }
    #expect(try sizes(SliceSampler()) == (false, false, [0, 0]))
    #expect(try sizes(GibbsSampler([.metropolis(0..<2)])) == (false, false, [0, 0]))
    #expect(try sizes(EllipticalSliceSampler(mean: [0, 0], variances: [1, 1])) == (false, false, [0, 0]))
    #expect(try sizes(ReplicaExchange(SliceSampler(), replicas: 2, least: 0.5)) == (false, false, [0, 0]))
    #expect(try sizes(ReplicaExchange(RandomWalkMetropolis(), replicas: 2, least: 0.5)) == (true, true, [2, 2]))
  }
}
