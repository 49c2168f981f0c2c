//  DrawsOrderTests.swift — credence diagnose takes draws in their order and chains by their names, whatever the order of rows.

import Foundation
import Testing

@Suite struct DrawsOrderTests {
  /// Lines "chain,draw,number" of chains whose numbers depend on each other by so much.
  private func lines(_ chains: [Int], dependence: Double = 0, stuck: Int? = nil) -> [String] {
    var normals = Normals()
    return chains.flatMap { chain in
      var x = 0.0
      return (0..<300).map { draw in
        x = dependence * x + normals.next()
        return "\(chain),\(draw),\(chain == stuck ? 0.5 : x)"
      }
    }
  }

  private func text(_ lines: [String], header: String = "chain,draw,a") -> String {
    header + "\n" + lines.joined(separator: "\n") + "\n"
  }

  @Test func rowsInAnotherOrderAreTheSameDraws() throws {
    let place = try Workplace()
    let lines = lines([0, 1, 2, 3], dependence: 0.95)
    // 7 has no factor in common with 1200: every row once.
    let shuffled = (0..<lines.count).map { lines[7 * $0 % lines.count] }
    try place.write(text(lines), to: "rows.csv")
    try place.write(text(shuffled), to: "shuffled.csv")
    try place.write(text(shuffled, header: ".chain,.iteration,a"), to: "r.csv")
    let output = try place.run("diagnose", "rows.csv").output
    #expect(output.contains("effective draws; 400 are needed"), "\(output)")
    #expect(try place.run("diagnose", "shuffled.csv").output == output)
    #expect(try place.run("diagnose", "r.csv").output == output)
  }

