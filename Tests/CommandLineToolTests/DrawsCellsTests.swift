//  DrawsCellsTests.swift — credence diagnose on cells that are not finite or no numbers, and on files that contradict themselves.

import Credence
import Foundation
import Testing

@Suite struct DrawsCellsTests {
  private struct Diagnosis: Decodable {
    struct Parameter: Decodable { let name: String }
    struct Criteria: Decodable { let observations: Int }
    let parameters: [Parameter]
    let prediction: Criteria?
  }

  private func diagnosis(_ place: Workplace, _ file: String) throws -> Diagnosis {
    let outcome = try place.run("diagnose", file, "--format", "json")
    return try JSONDecoder().decode(Diagnosis.self, from: Data(outcome.output.utf8))
  }

  @Test(arguments: ["NaN", "nan", "inf", "-Infinity", "1e999", ""]) func drawsThatAreNotFiniteAreUndefined(
    cell: String
  ) throws {
    let place = try Workplace()
    var normals = Normals()
    var text = "chain,a,b\n"
    for row in 0..<400 { text += "\(row / 100),\(normals.next()),\(row == 150 ? cell : "\(normals.next())")\n" }
    try place.write(text, to: "draws.csv")
    let outcome = try place.run("diagnose", "draws.csv")
    #expect(outcome.code == 0 && outcome.output.contains("Not all draws of b are finite.\n"), "\(outcome)")
    let line = try #require(outcome.output.split(separator: "\n").first { $0.hasPrefix("b ") })
    #expect(line.split(separator: " ").suffix(4) == ["–", "–", "–", "–"], "\(line)")
    #expect(!outcome.output.contains("-nan"), "\(outcome.output)")
  }

