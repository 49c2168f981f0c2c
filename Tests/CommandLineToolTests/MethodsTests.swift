//  MethodsTests.swift — the list of methods, and options of a method on the command line.

import Foundation
import Testing

@Suite struct MethodsTests {
  private struct List: Decodable {
    struct Method: Decodable {
      struct Option: Decodable {
        let key: String
        let kind: String
        let summary: String
      }
      let name: String
      let summary: String
      let options: [Option]
    }
    let methods: [Method]
  }

  @Test func everyMethodHasALineAndEveryOptionItsOwn() throws {
    let place = try Workplace()
    let json = try place.run("methods", "--format", "json")
    let list = try JSONDecoder().decode(List.self, from: Data(json.output.utf8)).methods
    #expect(list.map(\.name).prefix(2) == ["map", "ensemble"])
    let lines = try place.run("methods").output.split(separator: "\n")
    for method in list {
      #expect(lines.contains { $0.hasPrefix(method.name + " ") && $0.hasSuffix(method.summary) }, "\(method.name)")
      for option in method.options {
        #expect(lines.contains { $0.hasPrefix("  \(option.key) ") && $0.contains("(default: ") }, "\(option.key)")
      }
    }
    #expect(lines.contains("  members  networks: a whole number from 1 to 10000 (default: 5)") || list.count > 2)
    let one = try place.run("methods", "ensemble")
    #expect(one.code == 0 && one.output.hasPrefix("ensemble ") && !one.output.contains("map"))
    #expect(try place.run("methods", "magic").code == 2)
  }

  @Test func anOptionThatIsNotUsedIsRefusedBeforeAnythingIsRead() throws {
    let outcome = try Workplace().run(
      "fit", "t.csv", "--target", "y", "--out", "m", "--method", "laplace", "--option", "structure=dense", "--option",
      "rank=3")
    #expect(
      outcome.code == 2
        && outcome.errors
          == "credence: the option rank of the method laplace is used only where structure is low-rank or functional; here "
          + "structure is dense; 'credence fit --help' shows how.\n",
      "\(outcome.errors)")
    let list = try Workplace().run("methods", "laplace").output
    #expect(list.contains("(default: kronecker); only where structure is last-layer\n"))
  }

  @Test func membersIsShortForItsOption() throws {
    let place = try Workplace()
    try place.split("diabetes.csv")
    let common = ["fit", "train.csv", "--target", "y", "--epochs", "3", "--network", "4", "--quiet", "--out"]
    #expect(try place.start(common + ["a.credence", "--members", "2", "--bagging"]).wait().code == 0)
    #expect(
      try place.start(common + ["b.credence", "--option", "members=2", "--option", "bagging=yes"]).wait().code == 0)
    #expect(try place.bytes(of: "a.credence") == place.bytes(of: "b.credence"))
    let twice = try place.start(common + ["c.credence", "--members", "2", "--option", "members=3"]).wait()
    #expect(
      twice.code == 2
        && twice.errors
          == "credence: the option members of the method ensemble is given twice; 'credence fit --help' shows how.\n"
    )
  }

  @Test(
    arguments: zip(
      ["depth=3", "members=0", "members=x", "bagging=perhaps", "members"],
      [
        "the method ensemble has no option 'depth'; it has members, bagging, adversarial",
        "the option members of the method ensemble is a whole number from 1 to 10000, not '0'",
        "the option members of the method ensemble is a whole number from 1 to 10000, not 'x'",
        "the option bagging of the method ensemble is yes or no, not 'perhaps'",
        "--option is an option and its value, as members=10, not 'members'",
      ]))
  func aWrongOptionIsOneSentenceAndListsWhatIsPossible(option: String, sentence: String) throws {
    let outcome = try Workplace().run("fit", "t.csv", "--target", "y", "--out", "m", "--option", option)
    #expect(outcome.code == 2 && outcome.errors == "credence: \(sentence); 'credence fit --help' shows how.\n")
  }
}