  @Test func drawsThatAreThereTwiceOrNotAtAllAreOneSentence() throws {
    let place = try Workplace()
    let whole = lines([3, 4])
    func errors(_ lines: [String], header: String = "chain,draw,a") throws -> String {
      try place.write(text(lines, header: header), to: "draws.csv")
      let outcome = try place.run("diagnose", "draws.csv")
      #expect(outcome.code == 1 && outcome.output.isEmpty)
      return outcome.errors
    }
    let twice = whole.map { $0.replacingOccurrences(of: "4,17,", with: "4,18,") }
    #expect(
      try errors(twice)
        == "credence: draws.csv, line 320, column 'draw': the draw 18 occurs twice in chain 4; give each draw once.\n")
    #expect(
      try errors(whole.map { String($0.dropFirst(2)) }, header: "draw,a")
        == "credence: draws.csv, line 302, column 'draw': the draw 0 occurs twice; tell chains apart by a column chain.\n"
    )
    #expect(
      try errors(whole.filter { !$0.contains(",18,") })
        == "credence: draws.csv, line 20, column 'draw': the draw 19 follows 17 in chain 3, where others are 1 apart; give "
        + "all draws, or evenly thinned ones: what they are worth depends on their order.\n")
    #expect(
      try errors(whole.map { $0.replacingOccurrences(of: "4,17,", with: "4,,") })
        == "credence: draws.csv, line 319, column 'draw': the draw has no number; number the draws of each chain, or remove "
        + "the column.\n")
    let thinned = whole.enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
    try place.write(text(thinned), to: "thinned.csv")
    #expect(try place.run("diagnose", "thinned.csv").output.contains("2 chains of 100 draws"))
  }

  @Test func aChainThatDidNotMoveIsCalledAsTheFileCallsIt() throws {
    let place = try Workplace()
    try place.write(text(lines(Array(1...12), stuck: 2)), to: "twelve.csv")
    let twelve = try place.run("diagnose", "twelve.csv").output
    #expect(twelve.contains("Chain 2 did not move in a.\n"), "\(twelve)")
    try place.write(text(lines(Array(0...3), stuck: 3)), to: "four.csv")
    let four = try place.run("diagnose", "four.csv", "--figure", "ranks.svg").output
    #expect(four.contains("Chain 3 did not move in a.\n"), "\(four)")
    let picture = String(decoding: try place.bytes(of: "ranks.svg"), as: UTF8.self)
    #expect(picture.contains(">chain 0<") && picture.contains(">chain 3<") && !picture.contains("chain 4"))
    struct Diagnosis: Decodable {
      struct Finding: Decodable { let problem: String }
      let chains: [String]
      let findings: [Finding]
    }
    let json = try place.run("diagnose", "four.csv", "--format", "json").output
    let found = try JSONDecoder().decode(Diagnosis.self, from: Data(json.utf8))
    #expect(found.chains == ["0", "1", "2", "3"])
    #expect(found.findings.map(\.problem).contains("Chain 3 did not move in a."))
  }

  @Test func aChainOfSeveralFilesIsNamedWithItsFile() throws {
    let place = try Workplace()
    let chains = lines([1, 2, 3], stuck: 3)
    for chain in 0..<3 {
      let own = chains[300 * chain..<300 * (chain + 1)]
      try place.write(text(own.map { String($0.dropFirst(2)) }, header: "draw,a"), to: "bare_\(chain).csv")
      try place.write(text(own.map { "1" + $0.dropFirst() }), to: "same_\(chain).csv")
      try place.write(text(Array(own)), to: "own_\(chain).csv")
    }
    for (name, words) in [("bare", "3 (bare_2.csv)"), ("same", "1 (same_2.csv)"), ("own", "3")] {
      let output = try place.start(["diagnose"] + (0..<3).map { "\(name)_\($0).csv" }).wait().output
      #expect(output.contains("Chain \(words) did not move in a.\n"), "\(output)")
    }
  }

  /// A file of CmdStan with 100 draws, before them those of the warm-up, far from the others.
  private func stan(warmUp: Int, header: String, adapts: Bool) -> String {
    var normals = Normals()
    var text = "# model = m\n# method = sample (Default)\n\(header)lp__,mu\n"
    for row in 0..<warmUp { text += "-1,\(100 + row)\n" }
    if adapts { text += "# Adaptation terminated\n# Step size = 0.8\n" }
    for row in 0..<100 { text += "\(-row % 3),\(normals.next())\n" }
    return text + "# \n#  Elapsed Time: 1 seconds (Warm-up)\n"
  }

  @Test func theWarmUpOfStanIsLeftOut() throws {
    let place = try Workplace()
    let header = "#     num_samples = 300\n#     num_warmup = 200 (Default)\n#     save_warmup = true\n#     thin = 3\n"
    try place.write(stan(warmUp: 0, header: header, adapts: true), to: "none.csv")
    let none = try place.run("diagnose", "none.csv").output
    #expect(none.contains("1 chain of 100 draws.\n") && !none.contains("warm-up"))
    // With a line of the adaptation that counts; without it the header does: 200 transitions thinned by 3 are 67.
    for (name, warmUp, adapts) in [("adapted.csv", 50, true), ("fixed.csv", 67, false)] {
      try place.write(stan(warmUp: warmUp, header: header, adapts: adapts), to: name)
      let output = try place.run("diagnose", name).output
      #expect(
        output == none.replacing("100 draws.\n", with: "100 draws.\n\(warmUp) draws of the warm-up were left out.\n"),
        "\(output)")
    }
    // What is adapted and not saved, and what samples without a warm-up.
    let silent = "# num_warmup = 67\n# save_warmup = 0 (Default)\n"
    let constant = "# algorithm = fixed_param\n# num_warmup = 67\n# save_warmup = 1\n"
    for header in [silent, constant] {
      try place.write(stan(warmUp: 0, header: header, adapts: false), to: "all.csv")
      #expect(try place.run("diagnose", "all.csv").output == none)
    }
    try place.write("# save_warmup = 1\n# num_warmup = 1000\nlp__,mu\n0,1\n0,2\n", to: "cut.csv")
    #expect(
      try place.run("diagnose", "cut.csv").errors
        == "credence: cut.csv: all of its 2 rows are draws of the warm-up; let the run come to its draws, and give its file "
        + "then.\n")
    struct Diagnosis: Decodable { let warmUpDraws: Int }
    let json = try place.run("diagnose", "fixed.csv", "adapted.csv", "--format", "json").output
    #expect(try JSONDecoder().decode(Diagnosis.self, from: Data(json.utf8)).warmUpDraws == 117)
  }
}
