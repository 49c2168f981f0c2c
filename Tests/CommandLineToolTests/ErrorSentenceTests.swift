//  ErrorSentenceTests.swift — what goes wrong in the world is one sentence on standard error, and exit code 1.

import Foundation
import Testing

@Suite struct ErrorSentenceTests {
  private static let rows =
    "size,colour,price\n"
    + (0..<30).map { "\($0),\($0 % 3 == 0 ? "red" : "blue"),\($0 * 2)" }
    .joined(separator: "\n") + "\n"

  private func place(missing: String = "error") throws -> Workplace {
    let place = try Workplace()
    try place.write(Self.rows, to: "t.csv")
    let fit = try place.run(
      "fit", "t.csv", "--target", "price", "--task", "regression", "--network", "4", "--epochs", "3", "--missing",
      missing,
      "--out", "m.credence", "--quiet")
    #expect(fit.code == 0 && fit.errors == "")
    return place
  }

  private func expect(_ outcome: Outcome, says sentence: String, _ location: SourceLocation = #_sourceLocation) {
    #expect(outcome.errors == "credence: " + sentence + "\n", sourceLocation: location)
    #expect(outcome.code == 1 && outcome.output.isEmpty, sourceLocation: location)
  }

  @Test func filesThatAreNotThereAreNamed() throws {
    let place = try place()
    let reason =
      "the file cannot be opened (No such file or directory); check that the path is right and that you may use it."
    expect(try place.run("fit", "no.csv", "--target", "y", "--out", "x.credence"), says: "no.csv: \(reason)")
    expect(try place.run("predict", "no.credence", "t.csv"), says: "no.credence: \(reason)")
    expect(try place.run("evaluate", "m.credence", "no.csv"), says: "no.csv: \(reason)")
    expect(
      try place.run("fit", "t.csv", "--target", "price", "--out", "none/x.credence"),
      says: "none/x.credence: there is no folder none; create it first.")
  }

  @Test func columnsThatAreMissingOrExtraAreNamed() throws {
    let place = try place()
    expect(
      try place.run("fit", "t.csv", "--target", "cost", "--out", "x.credence"),
      says: "t.csv: there is no column 'cost'; the columns are 'size', 'colour', 'price'.")
    try place.write("size\n1\n", to: "short.csv")
    expect(
      try place.run("predict", "m.credence", "short.csv"),
      says:
        "short.csv: the training data's column 'colour' is not there; give the table the columns that the model was fitted with."
    )
    try place.write("size,colour,weight\n1,red,\n", to: "long.csv")
    try place.write("size,colour\n1,red\n", to: "plain.csv")
    expect(
      try place.run("predict", "m.credence", "long.csv"),
      says:
        "long.csv: the training data had no column 'weight'; remove what the model was not fitted with, or choose --ignore-extra."
    )
    let passedOver = try place.run("predict", "m.credence", "long.csv", "--ignore-extra")
    let plain = try place.run("predict", "m.credence", "plain.csv")
    #expect(passedOver.code == 0 && passedOver.output == plain.output)
    try place.write("size,colour\n1,red\n", to: "untold.csv")
    expect(
      try place.run("evaluate", "m.credence", "untold.csv"),
      says: "untold.csv: there is no column 'price'; the columns are 'size', 'colour'.")
  }

