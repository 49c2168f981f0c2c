//  MisnamedTests.swift — names that are nearly right, and files that are not what they are named or used as.

import Foundation
import Testing

@Suite struct MisnamedTests {
  private static let rows = "size,y\n" + (0..<30).map { "\($0),\($0 * 2 + $0 % 3)\n" }.joined()

  @Test(arguments: [
    (["fiit", "t.csv"], "there is no command 'fiit' (did you mean 'fit'?); there are fit, predict, "),
    (["benchmark", "mnistt"], "there is no command 'mnistt' (did you mean 'mnist'?); there are uci, mnist; "),
    (["fit", "--method", "ensembel"], "there is no method 'ensembel' (did you mean 'ensemble'?); there are map, "),
    (
      ["fit", "--likelihood", "poison"],
      "--likelihood is one of gaussian, heteroscedastic, student-t, poisson, not 'poison' (did you mean 'poisson'?); "
    ),
    (["fit", "--activation", "rellu"], "--activation is one of relu, leakyRelu, elu, "),
    (
      ["fit", "--network", "lenet"],
      "--network is the units of the hidden layers, each from 1 to 1048576, as 50,50, or one of linear, lenet5, resnet20, "
        + "not 'lenet' (did you mean 'lenet5'?); "
    ),
    (["fit", "--epoch", "3"], "unknown option '--epoch' (did you mean '--epochs'?); "),
    (["fit", "--epochs", "1.5"], "--epochs is a whole number that is not negative, not '1.5'; "),
    (["fit", "--learning-rate", "fast"], "--learning-rate is a number, not 'fast'; "),
    (["fit", "--separator", ";;"], "--separator is one character, or 'tab', not ';;'; "),
    (["benchmark", "uci", "--sets", "yachts"], "there is no set 'yachts' (did you mean 'yacht'?); there are "),
  ])
  func whatWasMeantIsAsked(words: [String], beginning: String) throws {
    let rest = words[0] == "fit" ? ["t.csv", "--target", "y", "--out", "m.credence"] : []
    let outcome = try Workplace().start(words + rest).wait()
    #expect(outcome.code == 2 && outcome.errors.hasPrefix("credence: \(beginning)"), "\(outcome.errors)")
    #expect(outcome.errors.hasSuffix(" --help' shows how.\n") && outcome.errors.split(separator: "\n").count == 1)
  }

  @Test func aColumnThatIsNearIsAskedFor() throws {
    let place = try Workplace()
    try place.write(Self.rows, to: "t.csv")
    let outcome = try place.run("fit", "t.csv", "--target", "Y", "--out", "m.credence")
    #expect(
      outcome.errors
        == "credence: t.csv: there is no column 'Y' (did you mean 'y'?); the columns are 'size', 'y'.\n")
    #expect(outcome.code == 1)
  }

  @Test func aBrokenModelIsRefusedAsOneAndNotReadAsATable() throws {
    let place = try Workplace()
    try place.write(Self.rows, to: "t.csv")
    let fit = try place.run(
      "fit", "t.csv", "--target", "y", "--method", "map", "--epochs", "1", "--out", "m.credence", "--quiet")
    #expect(fit.code == 0, "\(fit.errors)")
    let advice = "; give a file that `credence fit` wrote, whole and unchanged.\n"
    func expect(_ bytes: Data, _ problem: String) throws {
      try bytes.write(to: place.folder.appending(path: "broken.credence"))
      for arguments in [["inspect", "broken.credence"], ["predict", "broken.credence", "t.csv"]] {
        let outcome = try place.start(arguments).wait()
        #expect(outcome.code == 1 && outcome.output.isEmpty)
        #expect(
          outcome.errors.hasPrefix("credence: broken.credence: \(problem)") && outcome.errors.hasSuffix(advice)
            && outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
      }
    }
    try expect(Data(), "the file is empty")
    try expect(Data(Self.rows.utf8), "this is no model of Credence")
    try expect(Data("hi".utf8), "this is no model of Credence")
    let whole = try place.bytes(of: "m.credence")
    try expect(whole.dropLast(4), "the model is damaged: the array 'draws' lies outside of the ")
    try expect(whole.prefix(whole.count / 2), "the model is damaged: ")
  }

  @Test(arguments: [
    ["fit", "m.credence", "--target", "y", "--out", "new.credence"], ["linear", "m.credence", "--target", "y"],
    ["compare", "m.credence", "--target", "y", "--methods", "map"], ["predict", "m.credence", "m.credence"],
    ["evaluate", "m.credence", "m.credence"],
    ["fidelity", "m.credence", "--target", "y", "--methods", "map", "--reference", "new.credence"],
  ])
  func aModelInThePlaceOfDataIsNamed(arguments: [String]) throws {
    let place = try Workplace()
    try place.write(Self.rows, to: "t.csv")
    try place.run("fit", "t.csv", "--target", "y", "--method", "map", "--epochs", "1", "--out", "m.credence", "--quiet")
    let outcome = try place.start(arguments).wait()
    #expect(
      outcome.errors
        == "credence: m.credence: this is a model, and it stands where the data belong; give a CSV file.\n")
    #expect(outcome.code == 1)
  }
}
