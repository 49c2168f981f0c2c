//  ReproducibilityTests.swift — the same seed gives the same bytes: on any number of threads, after any interruption.

import Foundation
import Testing

@Suite struct ReproducibilityTests {
  private static let fit = [
    "fit", "train.csv", "--target", "y", "--members", "3", "--network", "128,128", "--epochs", "900", "--seed", "7",
    "--learning-rate", "1e-4",
    "--quiet", "--out",
  ]

  private func place() throws -> Workplace {
    let place = try Workplace()
    try place.split("diabetes.csv")
    return place
  }

  @Test(arguments: ["ensemble", "map", "multi-swag", "sghmc"])
  func threadsChangeNoBit(method: String) throws {
    let place = try place()
    let arguments = [
      "fit", "train.csv", "--target", "y", "--method", method, "--epochs", "40", "--network", "64,32", "--quiet",
    ]
    var files: [Data] = []
    var predictions: [String] = []
    for threads in ["1", "2", "3"] {
      let outcome = try place.start(arguments + ["--threads", threads, "--out", "\(threads).credence"]).wait()
      #expect(outcome.code == 0)
      files.append(try place.bytes(of: "\(threads).credence"))
      predictions.append(try place.run("predict", "1.credence", "test.csv", "--threads", threads).output)
    }
    #expect(files[0] == files[1] && files[0] == files[2])
    #expect(predictions[0] == predictions[1] && predictions[0] == predictions[2])
    let other = try place.start(arguments + ["--seed", "1", "--out", "other.credence"]).wait()
    #expect(other.code == 0)
    #expect(try place.bytes(of: "other.credence") != files[0])
  }