  @Test func aLogLikelihoodInATableThatIsNotFiniteIsNamed() throws {
    let place = try Workplace()
    var text = "chain,a,log_lik.1,log_lik.2\n"
    for row in 0..<40 { text += "\(row / 10 + 5),\(row % 7),-1,\(row == 23 ? "-inf" : "-2")\n" }
    try place.write(text, to: "draws.csv")
    #expect(
      try place.run("diagnose", "draws.csv").errors
        == "credence: draws.csv: log_likelihood[1] is -inf at chain 7, draw 4; correct how it is computed there, or leave "
        + "the observation out.\n")
  }

  @Test func linesAreCountedWithTheirComments() throws {
    let place = try Workplace()
    let comments = (0..<7).map { "# comment \($0)\n" }.joined()
    try place.write(comments + "lp__,mu\n# Adaptation terminated\n1,2\n# more\n1,2,3\n", to: "draws.csv")
    #expect(
      try place.run("diagnose", "draws.csv").errors
        == "credence: draws.csv, line 12: the row has 3 cells and the header 2; give every row as many cells as the header.\n"
    )
  }

  @Test func truthsArePlainOrInTheWordsOfPandas() throws {
    let place = try Workplace()
    var normals = Normals()
    var plain = "chain,diverging,a\n"
    var grouped =
      "chain,draw,\"('posterior', 'a')\",\"('posterior', 'theta[0]', 0)\",\"('sample_stats', 'diverging')\","
      + "\"('sample_stats', 'acceptance_rate')\",\"('sample_stats', 'step_size')\",\"('log_likelihood', 'y[0]', 0)\","
      + "\"('log_likelihood', 'y[1]', 1)\",\"('posterior_predictive', 'y[0]', 0)\"\n"
    for row in 0..<400 {
      let (chain, isBad) = (row / 100, row % 100 < 3 ? "True" : "False")
      let x = normals.next()
      plain += "\(chain),\(isBad),\(x)\n"
      grouped += "\(chain),\(row % 100),\(x),\(normals.next()),\(isBad),0.9,0.1,\(-1 + 0.1 * x),-1,\(x)\n"
    }
    try place.write(plain, to: "plain.csv")
    try place.write(grouped, to: "grouped.csv")
    for (file, names, observations) in [("plain.csv", ["a"], nil), ("grouped.csv", ["a", "theta[0]"], 2)] {
      let output = try place.run("diagnose", file).output
      #expect(output.contains("12 of 400 draws ended in a divergence"), "\(output)")
      let found = try diagnosis(place, file)
      #expect(found.parameters.map(\.name) == names && found.prediction?.observations == observations, "\(file)")
    }
    try place.write(plain.replacing("True", with: "perhaps"), to: "words.csv")
    #expect(
      try place.run("diagnose", "words.csv").errors
        == "credence: words.csv, column 'diverging': not all draws are numbers; correct or remove the column.\n")
  }

  @Test func elementsHaveOneNameWhateverTheyAreCountedFrom() throws {
    let place = try Workplace()
    var normals = Normals()
    let rows = (0..<400).map { row in
      "\(row / 100)," + (0..<4).map { _ in "\(normals.next())" }.joined(separator: ",") + "\n"
    }
    for (header, names) in [
      ("theta.1,theta.2,L.1.1,L.2.1", ["theta[0]", "theta[1]", "L[0,0]", "L[1,0]"]),
      ("theta[1],theta[2],\"L[1,1]\",\"L[2,1]\"", ["theta[0]", "theta[1]", "L[0,0]", "L[1,0]"]),
      ("theta[0],theta[1],\"L[0, 1]\",\"L[1, 1]\"", ["theta[0]", "theta[1]", "L[0,1]", "L[1,1]"]),
      ("theta[2],theta[3],beta[old],beta[young]", ["theta[2]", "theta[3]", "beta[old]", "beta[young]"]),
    ] {
      try place.write("chain,\(header)\n" + rows.joined(), to: "draws.csv")
      #expect(try diagnosis(place, "draws.csv").parameters.map(\.name) == names, "\(header)")
    }
  }

  @Test func arraysThatDoNotBelongTogetherAreOneSentence() throws {
    let place = try Workplace()
    func errors(_ name: String, _ shape: Shape) throws -> String {
      let count = shape.extents.reduce(1, *)
      try SafetensorsFile.write(
        [
          "a": StoredArray(DenseArray((0..<800).map { Double($0 % 7) }, shape: [4, 200])),
          name: StoredArray(DenseArray((0..<count).map { Double($0 % 2) }, shape: shape)),
        ], to: place.folder.appending(path: "draws.safetensors").path)
      let outcome = try place.run("diagnose", "draws.safetensors")
      #expect(outcome.code == 1 && outcome.output.isEmpty, "\(name) \(outcome)")
      return outcome.errors
    }
    for (name, shape) in [
      ("log_lik", [4, 100, 5]), ("diverging", [4, 100]), ("gradient", [4, 100, 2]), ("energy_fraction", [3, 1]),
    ] as [(String, Shape)] {
      #expect(
        try errors(name, shape)
          == "credence: draws.safetensors: the array \(name) of shape \(shape) is not of the chains "
          + "and draws of a, which has shape [4, 200]; give arrays whose first two extents are the same.\n")
    }
    for shape in [[4, 200], [4, 200, 5, 2]] as [Shape] {
      #expect(
        try errors("log_lik", shape) == "credence: draws.safetensors: the array log_lik of shape \(shape) is not "
          + "[chains, draws, observations]; give it an axis of observations, or another name if it is their sum.\n")
    }
  }

  @Test func aRecordThatIsNoNumberIsOneSentence() throws {
    let place = try Workplace()
    try SafetensorsFile.write(
      [
        "a": StoredArray(DenseArray((0..<80).map { Double($0 % 7) }, shape: [4, 20])),
        "not_a_number": StoredArray(DenseArray((0..<80).map { $0 == 21 ? Double.nan : 0 }, shape: [4, 20])),
      ], to: place.folder.appending(path: "draws.safetensors").path)
    #expect(
      try place.run("diagnose", "draws.safetensors").errors
        == "credence: draws.safetensors: not_a_number is nan at draw 2 of a chain; correct or remove not_a_number.\n")
  }
}
