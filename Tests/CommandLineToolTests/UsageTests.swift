//  UsageTests.swift — a wrong command line is exit code 2; help is on standard output with an example.

import Testing

@Suite struct UsageTests {
  @Test(arguments: [
    ["fit"], ["fit", "a.csv", "--out", "m.credence"], ["fit", "a.csv", "--target", "y"],
    ["fit", "a.csv", "--target", "y", "--images", "i", "--labels", "l", "--out", "m"],
    ["fit", "--images", "i", "--out", "m"], ["fit", "a.csv", "--target", "y", "--out", "m", "--network", "50,x"],
    ["fit", "a.csv", "--target", "y", "--out", "m", "--network", "0"],
    ["fit", "a.csv", "--target", "y", "--out", "m", "--method", "magic"],
    ["fit", "a.csv", "--target", "y", "--out", "m", "--method", "map", "--members", "3"],
    ["fit", "a.csv", "--target", "y", "--out", "m", "--epochs", "0"],
    ["fit", "a.csv", "--target", "y", "--out", "m", "--batch-size", "-1"],
    ["fit", "a.csv", "--target", "y", "--out", "m", "--learning-rate", "nan"],
    ["fit", "a.csv", "--target", "y", "--out", "m", "--threads", "0"],
    ["fit", "a.csv", "--target", "y", "--out", "m", "--task", "ranking"],
    ["predict", "m"], ["predict", "m", "a.csv", "--interval", "1"], ["predict", "m", "a.csv", "--interval", "0"],
    ["evaluate", "m", "a.csv", "--format", "xml"], ["evaluate", "m", "--images", "i"], ["inspect"], ["unknown"],
    ["benchmark", "uci", "--sets", "nowhere"],
  ])
  func wrongCommandLinesAreRefused(arguments: [String]) throws {
    let outcome = try Workplace().start(arguments).wait()
    #expect(outcome.code == 2)
    #expect(outcome.output.isEmpty && outcome.errors.hasPrefix("Error: "))
    #expect(outcome.errors.contains("Usage: "))
  }

  @Test(arguments: [
    [], ["fit"], ["predict"], ["evaluate"], ["inspect"], ["linear"], ["diagnose"], ["benchmark"], ["benchmark", "uci"],
    ["benchmark", "mnist"],
  ])
  func helpOfEveryCommandHasAnExample(command: [String]) throws {
    let outcome = try Workplace().start(command + ["--help"]).wait()
    #expect(outcome.code == 0 && outcome.errors.isEmpty)
    let words = (["credence"] + command).joined(separator: " ")
    #expect(outcome.output.contains("EXAMPLE\n") && outcome.output.contains("  " + words + " "))
  }

  @Test func aNumberThatOptionsDoNotAllowIsExplained() throws {
    let outcome = try Workplace().run("predict", "m", "a.csv", "--interval", "1.5")
    #expect(outcome.errors.hasPrefix("Error: --interval is a probability between 0 and 1.\n"))
  }
}