  @Test func aRunKilledAtAnyMomentResumesToTheSameBytes() throws {
    let place = try place()
    let environment = ["CREDENCE_CHECKPOINT_SECONDS": "0"]
    let start = ContinuousClock.now
    let whole = try place.start(Self.fit + ["whole.credence"], environment: environment).wait()
    #expect(whole.code == 0)
    let seconds = start.duration(to: .now) / .seconds(1)
    // Killed at moments that nobody chose, but that can be chosen again.
    let seed =
      ProcessInfo.processInfo.environment["CREDENCE_TEST_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...999_999)
    print("killed runs: CREDENCE_TEST_SEED=\(seed), a whole run takes \(seconds) s")
    var random = LinearCongruentialGenerator(state: seed)
    let checkpoint = "cut.credence.checkpoint/member-0.safetensors"
    var (kills, resumed) = (0, 0)
    // A share of the whole run's time at most; halved where the machine got faster and the run was done before the kill.
    var longest = 0.3
    while kills < 6 {
      let hadCheckpoint = place.exists(checkpoint)
      let run = try place.start(Self.fit + ["cut.credence", "--resume"], environment: environment)
      // The first is killed when it has kept something, so that the second resumes on a slow machine too.
      if kills == 0 { run.waitUntilItWrites(checkpoint) }
      Thread.sleep(forTimeInterval: seconds * Double.random(in: 0...longest, using: &random))
      kill(run.process.processIdentifier, SIGKILL)
      let outcome = try run.wait()
      if outcome.code == 0 && run.process.terminationReason == .exit {
        if resumed >= 1 { break }
        try FileManager.default.removeItem(at: place.folder.appending(path: "cut.credence"))
        kills = 0
        longest /= 2
        continue
      }
      #expect(run.process.terminationReason == .uncaughtSignal, "\(outcome.errors)")
      kills += 1
      if hadCheckpoint { resumed += 1 }
      #expect(!place.exists("cut.credence"), "a run that was killed leaves no model")
    }
    if !place.exists("cut.credence") {
      let last = try place.start(Self.fit + ["cut.credence", "--resume"], environment: environment).wait()
      #expect(last.code == 0, "\(last.errors)")
    }
    #expect(try place.bytes(of: "cut.credence") == place.bytes(of: "whole.credence"))
    #expect(!place.exists("cut.credence.checkpoint"), "the checkpoint goes when the model is there")
  }

  @Test(arguments: [true, false])
  func aFitWithAPilotResumesToTheSameBytes(inPilot: Bool) throws {
    let place = try place()
    let fit =
      Self.fit.filter { $0 != "--members" && $0 != "3" } + [
        "cut.credence", "--method", "swag", "--option", "rank=3", "--option", "draws=3",
      ]
    #expect(try place.start(fit.map { $0 == "cut.credence" ? "whole.credence" : $0 }).wait().code == 0)
    let run = try place.start(fit, environment: ["CREDENCE_CHECKPOINT_SECONDS": "0"])
    let awaited = "cut.credence.checkpoint/\(inPilot ? "pilot/" : "")member-0.safetensors"
    run.waitUntilItWrites(awaited)
    kill(run.process.processIdentifier, SIGINT)
    #expect(try run.wait().code == 130)
    let last = try place.start(fit + ["--resume"]).wait()
    #expect(last.code == 0, "\(last.errors)")
    #expect(try place.bytes(of: "cut.credence") == place.bytes(of: "whole.credence"))
    #expect(!place.exists("cut.credence.checkpoint"), "the checkpoints go when the model is there")
  }

  /// Stopped again and again, also between the draws at which the rule is asked: 50 of each chain, 100, …
  @Test(arguments: [[], ["--option", "steps=10"]])
  func chainsThatEndByTheirEffectiveDrawsResumeToTheSameBytes(trajectories: [String]) throws {
    let place = try Workplace()
    let rows = (0..<200).map { row in
      let x = sin(Double(row * row))
      return "\(x),\(2 * x + 0.3 * sin(Double(row * row * row)))\n"
    }
    try place.write("x,y\n" + rows.joined(), to: "train.csv")
    let method = trajectories.isEmpty ? "nuts" : "hmc"
    let fit =
      ["fit", "train.csv", "--target", "y", "--method", method, "--network", "linear", "--quiet"]
      + ["effective=800", "warm-up=200", "thinning=40", "draws=5000"].flatMap { ["--option", $0] } + trajectories
      + ["--out"]
    let start = ContinuousClock.now
    #expect(try place.start(fit + ["whole.credence"]).wait().code == 0)
    let seconds = start.duration(to: .now) / .seconds(1)
    let facts = try place.run("inspect", "whole.credence").output
    let draws = try #require(facts.firstMatch(of: /draws kept +(\d+) of each of 4 chains/).flatMap { Int($0.1) })
    #expect(draws > 100 && draws < 5000, "\(facts)")
    let checkpoint = "cut.credence.checkpoint/member-0.safetensors"
    var places: [Int] = []
    while true {
      let before = try? place.bytes(of: checkpoint)
      let run = try place.start(
        fit + ["cut.credence", "--resume"], environment: ["CREDENCE_CHECKPOINT_SECONDS": "0"])
      // Then it has gone on, if by a transition only.
      run.waitUntilItChanges(checkpoint, from: before)
      // A share of the time that the whole run took, so that there are several pieces, which end anywhere.
      Thread.sleep(forTimeInterval: seconds / 8)
      kill(run.process.processIdentifier, SIGINT)
      let outcome = try run.wait()
      if outcome.code == 0 { break }
      #expect(outcome.code == 130, "\(outcome.errors)")
      let state = String(decoding: try place.bytes(of: checkpoint), as: UTF8.self)
      places.append(try #require(state.firstMatch(of: /"transition":(\d+)/).flatMap { Int($0.1) }))
    }
    #expect(places.contains { $0 > 200 + 40 * 50 && $0 < 200 + 40 * draws }, "\(places)")
    #expect(try place.bytes(of: "cut.credence") == place.bytes(of: "whole.credence"))
  }

  @Test(arguments: zip([SIGINT, SIGTERM], [Int32(130), 143]))
  func aSignalKeepsTheCheckpointAndSaysHowToGoOn(signal: Int32, code: Int32) throws {
    let place = try place()
    #expect(try place.start(Self.fit + ["whole.credence"]).wait().code == 0)
    let run = try place.start(Self.fit + ["cut.credence"], environment: ["CREDENCE_CHECKPOINT_SECONDS": "0"])
    run.waitUntilItWrites("cut.credence.checkpoint/member-0.safetensors")
    kill(run.process.processIdentifier, signal)
    let outcome = try run.wait()
    #expect(outcome.code == code)
    #expect(
      outcome.errors.wholeMatch(
        of:
          /credence: stopped after \d+ of 2700 epochs, those of all 3 members together; run the same command with --resume to go on\.\n/
      ) != nil, "\(outcome.errors)")
    #expect(!place.exists("cut.credence") && place.exists("cut.credence.checkpoint"))

    let foreign = try place.start(Self.fit + ["cut.credence", "--resume", "--prior-scale", "2"]).wait()
    #expect(foreign.code == 1)
    #expect(foreign.errors.contains("the checkpoint belongs to another fit"))

    let last = try place.start(Self.fit + ["cut.credence", "--resume"]).wait()
    #expect(last.code == 0)
    #expect(try place.bytes(of: "cut.credence") == place.bytes(of: "whole.credence"))
  }
}

/// Knuth's generator of 64 bits, its high bits exchanged with its low ones: enough for moments.
private struct LinearCongruentialGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state.byteSwapped
  }
}
