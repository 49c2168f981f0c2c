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
    ["benchmark", "uci", "--sets", "nowhere"], ["benchmark", "mnist", "--methods", "magic"], ["compare"],
    ["fit", "a.csv", "--target", "y", "--out", "m", "--network", "lenet5"],
    ["fit", "--images", "i", "--labels", "l", "--out", "m", "--network", "lenet5", "--activation", "tanh"],
    ["predict", "m", "a.csv", "--format", "xml"], ["inspect", "m", "--format", "xml"],
    ["methods", "magic"], ["compare", "a.csv", "--target", "y", "--format", "xml"],
  ])
  func wrongCommandLinesAreRefused(arguments: [String]) throws {
    let outcome = try Workplace().start(arguments).wait()
    #expect(outcome.code == 2)
    #expect(outcome.output.isEmpty && outcome.errors.hasPrefix("credence: "))
    #expect(outcome.errors.hasSuffix(" --help' shows how.\n") && outcome.errors.split(separator: "\n").count == 1)
  }

  @Test(arguments: [
    [], ["fit"], ["predict"], ["evaluate"], ["inspect"], ["methods"], ["compare"], ["linear"], ["diagnose"],
    ["benchmark"], ["benchmark", "uci"],
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
    #expect(
      outcome.errors
        == "credence: --interval is a probability between 0 and 1; 'credence predict --help' shows how.\n")
  }

  @Test(arguments: [
    (["--epochs", "-3"], "--epochs is a number from 1 to 10000000"),
    (["--learning-rate", "-0.1"], "--learning-rate is a number above 0"),
    (["--epochs=-3"], "--epochs is a number from 1 to 10000000"),
    (
      ["--network", "-5"],
      "--network is the units of the hidden layers, each from 1 to 1048576, as 50,50, or one of linear, lenet5, resnet20, not '-5'"
    ),
  ])
  func aNegativeNumberIsTheValueOfItsOption(options: [String], sentence: String) throws {
    let outcome = try Workplace().start(["fit", "a.csv", "--target", "y", "--out", "m"] + options).wait()
    #expect(outcome.errors == "credence: \(sentence); 'credence fit --help' shows how.\n")
    #expect(outcome.code == 2)
  }

  @Test func predictionsTakeNoLabels() throws {
    let outcome = try Workplace().run("predict", "m", "--images", "x", "--labels", "y")
    #expect(
      outcome.errors
        == "credence: --labels belongs to fit and evaluate; a prediction needs none; 'credence predict --help' shows how.\n"
    )
    #expect(outcome.code == 2)
    #expect(!(try Workplace().run("predict", "--help").output.contains("--labels")))
  }

  @Test(arguments: ["often", "-1", "inf", ""])
  func aTimeBetweenCheckpointsThatIsNoneIsRefused(seconds: String) throws {
    let place = try Workplace()
    try place.write("x,y\n" + (0..<9).map { "\($0),\($0 * $0)\n" }.joined(), to: "t.csv")
    let outcome = try place.run(
      "fit", "t.csv", "--target", "y", "--out", "m.credence", environment: ["CREDENCE_CHECKPOINT_SECONDS": seconds])
    #expect(
      outcome.errors
        == "credence: CREDENCE_CHECKPOINT_SECONDS in the environment is a number of seconds from 0, not '\(seconds)'; "
        + "'credence fit --help' shows how.\n")
    #expect(outcome.code == 2 && !place.exists("m.credence"))
  }
}
