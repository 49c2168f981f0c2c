//  OptionUseTests.swift — an option that the others leave no use for is refused, and what a method chooses itself is known.

import Approximations
import Experiments
import Networks
import Probability
import Testing
import Training

@Suite struct OptionUseTests {
  @Test func anOptionThatIsNotUsedIsRefusedWithWhatWouldUseIt() {
    #expect(
      sentence("laplace", ["layer": .choice("dense")])
        == "the option layer of the method laplace is used only where structure is last-layer; here structure is auto")
    #expect(
      sentence("laplace", ["structure": .choice("dense"), "rank": .integer(3)])
        == "the option rank of the method laplace is used only where structure is low-rank or functional; here structure is "
        + "dense")
    #expect(
      sentence("laplace", ["structure": .choice("dense"), "count": .integer(7)])
        == "the option count of the method laplace is used only where structure is subnetwork and choice is "
        + "largest-variance or largest-magnitude; here structure is dense and choice is largest-variance")
    #expect(
      sentence("laplace", ["prediction": .choice("probit"), "draws": .integer(7)])
        == "the option draws of the method laplace is used only where prediction is linearised or network, or where components "
        + "is not 1; here prediction is probit and components is 1")
    #expect(
      sentence("variational", ["family": .choice("full-rank"), "estimator": .choice("flipout")])
        == "the option estimator of the method variational is used only where family is mean-field; here family is full-rank"
    )
    #expect(
      sentence("variational", ["layers": .integer(7)])
        == "the option layers of the method variational is used only where family is planar or real-nvp; here family is "
        + "mean-field")
    #expect(
      sentence("variational", ["rank": .integer(9)])
        == "the option rank of the method variational is used only where family is low-rank, or where family is last-layer and "
        + "of-last is low-rank; here family is mean-field and of-last is full-rank")
    #expect(
      sentence("swag", ["lowest": .number(0.1)])
        == "the option lowest of the method swag is used only where cycle is not 0; here cycle is 0")
  }

  @Test func whatUsesAnOptionTakesIt() {
    let used: [(String, [String: OptionValue])] = [
      ("laplace", ["structure": .choice("last-layer"), "layer": .choice("dense")]),
      ("laplace", ["structure": .choice("low-rank"), "rank": .integer(3)]),
      ("laplace", ["structure": .choice("subnetwork"), "count": .integer(7)]),
      ("laplace", ["prediction": .choice("probit"), "components": .integer(2), "draws": .integer(7)]),
      ("variational", ["family": .choice("last-layer"), "of-last": .choice("low-rank"), "rank": .integer(9)]),
      ("swag", ["cycle": .integer(2), "lowest": .number(0.1)]),
    ]
    for (name, options) in used { #expect(sentence(name, options) == "accepted", "\(name) \(options)") }
  }

  /// Values of a choice, otherwise an end of the range.
  private static func values(_ option: MethodOption) -> [OptionValue] {
    switch option.kind {
    case .choice(let words): words.map { .choice($0) }
    case .integer(let range): [.integer(range.upperBound)]
    default: []
    }
  }

  @Test(arguments: MethodCatalogue.all.map(\.name)) func everyOptionIsUsedBesideSomeOthers(name: String) throws {
    let entry = try MethodCatalogue.entry(named: name)
    for option in entry.options {
      var settings: [[String: OptionValue]] = [[:]]
      for one in entry.options where one.key != option.key {
        for value in Self.values(one) {
          settings.append([one.key: value])
          for other in entry.options where ![one.key, option.key].contains(other.key) {
            settings += Self.values(other).map { [one.key: value, other.key: $0] }
          }
        }
      }
      let isUsed = settings.contains { setting in
        (try? entry.validated(setting.merging([option.key: option.standard]) { $1 })) != nil
      }
      #expect(isUsed, "\(option.key)")
    }
  }

  @Test func autoStandsInPlaceOfANumberWhereTheMethodMayChoose() {
    #expect(
      sentence("dropout", ["rate": .integer(0)])
        == "the option rate of the method dropout is auto, or a number from 0.001 to 0.95, not '0'")
    #expect(sentence("dropout", ["rate": .choice("auto")]) == "accepted")
    #expect(
      sentence("laplace", ["tuning": .choice("during-training"), "every": .integer(0)])
        == "the option every of the method laplace is auto, or a whole number from 1 to 1000000, not '0'")
    #expect(
      sentence("dropconnect", ["rate": .choice("auto")])
        == "the option rate of the method dropconnect is a number from 0.001 to 0.95, not 'auto'")
  }

  // MARK: What the method chose

  private static func chosen(
    _ name: String, _ options: [String: OptionValue] = [:], hidden: [Int], rows: Int, epochs: Int? = nil,
    stopsEarly: Bool = true
  ) throws -> [String: String] {
    let model = BayesianModel(
      Network.multilayerPerceptron(inputs: 64, hidden: hidden, outputs: 10, activation: .relu),
      prior: .normal(scale: 1), likelihood: .categorical(classes: 10))
    return try FitDescription(
      method: MethodDescription(name, options: options), network: .dense(hidden), epochs: epochs, stopsEarly: stopsEarly
    ).plan(model, rows: rows).resolved
  }

  @Test func theStructureIsExactOnlyWhereThatIsCheap() throws {
    // 9 N columns of the curvature's root times P parameters: 2.0·10⁸ and 6.1·10⁶ numbers.
    #expect(
      try Self.chosen("laplace", hidden: [400, 200], rows: 199)
        == ["structure": "last-layer, kronecker", "tuning": "linearised"])
    #expect(
      try Self.chosen("laplace", hidden: [50], rows: 199, stopsEarly: false)
        == ["structure": "functional, of 199 rows", "tuning": "shared"])
    #expect(try Self.chosen("laplace", hidden: [8], rows: 10_000)["structure"] == "dense")
    #expect(try Self.chosen("laplace", hidden: [50], rows: 10_000)["structure"] == "last-layer, kronecker")
    let hessian = try Self.chosen("laplace", ["curvature": .choice("hessian")], hidden: [50], rows: 199)
    #expect(hessian == ["structure": "last-layer, diagonal", "tuning": "held-out"])
    #expect(try Self.chosen("laplace", ["structure": .choice("diagonal")], hidden: [50], rows: 9)["structure"] == nil)
    #expect(
      try Self.chosen("laplace", ["tuning": .choice("during-training")], hidden: [50], rows: 199, epochs: 90)["every"]
        == "3")
  }

  @Test func ratesAndDrawsThatNobodyChoseAreKnown() throws {
    #expect(try Self.chosen("dropout", hidden: [400, 200], rows: 199) == ["rate": "0.2"])
    #expect(try Self.chosen("dropout", hidden: [400, 50], rows: 199) == ["rate": "0.05"])
    #expect(try Self.chosen("dropout", ["rate": .number(0.3)], hidden: [50], rows: 199) == [:])
    #expect(try Self.chosen("sgld", hidden: [5], rows: 199) == ["draws": "30"])
    // 199 rows in minibatches of 32, one epoch of seven steps: two explore, and of the five others one burns in.
    #expect(try Self.chosen("sgld", hidden: [5], rows: 199, epochs: 1) == ["draws": "4"])
    // Three epochs of seven steps have no 200 cycles; five cycles of ⌈21 / 5⌉ steps they have.
    let cycles: [String: OptionValue] = ["cycles": .integer(200)]
    #expect(
      try Self.chosen("snapshot", cycles, hidden: [5], rows: 199, epochs: 3, stopsEarly: false) == ["cycles": "21"])
    #expect(try Self.chosen("snapshot", hidden: [5], rows: 199, epochs: 3, stopsEarly: false) == [:])
    #expect(try Self.chosen("nuts", hidden: [5], rows: 199, epochs: 100) == ["draws": "10", "warm-up": "50"])
  }
}
