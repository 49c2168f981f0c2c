//  MethodCatalogueTests.swift — methods and options from texts and files, and what there is when there is no such thing.

import Approximations
import Arrays
import Evaluation
import Experiments
import Foundation
import Networks
import Probability
import Testing
import Training

@Suite struct MethodCatalogueTests {
  @Test func namesAreDistinctWordsAndSummariesOneLine() {
    let names = MethodCatalogue.names
    #expect(names.first == "map" && Set(names).count == names.count && names.contains(MethodCatalogue.standard))
    for entry in MethodCatalogue.all {
      #expect(entry.name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" }, "\(entry.name)")
      #expect(!entry.summary.contains("\n") && !entry.summary.hasSuffix(".") && entry.summary.count <= 100)
      #expect(Set(entry.options.map(\.key)).count == entry.options.count)
      for option in entry.options {
        #expect(!option.summary.isEmpty && option.key.allSatisfy { $0.isLowercase || $0 == "-" })
      }
    }
  }

  @Test func theModeOfALinearModelIsTheSameFromEveryStartByLBFGS() throws {
    let data = try SmallData.regression()
    func means(_ optimizer: String, seed: UInt64) throws -> [Double] {
      let method = MethodDescription("map", options: ["optimizer": .choice(optimizer)])
      return try FitDescription(method: method, network: .dense([]), stopsEarly: false, seed: seed)
        .run(on: data, control: RunControl(threads: 1)).predict(data.examples.inputs, threads: 1).mean
    }
    func difference(_ optimizer: String) throws -> Double {
      zip(try means(optimizer, seed: 1), try means(optimizer, seed: 2)).map { abs($0 - $1) }.max() ?? .infinity
    }
    #expect(try difference("lbfgs") < 1e-5)
  }

