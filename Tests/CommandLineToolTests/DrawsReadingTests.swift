//  DrawsReadingTests.swift — credence diagnose: names of other programs, energies of thinned chains, and what it will not vouch for.

import Credence
import Foundation
import Testing

@Suite struct DrawsReadingTests {
  private struct Diagnosis: Decodable {
    struct Parameter: Decodable { let name: String }
    struct Criteria: Decodable {
      let observations: Int
      let unreliablePenalties: [Int]
    }
    struct Difference: Decodable {
      let unreliableCounts: [Int]
      let isReliable: Bool
    }
    let parameters: [Parameter]
    let energyFractions: [Double]
    let prediction: Criteria?
    let difference: Difference?
  }

  private func diagnosis(_ place: Workplace, _ arguments: String...) throws -> Diagnosis {
    let outcome = try place.start(["diagnose"] + arguments + ["--format", "json"]).wait()
    return try JSONDecoder().decode(Diagnosis.self, from: Data(outcome.output.utf8))
  }

  /// Safetensors with draws of a, and log likelihoods that vary by so much at each observation.
  private func write(_ spreads: [Double], to name: String, _ place: Workplace, as array: String = "log_likelihood")
    throws
  {
    var normals = Normals()
    let terms = (0..<4 * 300).flatMap { _ in spreads.map { -1 + $0 * normals.next() } }
    let a = DenseArray((0..<4 * 300).map { _ in normals.next() }, shape: [4, 300])
    try SafetensorsFile.write(
      ["a": StoredArray(a), array: StoredArray(DenseArray(terms, shape: [4, 300, spreads.count]))],
      to: place.folder.appending(path: name).path)
  }

