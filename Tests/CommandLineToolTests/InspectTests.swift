//  InspectTests.swift — what `credence inspect` says of a fit is what was done.

import Foundation
import Testing

@Suite struct InspectTests {
  /// The value of each fact of a model fitted to diabetes.
  private func facts(_ arguments: [String]) throws -> (facts: [String: String], said: String) {
    let place = try Workplace()
    try place.split("diabetes.csv")
    let fit = try place.start(
      ["fit", "train.csv", "--target", "y", "--network", "8", "--out", "m.credence"] + arguments
    ).wait()
    #expect(fit.code == 0, "\(fit.errors)")
    let lines = try place.run("inspect", "m.credence").output.split(separator: "\n", omittingEmptySubsequences: false)
    let table = lines.drop { !$0.hasPrefix("task") }.prefix { !$0.isEmpty }
    var facts: [String: String] = [:]
    for line in table {
      let parts = line.split(separator: #/ {2,}/#)
      if parts.count == 2 { facts[String(parts[0]).trimmingCharacters(in: .whitespaces)] = String(parts[1]) }
    }
    return (facts, fit.errors)
  }

  @Test func averagingIsAtItsOwnRateOnAllRowsBehindAPilot() throws {
    let (facts, said) = try facts(["--method", "swag", "--epochs", "40", "--learning-rate", "0.01"])
    #expect(facts["method"] == "swag" && facts["from"] == "0.5" && facts["draws"] == "30" && facts["lowest"] == nil)
    #expect(facts["held back"] == "10.0 % by the pilot, then none")
    #expect(
      try #require(facts["training"]).contains(/^a pilot of at most 40 epochs, then \d+ epochs, in batches of \d+$/))
    let rate = try #require(facts["learning rate"])
    #expect(rate.hasPrefix("0.01, falling to 0.0 along a cosine for 5"), "\(rate)")
    #expect(rate.contains(" % of the steps, then 0.003; of the pilot 0.01, falling to 0.0 along a cosine"), "\(rate)")
    #expect(facts["width"] == nil && !said.contains("Width"))
    let all = try self.facts(["--method", "swag", "--epochs", "40", "--no-early-stopping"]).facts
    #expect(all["held back"] == "none" && all["training"]?.hasPrefix("40 epochs in batches of ") == true)
  }

  @Test func learnedRatesOfDropoutAreThere() throws {
    let short = ["--epochs", "3", "--no-early-stopping"]
    let rates = try #require(
      try facts(["--method", "concrete-dropout", "--network", "8,6"] + short).facts["rates of dropout"])
    let numbers = rates.split(separator: ", ").compactMap { Double($0) }
    #expect(numbers.count == 2 && numbers.allSatisfy { $0 > 0.02 && $0 < 0.3 && $0 != 0.1 }, "\(rates)")
    #expect(try facts(["--method", "dropout"] + short).facts["rates of dropout"] == nil)
  }

  @Test func theEvidenceOfWeightedClassesIsMarked() throws {
    let place = try Workplace()
    try place.split("breast_cancer.csv")
    for (weights, ending) in [("equal", " nats"), ("balanced", ": for no comparison with other weights")] {
      let fit = try place.run(
        "fit", "train.csv", "--target", "y", "--task", "classification", "--network", "4", "--method", "laplace",
        "--epochs", "5",
        "--class-weights", weights, "--out", "\(weights).credence")
      #expect(fit.code == 0, "\(fit.errors)")
      let lines = try place.run("inspect", "\(weights).credence").output.split(separator: "\n")
      let line = try #require(lines.first { $0.hasPrefix("log evidence") })
      #expect(line.hasSuffix(ending), "\(line)")
    }
  }

  @Test func aSingleLookHasNoWidthAndThatIsSaid() throws {
    let note = "none: the weights were looked at once; take more epochs, or average from earlier"
    let (facts, said) = try facts([
      "--method", "swag", "--option", "from=0.99", "--epochs", "10", "--no-early-stopping",
    ])
    #expect(facts["width"] == note)
    #expect(said.contains("\nWidth of the posterior: \(note).\n"), "\(said)")
  }

  @Test func chainsHaveTheirRatesAndTheDrawsThatTheyKept() throws {
    let facts = try facts(["--method", "sgld", "--epochs", "2", "--learning-rate", "0.01", "--no-early-stopping"]).facts
    #expect(try #require(facts["draws"]).contains(/^auto: \d+$/))
    let rate = try #require(facts["learning rate"])
    // 0.15 of the rate, times the variance of the noise at the start, 0.5².
    #expect(rate == "0.01, falling to 0.0 along a cosine for 30.0 % of the steps, then 0.000375")
    let hot = try self.facts([
      "--method", "sgnht", "--epochs", "2", "--no-early-stopping", "--option", "friction=0.25",
    ]).facts
    #expect(hot["friction"] == "0.25" && hot["relaxation"] == "0.01" && hot["anchor"] == nil)
    let chains = try self.facts(["--method", "nuts", "--epochs", "20", "--option", "depth=3"]).facts
    #expect(chains["training"] == "20 transitions of each chain, on all rows")
    #expect(chains["draws kept"] == "2 of each of 4 chains")
    #expect(chains["learning rate"] == "none" && chains["draws"] == "100, of which the epochs leave 2")
  }

  @Test func whatAutoCameToIsThere() throws {
    let laplace = try facts(["--method", "laplace", "--epochs", "20"]).facts
    #expect(laplace["structure"] == "auto: dense" && laplace["tuning"] == "auto: linearised")
    #expect(laplace["layer"] == nil && laplace["rank"] == nil && laplace["curvature"] == "gauss-newton")
    let dropout = try facts(["--method", "dropout", "--epochs", "5"]).facts
    #expect(dropout["rate"] == "auto: 0.05")
    let during = try facts([
      "--method", "laplace", "--epochs", "60", "--option", "tuning=during-training", "--option", "burn-in=2",
    ]).facts
    #expect(during["held back"] == "none" && during["every"] == "auto: 2" && during["tuning"] == "during-training")
  }
}