  @Test(arguments: MethodCatalogue.names)
  func everyMethodFitsATableWithItsDefaultsAndComesBackFromItsFile(name: String) throws {
    let data = try SmallData.regression()
    let description = FitDescription(method: MethodDescription(name), network: .dense([4]), epochs: 120, seed: 3)
    let model = try description.run(on: data, control: RunControl(threads: 1))
    let again = try description.run(on: data, control: RunControl(threads: 3))
    #expect(model.posterior.contents == again.posterior.contents, "threads change no bit")
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).credence").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try model.write(to: path)
    let read = try FittedModel(contentsOf: path)
    let inputs = data.examples.inputs
    #expect(read.predict(inputs, threads: 1).mean == model.predict(inputs, threads: 2).mean)
    #expect(read.predict(inputs, threads: 1).standardDeviation == model.predict(inputs, threads: 2).standardDeviation)
    #expect(read.posterior.logEvidence == model.posterior.logEvidence)
    #expect(read.posterior.forwardPasses == model.posterior.forwardPasses && read.posterior.forwardPasses >= 1)
    #expect(read.record.settings == description)
  }

  @Test(arguments: MethodCatalogue.names)
  func everyMethodFitsClasses(name: String) throws {
    let data = try SmallData.classification()
    let description = FitDescription(method: MethodDescription(name), network: .dense([4]), epochs: 120, seed: 3)
    let forecast = try description.run(on: data).predict(data.examples.inputs, threads: 1).classes
    #expect(forecast.count == data.examples.count && forecast.classCount == 2)
    #expect(forecast.confidences.allSatisfy { $0 >= 0.5 && $0 <= 1 + 1e-9 })
  }

  @Test func optionsHaveDefaultsAndTheKindsThatTheyDeclare() throws {
    let (entry, options) = try MethodDescription("ensemble").resolved()
    #expect(options.integer("members") == 5 && !options.flag("bagging"))
    #expect(try entry.value(of: "members", parsing: "12") == .integer(12))
    #expect(try entry.value(of: "bagging", parsing: "yes") == .flag(true))
    let chosen = try MethodDescription("ensemble", options: ["members": .integer(2)]).resolved().options
    #expect(chosen.integer("members") == 2)
  }

  @Test func whatIsNotPossibleIsOneSentenceThatListsWhatIs() {
    #expect(
      sentence("magic", [:]) == "there is no method 'magic'; there are " + MethodCatalogue.names.joined(separator: ", ")
    )
    #expect(
      sentence("ensembel", [:])
        == "there is no method 'ensembel' (did you mean 'ensemble'?); there are "
        + MethodCatalogue.names.joined(separator: ", "))
    #expect(
      sentence("ensemble", ["member": .integer(1)])
        == "the method ensemble has no option 'member' (did you mean 'members'?); it has members, bagging, adversarial")
    #expect(
      sentence("stein", ["space": .choice("function")])
        == "the option space of the method stein is one of functions, weights, not 'function' (did you mean 'functions'?)"
    )
    #expect(
      sentence("ensemble", ["depth": .integer(1)])
        == "the method ensemble has no option 'depth'; it has members, bagging, adversarial")
    #expect(sentence("map", ["depth": .integer(1)]) == "the method map has no option 'depth'; it has optimizer")
    #expect(
      MethodError.unknownOption("depth", method: "plain", known: []).description
        == "the method plain has no option 'depth'; it has none at all")
    for value in [OptionValue.integer(0), .integer(10_001), .number(2.5), .choice("x"), .flag(true)] {
      #expect(
        sentence("ensemble", ["members": value])
          == "the option members of the method ensemble is a whole number from 1 to 10000, not '\(value)'")
    }
    #expect(
      sentence("ensemble", ["bagging": .integer(1)])
        == "the option bagging of the method ensemble is yes or no, not '1'")
  }

  @Test func numbersAndChoicesAreReadFromTexts() {
    let rate = MethodOption.number("rate", in: 0...1, default: 0.5, "a rate")
    #expect(rate.value(parsing: "0.25") == .number(0.25) && rate.value(parsing: "1") == .number(1))
    #expect(rate.value(parsing: "1.1") == nil && rate.value(parsing: "nan") == nil && rate.value(parsing: "") == nil)
    #expect(rate.value(.integer(1)) == .number(1), "JSON does not tell 1 from 1.0")
    #expect(rate.values == "a number from 0 to 1")
    let form = MethodOption.choice("form", of: ["round", "square"], default: "round", "a form")
    #expect(form.value(parsing: "square") == .choice("square") && form.value(parsing: "oval") == nil)
    #expect(form.values == "one of round, square")
  }

  @Test func aDescriptionComesBackFromJSON() throws {
    let method = MethodDescription(
      "any", options: ["a": .integer(3), "b": .number(0.25), "c": .choice("x"), "d": .flag(true)])
    #expect(try JSONDecoder().decode(MethodDescription.self, from: JSONEncoder().encode(method)) == method)
  }

  @Test func aFitThatNeedsMoreMemoryThanThereIsIsRefusedBeforehand() throws {
    let description = FitDescription(
      method: .ensemble(members: 10_000), network: .dense([1 << 14, 1 << 14]), epochs: 1)
    let error = #expect(throws: TrainingError.self) { try description.run(on: SmallData.regression()) }
    let sentence = try #require(error?.description)
    // 32 bytes a parameter, for each network and each that writes a checkpoint.
    let need = Int((32 * 268_500_994 * Double(10_000 + RunControl.processorCount) / 1e9).rounded(.up))
    #expect(
      sentence.hasPrefix("10000 networks of 268500994 parameters need \(need) GB of memory, and "), "\(sentence)")
    #expect(sentence.hasSuffix(" GB are available; use fewer units or fewer members"), "\(sentence)")
  }

  @Test(arguments: ["nuts", "hmc"]) func aDenseMetricOfManyParametersIsRefusedBeforehand(name: String) throws {
    let method = MethodDescription(name, options: ["metric": .choice("dense")])
    let error = #expect(throws: TrainingError.self) {
      try FitDescription(method: method, network: .dense([800, 400]), epochs: 1).run(on: SmallData.regression())
    }
    let count = 322_402.0
    let need = Int(((4 * (24 * count * 201 + 48 * count * count)) / 1e9).rounded(.up))
    let sentence = try #require(error?.description)
    #expect(
      sentence.hasPrefix(
        "1 draws of each of 4 chains of 322402 parameters and 4 dense metrics need \(need) GB of memory, and "),
      "\(sentence)")
    #expect(sentence.hasSuffix(" GB are available; use the metric diagonal"), "\(sentence)")
  }
}