  @Test func elementsOfStanAreElementsOfTheirArray() throws {
    let place = try Workplace()
    var normals = Normals()
    var text = "chain,L_Omega.1.1,L_Omega.2.1,L_Omega.1.2,L_Omega.2.2,year.2019,b,b.1\n"
    for chain in 1...4 {
      for _ in 0..<500 {
        let r = tanh(0.2 * normals.next())
        text += "\(chain),1,\(r),0,\((1 - r * r).squareRoot()),\(normals.next()),\(normals.next()),\(normals.next())\n"
      }
    }
    try place.write(text, to: "stan.csv")
    #expect(try place.run("diagnose", "stan.csv").output.contains("Nothing is wrong.\n"))
    #expect(
      try diagnosis(place, "stan.csv").parameters.map(\.name) == [
        "L_Omega[0,0]", "L_Omega[1,0]", "L_Omega[0,1]", "L_Omega[1,1]", "year.2019", "b", "b.1",
      ])
  }

  @Test func logLikelihoodsOfStanArePredictions() throws {
    let place = try Workplace()
    var normals = Normals()
    var rows = ["", ""]
    for chain in 1...2 {
      for _ in 0..<300 {
        let numbers = (0..<3).map { _ in 0.1 * normals.next() - 1 }
        rows[0] += "\(chain),\(numbers[0]),\(numbers[1]),\(numbers[2])\n"
        rows[1] += "\(chain),\(numbers[2]),\(numbers[0]),\(numbers[1])\n"
      }
    }
    try place.write("chain,mu,log_lik.1,log_lik.2\n" + rows[0], to: "stan.csv")
    try place.write("chain,log_lik[1],log_lik[2],mu\n" + rows[0], to: "r.csv")
    try write([0.1, 0.1], to: "array.safetensors", place, as: "log_lik")
    for (file, parameter) in [("stan.csv", "mu"), ("r.csv", "mu"), ("array.safetensors", "a")] {
      let found = try diagnosis(place, file)
      #expect(found.parameters.map(\.name) == [parameter] && found.prediction?.observations == 2, "\(file)")
    }
  }

  /// Energies that momenta hardly change, of which every fiftieth is a draw.
  @Test(arguments: [false, true]) func thinningDoesNotHideALowEnergyFraction(streams: Bool) throws {
    let place = try Workplace()
    let path = place.folder.appending(path: "draws.safetensors").path
    let space = ParameterSpace([Parameter("v"), Parameter("z", shape: [9])])
    let funnel = space.logDensity { p in
      p["v"].logDensity(.normal(0, 3)) + p["z"].logDensity(.normal(0, exp(0.5 * p["v"])))
    }
    let plan = SamplingPlan(chains: 2, warmUp: 300, draws: 100, thinning: 50, seed: 1)
    let samples = try NoUTurnSampler().sample(funnel, plan)
    let least = try #require(samples.energyFractions.min())
    #expect(least < ConvergenceFinding.leastEnergyFraction)
    #expect(samples.transitions.allSatisfy { energyFraction($0.map(\.energy)) > 1 })
    if streams {
      _ = try NoUTurnSampler().stream(funnel, plan, to: path, in: space)
    } else {
      try samples.write(to: path, in: space)
    }
    let text = try place.run("diagnose", "draws.safetensors").output
    #expect(text.contains("The least energy fraction of a chain is \(String(format: "%.2f", least))"), "\(text)")
    #expect(text.contains("momenta do not reach all energies"), "\(text)")
    let found = try diagnosis(place, "draws.safetensors")
    #expect(found.energyFractions == samples.energyFractions)
    #expect(found.parameters.map(\.name) == ["log_density", "v"] + (0..<9).map { "z[\($0)]" })
  }

  @Test func aComparisonSaysWhatItCannotVouchFor() throws {
    let place = try Workplace()
    let good = [Double](repeating: 0.1, count: 120)
    try write(good, to: "good.safetensors", place)
    try write([5, 5] + good.dropFirst(2), to: "bad.safetensors", place)
    try write(Array(good.prefix(99)), to: "few.safetensors", place)
    let sound = try place.run("diagnose", "good.safetensors", "--against", "good.safetensors").output
    #expect(!sound.contains("cannot be relied on") && !sound.contains("too small"), "\(sound)")
    #expect(try diagnosis(place, "good.safetensors", "--against", "good.safetensors").difference?.isReliable == true)
    let other = try place.run("diagnose", "good.safetensors", "--against", "bad.safetensors").output
    #expect(
      other.contains("This cannot be relied on: Pareto k is too great at 2 observations of bad.safetensors.\n"),
      "\(other)")
    let found = try diagnosis(place, "bad.safetensors", "--against", "good.safetensors")
    #expect(found.difference?.unreliableCounts == [2, 0] && found.difference?.isReliable == false)
    let few = try place.run("diagnose", "few.safetensors", "--against", "few.safetensors").output
    #expect(few.contains("With fewer than 100 observations the standard error itself is too small.\n"), "\(few)")
  }

  @Test func variancesThatWAICDoesNotAllowForAreCounted() throws {
    let place = try Workplace()
    try write([0.1, 0.7, 0.1], to: "draws.safetensors", place)
    let text = try place.run("diagnose", "draws.safetensors").output
    #expect(
      text.contains(
        "The log likelihood of 1 observation varies by more than 0.4 among the draws, which WAIC does not allow for: "
          + "log_likelihood[1].\n"), "\(text)")
    #expect(try diagnosis(place, "draws.safetensors").prediction?.unreliablePenalties == [1])
  }

  @Test func anUnknownErrorIsADash() throws {
    let place = try Workplace()
    var text = "chain,a,b\n"
    var normals = Normals()
    // Too few for any diagnostic.
    for chain in 0..<2 {
      for _ in 0..<3 { text += "\(chain),\(normals.next()),\(normals.next())\n" }
    }
    try place.write(text, to: "draws.csv")
    let output = try place.run("diagnose", "draws.csv").output
    let line = output.split(separator: "\n").first { $0.hasPrefix("b ") }
    #expect(line?.split(separator: " ").suffix(4) == ["–", "–", "–", "–"], "\(output)")
  }

  @Test func listsOfEachChainInJSONAreDraws() throws {
    let place = try Workplace()
    var normals = Normals()
    let chains = (0..<4).map { _ in
      let lists = ["theta[1]", "theta[2]", "lp__"].map { name in
        "\"\(name)\": [" + (0..<500).map { _ in "\(normals.next())" }.joined(separator: ", ") + "]"
      }
      return "{" + lists.joined(separator: ", ") + "}"
    }
    try place.write(" [\n" + chains.joined(separator: ",\n") + "]\n", to: "draws.json")
    #expect(try diagnosis(place, "draws.json").parameters.map(\.name) == ["lp__", "theta[0]", "theta[1]"])
    #expect(try place.run("diagnose", "draws.json").output.contains("4 chains of 500 draws.\nNothing is wrong.\n"))
    let wrong = [
      #"[{"mu": [1, 2, 3, 4]}, {"mu": [1, 2, 3]}]"#: "column 'mu': the chains have different lengths",
      #"[{"mu": [1, 2, 3, 4]}, {"mu": [1, 2, 3, 4], "tau": [1, 2, 3, 4]}]"#: "column 'tau': not all chains have it",
      #"[{"mu": [[1, 2], [3, 4]]}]"#: "column 'mu': the draws of a chain are no list of numbers",
      #"[{"mu": [1, 2]}, 3]"#: "part 2 of the list is not a JSON object",
    ]
    for (text, problem) in wrong {
      try place.write(text, to: "wrong.json")
      let outcome = try place.run("diagnose", "wrong.json")
      #expect(outcome.code != 0 && outcome.errors.contains(problem), "\(outcome.errors)")
    }
    #expect(try place.run("inspect", "draws.json").errors.contains("this is JSON; draws of chains"))
  }

  /// A file that Python's `zipfile` wrote, of two chains of mu and theta[1].
  @Test func aZippedListIsReadAsWhatIsInIt() throws {
    let packed =
      "UEsDBBQAAAAIAAAAIVBHaWMjSgAAAIAAAAAKAAAAZHJhd3MuanNvbouuVsotVbJSiDbUUTDSUTDWUTDVUTCJ1VFQKslILUmMNowF"
      + "SRroAUUN9IzApDmYBBKGsbU6CjD9QM2GYP0mQCNw6EfSbgTRHwsAUEsBAhQDFAAAAAgAAAAhUEdpYyNKAAAAgAAAAAoAAAAAAAAA"
      + "AAAAAIABAAAAAGRyYXdzLmpzb25QSwUGAAAAAAEAAQA4AAAAcgAAAAAA"
    let place = try Workplace()
    try Data(try #require(Data(base64Encoded: packed))).write(to: place.folder.appending(path: "draws.json.zip"))
    #expect(try diagnosis(place, "draws.json.zip").parameters.map(\.name) == ["mu", "theta[0]"])
  }

  @Test func ofOneObservationTheErrorIsNotKnown() throws {
    let place = try Workplace()
    try write([0.1], to: "a.safetensors", place)
    try write([0.1], to: "b.safetensors", place)
    let text = try place.run("diagnose", "a.safetensors", "--against", "b.safetensors").output
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("PSIS-LOO") })
    #expect(line.split(separator: " ").dropFirst(2).first == "–", "\(line)")
    #expect(text.contains(" nats: of one observation nothing more can be said.\n"), "\(text)")
  }
}