  @Test func whatIsReadIsNotWrittenOver() throws {
    let place = try place()
    let table = try place.bytes(of: "t.csv")
    let advice = "itself, which the result would replace; name another file with --out."
    try FileManager.default.createSymbolicLink(
      at: place.folder.appending(path: "link.csv"), withDestinationURL: place.folder.appending(path: "t.csv"))
    for out in ["t.csv", "./t.csv", "link.csv"] {
      expect(
        try place.run("fit", "t.csv", "--target", "price", "--out", out),
        says: "\(out): this is the input t.csv \(advice)")
      expect(
        try place.run("predict", "m.credence", "t.csv", "--out", out), says: "\(out): this is the input t.csv \(advice)"
      )
    }
    let model = try place.bytes(of: "m.credence")
    expect(
      try place.run("predict", "m.credence", "t.csv", "--out", "m.credence"),
      says: "m.credence: this is the input m.credence \(advice)")
    try place.write("precious", to: "notes.txt")
    expect(
      try place.run("fit", "t.csv", "--target", "price", "--out", "notes.txt"),
      says:
        "notes.txt: this file is there already and is no model of Credence; name another with --out, or remove it first."
    )
    #expect(try place.bytes(of: "t.csv") == table && place.bytes(of: "m.credence") == model)
    #expect(try place.lines(of: "notes.txt") == ["precious"])
    try place.write("", to: "empty")
    for out in ["m.credence", "empty"] {
      let fit = try place.run(
        "fit", "t.csv", "--target", "price", "--epochs", "1", "--out", out, "--quiet")
      let written = try place.bytes(of: out)
      #expect(fit.code == 0 && written != model, "\(fit.errors)")
    }
  }

  @Test func aModelAndDataThatWereSwappedAreRecognised() throws {
    let place = try place()
    for command in ["predict", "evaluate"] {
      expect(
        try place.run(command, "t.csv", "m.credence"),
        says: "m.credence: this is a model, and it stands where the data belong; name the model first: "
          + "credence \(command) m.credence t.csv.")
    }
  }

  @Test func foldersAndUnknownFilesAreNotInspected() throws {
    let place = try place()
    expect(try place.run("inspect", "."), says: ".: this is a folder; name a file in it.")
    try Data([0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0, 0, 0]).write(to: place.folder.appending(path: "program"))
    expect(
      try place.run("inspect", "program"),
      says:
        "program: this is a binary file of a kind that Credence does not know; it reads safetensors, NPY, NPZ, IDX, "
        + "CSV, and draws in JSON.")
  }

  @Test func fewRowsAreNotFitted() throws {
    let place = try place()
    try place.write("x,y\n1,2\n", to: "one.csv")
    expect(
      try place.run("fit", "one.csv", "--target", "y", "--out", "x.credence"),
      says: "one.csv: there is one row; a fit needs at least 5.")
    try place.write("x,y\n1,2\n2,3\n3,5\n4,8\n", to: "four.csv")
    expect(
      try place.run("fit", "four.csv", "--target", "y", "--out", "x.credence"),
      says: "four.csv: there are 4 rows; a fit needs at least 5.")
  }

  @Test func whatIsNotUsedIsSaid() throws {
    let place = try place()
    try place.write(
      "x,year,y\n" + (0..<9).map { "\($0),2020,\($0 * $0)\n" }.joined(), to: "t.csv")
    let fit = try place.run(
      "fit", "t.csv", "--target", "y", "--epochs", "1", "--resume", "--out", "new.credence")
    #expect(fit.code == 0)
    let lines = fit.errors.split(separator: "\n")
    #expect(lines.contains("Left out, being the same in every row: 'year'"))
    #expect(lines.contains("There is nothing to resume in new.credence.checkpoint; the fit begins anew."))
    let summary = try place.run("inspect", "new.credence").output
    #expect(summary.contains("left out: always 2020"))
  }

  @Test func categoriesUnseenInTrainingAreNamed() throws {
    let place = try place()
    try place.write("size,colour\n1,red\n2,green\n", to: "new.csv")
    expect(
      try place.run("predict", "m.credence", "new.csv"),
      says:
        "new.csv, line 3, column 'colour': training had no category 'green'; correct or remove the rows, or fit the model again with such rows."
    )
  }

  @Test(arguments: ["error", "drop"])
  func predictRefusesGapsThatWouldBreakItsRowsApart(policy: String) throws {
    let place = try place(missing: policy)
    try place.write("size,colour\n1,red\n,blue\n", to: "gap.csv")
    expect(
      try place.run("predict", "m.credence", "gap.csv", "--out", "p.csv"),
      says:
        "gap.csv, line 3, column 'size': the cell is missing; fill it or remove the row; a model fitted with --missing mean would fill it."
    )
    #expect(!place.exists("p.csv"))
  }

