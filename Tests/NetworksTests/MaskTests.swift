//  MaskTests.swift — learned rates, masks behind activations, masks that examples share.

import Arrays
import Foundation
import Networks
import Probability
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

  /// Shape [4, 3, 5, 5] of ones, behind a mask that a convolution of eye matrices reads.
  @Test(arguments: [NetworkMode.training, .sampling, .samplingFunction])
  func aLearnedMaskBeforeAConvolutionIsOneNumberAChannel(mode: NetworkMode) throws {
    func masked(_ mask: any Layer, groups: Int = 1) throws -> DenseArray<Double> {
      let network = try Network(
        inputs: [40, 5, 5],
        layers: [mask, Activation.identity, Convolution2D(40, size: 1, groups: groups, bias: false)])
      var theta = [Double](repeating: 0, count: network.parameterCount)
      let weight = try #require(network.layout.slices.first { $0.role == .weight })
      let columns = weight.shape[1]
      for channel in 0..<40 { theta[weight.offset + channel * columns + channel % columns] = 1 }
      return evaluate(
        network, DenseArray(theta), DenseArray(repeating: 1, shape: [4, 40, 5, 5]), mode: mode)
    }
    /// For each example and channel, how many numbers its 25 positions have.
    func distinct(_ y: DenseArray<Double>) -> [Int] {
      (0..<160).map { Set(y.elements[25 * $0..<25 * $0 + 25]).count }
    }
    for groups in [1, 4] {
      let y = try masked(ConcreteDropout(initialRate: 0.5), groups: groups)
      #expect(distinct(y).allSatisfy { $0 == 1 })
      let channels = Set((0..<40).map { y.elements[25 * $0] })
      #expect(channels.count > 1, "channels differ")
      let (first, second) = (y.rows(0..<1).elements, y.rows(1..<2).elements)
      #expect((first == second) == (mode == .samplingFunction))
    }
    #expect(try distinct(masked(Dropout(0.5))).allSatisfy { $0 == 2 }, "a fixed rate drops each position by itself")
  }

  /// A dense layer behind a `Flatten` alone has a weight for each position; behind a pool several positions share theirs.
  @Test func whatReadsAMaskSaysHowManyNumbersItHas() {
    func counts(_ rest: () -> [any Layer]) -> [Int] {
      let network = Network(inputs: [3, 4, 4]) {
        ConcreteDropout()
        rest()
      }
      return network.masks.map(\.count)
    }
    #expect(counts { [Convolution2D(2, size: 3)] } == [3])
    #expect(counts { [BatchNormalization(), MaxPool(2), Convolution2D(2, size: 1)] } == [3])
    #expect(counts { [GlobalAveragePool(), Dense(2)] } == [3])
    #expect(counts { [Flatten(), Dense(2)] } == [48])
    #expect(counts { [AveragePool(2), Flatten(), Dense(2)] } == [3])
    let sequence = Network(inputs: [5, 7]) {
      ConcreteDropout()
      Convolution1D(2, size: 3)
    }
    #expect(sequence.masks.map(\.count) == [5])
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
