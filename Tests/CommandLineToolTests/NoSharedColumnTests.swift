//  NoSharedColumnTests.swift — new data that have nothing of the training data, or cells out of all proportion to them, are one sentence.

import Foundation
import Testing

@Suite struct NoSharedColumnTests {
  @Test func aFileWithoutAnyKnownColumnIsOneSentence() throws {
    let place = try Workplace()
    try place.write("x,y\n" + (0..<20).map { "\($0),\($0 % 7)" }.joined(separator: "\n") + "\n", to: "t.csv")
    try place.write("weight\n1\n2\n", to: "other.csv")
    try place.write("weight,y\n1,2\n2,3\n", to: "target.csv")
    func check(_ arguments: [String], _ file: String, _ problem: String) throws {
      let outcome = try place.start(arguments).wait()
      #expect(outcome.code == 1 && outcome.errors == "credence: \(file): \(problem)", "\(arguments) \(outcome)")
    }
    for (name, options) in [("map", []), ("nuts", ["chains=2", "draws=5", "warm-up=5"])] {
      let fit = ["fit", "t.csv", "--target", "y", "--method", name, "--network", "2", "--epochs", "1", "--quiet"]
      let outcome = try place.start(
        fit + ["--out", "\(name).credence"] + options.flatMap { ["--option", $0] }
      ).wait()
      try #require(outcome.code == 0, "\(outcome.errors)")
    }
    let absent =
      "the training data's column 'x' is not there; give the table the columns that the model was fitted with.\n"
    try check(["predict", "map.credence", "other.csv", "--ignore-extra"], "other.csv", absent)
    try check(["evaluate", "map.credence", "target.csv", "--ignore-extra"], "target.csv", absent)
    try check(
      ["evaluate", "map.credence", "other.csv", "--ignore-extra"], "other.csv",
      "there is no column 'y'; the columns are 'weight'.\n")
    try check(["diagnose", "nuts.credence", "--data", "other.csv"], "other.csv", absent)
    try check(
      ["linear", "t.csv", "--target", "y", "--predict", "other.csv", "--ignore-extra", "--out", "o.csv"], "other.csv",
      absent)
  }

  @Test(arguments: ["1e40", "1e200", "1.797e308"]) func aHugeCellOfALinearModelIsOneSentence(cell: String) throws {
    let place = try Workplace()
    try place.write("x,y\n" + (0..<20).map { "\($0),\($0 % 7)" }.joined(separator: "\n") + "\n", to: "t.csv")
    try place.write("x\n1\n\(cell)\n", to: "new.csv")
    let outcome = try place.run(
      "linear", "t.csv", "--target", "y", "--degrees", "0...8", "--predict", "new.csv", "--out", "o.csv")
    #expect(
      outcome.code == 1
        && outcome.errors == "credence: new.csv, line 3: the prediction is not a finite number; correct the cells of "
          + "this row: some are out of all proportion to the training rows.\n",
      "\(outcome)")
    #expect(!place.exists("o.csv"))
  }
}