  @Test func gapsAreFilledOrLeftOutWhereTheModelWasFittedSo() throws {
    let filling = try place(missing: "mean")
    try filling.write("size,colour,price\n1,red,2\n,blue,3\n14.5,blue,3\n", to: "gap.csv")
    let lines = try filling.run("predict", "m.credence", "gap.csv").output.split(separator: "\n")
    #expect(lines.count == 4 && lines[2] == lines[3], "14.5 is the mean of the sizes")
    let dropping = try place(missing: "drop")
    try dropping.write("size,colour,price\n1,red,2\n,blue,3\n4,red,\n5,blue,6\n", to: "gap.csv")
    let json = try dropping.run("evaluate", "m.credence", "gap.csv", "--format", "json").output
    #expect(json.contains("\"count\" : 2"))
  }

  @Test func missingCellInTrainingIsAnErrorWithItsPlace() throws {
    let place = try place()
    try place.write("a,y\n1,2\n,3\n", to: "gap.csv")
    expect(
      try place.run("fit", "gap.csv", "--target", "y", "--out", "x.credence"),
      says:
        "gap.csv, line 3, column 'a': the cell is empty; fill it, or choose --missing mean to fill such cells or --missing drop to leave their rows out."
    )
    #expect(!place.exists("x.credence") && !place.exists("x.credence.checkpoint"))
  }

  @Test func filesThatAreNoModelOrADamagedOneAreRefused() throws {
    let place = try place()
    #expect(try place.run("predict", "t.csv", "t.csv").code == 1)
    var bytes = try place.bytes(of: "m.credence")
    bytes[bytes.count - 3] ^= 1
    try bytes.write(to: place.folder.appending(path: "bad.credence"))
    expect(
      try place.run("predict", "bad.credence", "t.csv"),
      says:
        "bad.credence: the model does not match its checksum, so it was damaged or changed; give a file that `credence fit` wrote, whole and unchanged."
    )
    try bytes.prefix(bytes.count / 2).write(to: place.folder.appending(path: "half.credence"))
    let half = try place.run("inspect", "half.credence")
    #expect(
      half.code == 1 && half.errors.hasPrefix("credence: half.credence: ")
        && half.errors.split(separator: "\n").count == 1)
  }

  @Test func predictionThatIsNotFiniteIsAnErrorWithItsLine() throws {
    let place = try place()
    // Standardised it is just below the largest 32-bit float; any weight above 1 takes it beyond.
    try place.write("size,colour\n1,red\n2.9e39,red\n", to: "huge.csv")
    expect(
      try place.run("predict", "m.credence", "huge.csv"),
      says: "huge.csv, line 3: the prediction is not a finite number; "
        + "correct the cells of this row: some are out of all proportion to the training rows.")
  }

  @Test func networkBeyondTheMachineIsRefusedBeforeAnythingIsAllocated() throws {
    let place = try place()
    let outcome = try place.run(
      "fit", "t.csv", "--target", "price", "--network", "1000000,1000000", "--out", "x.credence", "--quiet")
    #expect(outcome.code == 1)
    let sentence =
      /credence: 5 networks of 1000006000002 parameters need \d+ GB of memory, and \d+ GB are available; use .+\n/
    #expect(outcome.errors.wholeMatch(of: sentence) != nil, "\(outcome.errors)")
  }

  @Test func outputOnAFullDeviceIsAnError() throws {
    let place = try place()
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.currentDirectoryURL = place.folder
    shell.arguments = ["-c", "'\(try #require(Workplace.tool).path)' evaluate m.credence t.csv >/dev/full 2>err"]
    guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 1)
    #expect(
      try place.lines(of: "err") == [
        "credence: standard output: it cannot be written to (No space left on device); check where it leads."
      ])
  }
}
