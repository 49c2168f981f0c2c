//  MaskTests.swift — learned rates, masks behind activations, masks that examples share.

import Arrays
import Foundation
import Networks
import Programs
import Testing

@Suite struct MaskTests {
  private let ones = DenseArray(repeating: 1.0, shape: [100, 1000])

  @Test func examplesOfAFunctionShareTheirMask() {
    let network = Network(inputs: 1000) { Dropout(0.3) }
    let y = evaluate(network, DenseArray([]), ones, mode: .samplingFunction)
    #expect((1..<100).allSatisfy { y.rows($0..<$0 + 1).elements == y.rows(0..<1).elements })
    let zeros = y.rows(0..<1).elements.filter { $0 == 0 }.count
    // 1000 elements: a deviation of 14.5.
    #expect(abs(zeros - 300) < 5 * 15)
  }

  @Test func anActivationWithDropoutKeepsTheNamesOfThetaAndMasksItsOutputs() throws {
    let plain = Network.multilayerPerceptron(inputs: 4, hidden: [1000], outputs: 2)
    let dropping = try #require(try plain.insertingDropout(.fixed(0.3)))
    #expect(dropping.layout == plain.layout)
    #expect(dropping.isStochastic && !plain.isStochastic)
    let alone = Network(inputs: 1000) { ActivationWithDropout(.relu, .fixed(0.3)) }
    let y = evaluate(alone, DenseArray([]), ones, mode: .sampling)
    #expect(y.elements.allSatisfy { $0 == 0 || abs($0 - 1 / 0.7) < 1e-14 })
    #expect(y.elements.contains(0))
    let shallow = try Network(inputs: [3], layers: [Dense(2)]).insertingDropout(.fixed(0.3))
    #expect(shallow == nil, "nothing is hidden")
  }

  /// In sampling a learned rate drops as a fixed one: 10⁵ zeros of probability 0.2, a deviation of 0.00126 of the share.
  @Test func aLearnedRateDropsItsShare() {
    let network = Network(inputs: 1000) { ConcreteDropout(initialRate: 0.4) }
    let y = evaluate(network, DenseArray([log(0.25)]), ones, mode: .sampling)
    let zeros = y.elements.filter { $0 == 0 }.count
    #expect(abs(Double(zeros) / 100_000 - 0.2) < 5 * 0.00126)
    #expect(y.elements.allSatisfy { $0 == 0 || abs($0 - 1.25) < 1e-12 })
    #expect(evaluate(network, DenseArray([0]), ones) == ones)
  }

  /// The relaxed mask lies between, is mostly at an end, and has a mean near one and a gradient in the logit. The share
  /// between 0.05 and 0.95 of the largest is that of |log u − log(1 − u) + logit| < 0.1 log 19 = 0.29: below 0.15.
  @Test func theRelaxedMaskIsNearlyOneOfTwoValuesAndHasADerivative() {
    let network = Network(inputs: 1000) { ConcreteDropout() }
    let program = Program(inputs: [[1], [100, 1000]]) { t in
      let y = network.apply(t[0], t[1], mode: .training).outputs
      return [y, gradient(of: y.squared.sum(), withRespectTo: t[0])]
    }
    func run(_ logit: Double) -> (mask: DenseArray<Double>, slope: Double) {
      let results = program.run([DenseArray([logit]), ones])
      return (results[0], results[1].elements[0])
    }
    let logit = log(0.25)
    let (mask, slope) = run(logit)
    let between = mask.elements.filter { $0 > 0.05 * 1.25 && $0 < 0.95 * 1.25 }.count
    #expect(mask.elements.allSatisfy { $0 >= 0 && $0 <= 1.25 } && between < 15_000 && between > 0)
    #expect(abs(mask.elements.reduce(0, +) / 100_000 - 1) < 0.02)
    // Σ y² has a slope of about 10⁴; its third derivative, up to 10³ for each element, is what central differences miss.
    func squares(_ logit: Double) -> Double { run(logit).mask.elements.reduce(0) { $0 + $1 * $1 } }
    let step = 1e-5
    let difference = (squares(logit + step) - squares(logit - step)) / (2 * step)
    #expect(abs(difference) > 1000 && abs(slope / difference - 1) < 1e-5)
  }

  @Test func layersThatDropAreSavedAndReadBack() throws {
    let network = Network(inputs: 3) {
      Dense(5)
      ActivationWithDropout(.tanh, .learned(initial: 0.1))
      ConcreteDropout(initialRate: 0.3)
      ActivationWithDropout(.relu, .fixed(0.25))
      Dense(1)
    }
    let copy = try JSONDecoder().decode(Network.self, from: JSONEncoder().encode(network))
    #expect(copy.layout == network.layout && copy.summary() == network.summary())
    #expect((copy.layers[1] as? ActivationWithDropout)?.rate == .learned(initial: 0.1))
    #expect((copy.layers[3] as? ActivationWithDropout)?.activation == .relu)
  }

  @Test(arguments: [1.0, -0.1, .nan]) func ratesOutOfRangeAreRefused(rate: Double) {
    #expect(throws: LayerError.self) {
      try Network(inputs: [3], layers: [ActivationWithDropout(.relu, .fixed(rate))])
    }
    #expect(throws: LayerError.self) { try Network(inputs: [3], layers: [ConcreteDropout(initialRate: rate)]) }
  }
}
