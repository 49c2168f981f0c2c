//  AveragingRunTests.swift — averaging, SWAG, snapshots and mixtures as fits.

import Approximations
import Arrays
import Foundation
import GoldenValues
import Networks
import Optimization
import Probability
import Programs
import Testing
import Training

@Suite struct AveragingRunTests {
  private static let examples = curve(rows: 90)
  private static let training = TrainingConfiguration(
    epochs: 12, batchSize: 20, optimizer: .sgd(momentum: 0.9), schedule: .constant(0.01))
  private static let phase = AveragingPhase(from: 0.5, rate: .cyclical(0.02, to: 0.002, epochs: 2))
  private static let swag = SWAG(training: training, phase: phase, rank: 2, draws: 4)

  @Test func theAverageIsThatOfTheWeightsAtTheEndsOfCycles() throws {
    // Epochs 8, 10 and 12 end the cycles; a run of fewer epochs under the same rates ends there.
    let model = BayesianModel(
      .multilayerPerceptron(inputs: 3, hidden: [8], outputs: 1, activation: .tanh), prior: .normal(scale: 1),
      likelihood: .gaussian(noise: .fixed(0.2)))
    let average = try StochasticWeightAveraging(training: Self.training, phase: Self.phase)
      .fit(model, to: Self.examples, seed: 2, control: RunControl())
    var mean = [Double](repeating: 0, count: model.parameterCount)
    for epochs in [8, 10, 12] {
      var configuration = Self.training
      configuration.epochs = epochs
      // As many steps at the first rate, and periods as long, whatever the length of the run.
      configuration.schedule = .sequence(
        .constant(0.01), share: 6 / Double(epochs), .sawtooth(0.02, to: 0.002, period: 2 / Double(epochs - 6)))
      let mode = try MaximumAPosteriori(training: configuration).fit(
        model, to: Self.examples, seed: 2, control: RunControl())
      for (index, value) in mode.draws.elements.enumerated() { mean[index] += Double(value) / 3 }
    }
    #expect(relativeDifference(average.draws.elements.map(Double.init), mean) < 1e-6)
    let swag = try Self.swag.fit(model, to: Self.examples, seed: 2, control: RunControl())
    #expect(swag.gaussian.mean == average.draws.elements && swag.gaussian.rank == 2)
    #expect(swag.mean.draws == average.draws)
  }

  @Test func statisticsOfBatchNormalisationAreThoseOfTheDataForTheAverage() throws {
    let network = Network(inputs: 3) {
      Dense(4)
      BatchNormalization(momentum: 0.3)
      Activation.relu
      Dense(1)
    }
    let model = BayesianModel(network, prior: .normal(scale: 1), likelihood: .gaussian(noise: .fixed(0.2)))
    let average = try StochasticWeightAveraging(training: Self.training, phase: Self.phase)
      .fit(model, to: Self.examples, seed: 2, control: RunControl())
    // Minibatches of 20, 20, 20, 20 and 10 rows, each with the same weight.
    let theta = average.draws.elements.map(Double.init)
    var expected = [Double](repeating: 0, count: 8)
    for rows in [0..<20, 20..<40, 40..<60, 60..<80, 80..<90] {
      for unit in 0..<4 {
        let values = rows.map { row in
          (0..<3).reduce(theta[12 + unit]) { $0 + theta[3 * unit + $1] * Double(Self.examples.inputs[row, $1]) }
        }
        let mean = values.reduce(0, +) / Double(rows.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rows.count - 1)
        expected[unit] += mean / 5
        expected[4 + unit] += variance / 5
      }
    }
    #expect(relativeDifference(average.states.elements.map(Double.init), expected) < 1e-5)
  }

  @Test func threadsAndInterruptionsChangeNoBit() throws {
    let model = wideNormalisedModel
    let whole = try Self.swag.fit(model, to: Self.examples, seed: 3, control: RunControl(threads: 1))
    let sample = whole.sample(3, seed: 7)
    #expect(sample.draws.elements.allSatisfy { $0.isFinite } && sample.states.shape == [3, 400])
    let shared = try Self.swag.fit(model, to: Self.examples, seed: 3, control: RunControl(threads: 3))
    #expect(shared.sample(3, seed: 7).draws == sample.draws && shared.sample(3, seed: 7).states == sample.states)
    let (pieced, pieces) = try fitInPieces(Self.swag, model, Self.examples, seed: 3, threads: 2)
    #expect(pieces >= 3 && pieced.sample(3, seed: 7).draws == sample.draws)
    let inputs = Self.examples.inputs
    #expect(whole.predict(inputs, threads: 1).mean == shared.predict(inputs, threads: 2).mean)
  }

  @Test(arguments: [AveragingPhase.Rate.constant(0.003), .cyclical(0.005, to: 0.001, epochs: 3)])
  func momentumAndLearnedNoiseGoTogetherWithSWAG(rate: AveragingPhase.Rate) throws {
    let model = BayesianModel(
      .multilayerPerceptron(inputs: 3, hidden: [16], outputs: 1, activation: .tanh), prior: .normal(scale: 1),
      likelihood: .gaussian(noise: .learned))
    let training = TrainingConfiguration(
      epochs: 120, batchSize: 20, optimizer: .sgd(momentum: 0.9), schedule: .constant(0.01))
    let posterior = try SWAG(training: training, phase: AveragingPhase(from: 0.5, rate: rate), rank: 10, draws: 20)
      .fit(model, to: Self.examples, seed: 2, control: RunControl())
    let place = try #require(model.layout[Likelihood.logNoiseName]).offset
    // The data have the noise 0.1, and a sine that sixteen units can follow.
    let noise = Foundation.exp(Double(posterior.gaussian.mean[place]))
    #expect(noise > 0.05 && noise < 0.4, "a noise of \(noise)")
    #expect(posterior.gaussian.variances[place] > 0, "it wanders with the weights")
    let noises = Set((0..<20).map { posterior.sample(20, seed: 1).draws[$0, place] })
    #expect(noises.count == 20)
    let forecast = posterior.predict(Self.examples.inputs)
    let errors = zip(forecast.mean, Self.examples.targets.elements).map { $0 - Double($1) }
    #expect((errors.reduce(0) { $0 + $1 * $1 } / 90).squareRoot() < 0.4)
    #expect(forecast.aleatoric.allSatisfy { $0.isFinite && $0 > 0 } && forecast.epistemic.allSatisfy { $0 > 0 })
  }

  @Test func aRateThatMomentumDoesNotBearIsRefusedAsDivergence() throws {
    let model = BayesianModel(
      .multilayerPerceptron(inputs: 3, hidden: [16], outputs: 1), prior: .normal(scale: 1),
      likelihood: .gaussian(noise: .learned))
    let training = TrainingConfiguration(
      epochs: 40, batchSize: 20, optimizer: .sgd(momentum: 0.99), schedule: .constant(0.5))
    let method = SWAG(training: training, phase: AveragingPhase(from: 0.5, rate: .constant(2)))
    do {
      _ = try method.fit(model, to: Self.examples, seed: 2, control: RunControl())
      Issue.record("a rate of 2 with momentum 0.99 ended well")
    } catch TrainingError.diverged {
    }
  }

  @Test func averagingRefusesWhatItCannotEnd() {
    var stopping = Self.training
    stopping.earlyStopping = EarlyStopping()
    let model = wideNormalisedModel
    #expect(
      throws: TrainingError.unusable(
        "weights are averaged at the end of a run, which early stopping may never reach; leave it out")
    ) {
      _ = try SWAG(training: stopping, phase: Self.phase).fit(model, to: Self.examples, seed: 0, control: RunControl())
    }
    let long = AveragingPhase(from: 0.5, rate: .cyclical(0.1, to: 0.01, epochs: 7))
    #expect(
      throws: TrainingError.unusable(
        "12 epochs end before the first cycle of averaging does; take more epochs")
    ) {
      _ = try SWAG(training: Self.training, phase: long).fit(model, to: Self.examples, seed: 0, control: RunControl())
    }
  }

  @Test func aSingleLookLeavesNoWidth() throws {
    let model = BayesianModel(
      .multilayerPerceptron(inputs: 3, hidden: [4], outputs: 1, activation: .tanh), prior: .normal(scale: 1),
      likelihood: .gaussian(noise: .fixed(0.2)))
    func hasWidth(from share: Double, scale: Double = 1) throws -> Bool {
      let phase = AveragingPhase(from: share, rate: .constant(0.003))
      let posterior = try SWAG(training: Self.training, phase: phase, rank: 2, scale: scale, draws: 4)
        .fit(model, to: Self.examples, seed: 1, control: RunControl())
      let draws = posterior.sample(3, seed: 1)
      #expect(draws.areAllTheSame != posterior.hasWidth)
      return posterior.hasWidth
    }
    #expect(try hasWidth(from: 0.5) && !hasWidth(from: 0.99) && !hasWidth(from: 0.5, scale: 0))
  }

  @Test func snapshotsAreTheWeightsAtTheEndsOfCycles() throws {
    let method = SnapshotEnsemble(cycles: 3, rate: 0.02, training: Self.training)
    let ensemble = try method.fit(wideNormalisedModel, to: Self.examples, seed: 3, control: RunControl())
    #expect(ensemble.drawCount == 3)
    var configuration = Self.training
    configuration.schedule = .cyclical(0.02, cycles: 3)
    let end = try MaximumAPosteriori(training: configuration).fit(
      wideNormalisedModel, to: Self.examples, seed: 3, control: RunControl())
    #expect(ensemble.draws.rows(2..<3) == end.draws && ensemble.states.rows(2..<3) == end.states)
    #expect(ensemble.draws.rows(0..<1) != ensemble.draws.rows(1..<2))
    let (pieced, pieces) = try fitInPieces(method, wideNormalisedModel, Self.examples, seed: 3, threads: 1)
    #expect(pieces >= 3 && pieced.draws == ensemble.draws)
  }

  @Test func aMixtureHoldsComponentsOfSeedsApartForAnyNumberOfThreads() throws {
    let model = wideNormalisedModel
    let method = Mixture(Self.swag, components: 3, draws: 7)
    let whole = try method.fit(model, to: Self.examples, seed: 3, control: RunControl(threads: 1))
    #expect(whole.components.count == 3)
    #expect(whole.components[0].gaussian.mean != whole.components[1].gaussian.mean)
    let sample = whole.sample(7, seed: 4)
    #expect(sample.drawCount == 7)
    // Three draws of the first component, two of each other: each nearer to its own mean.
    for (row, owner) in [0, 0, 0, 1, 1, 2, 2].enumerated() {
      let distances = whole.components.map { component in
        zip(sample.draws.rows(row..<row + 1).elements, component.gaussian.mean).reduce(0) { $0 + abs($1.0 - $1.1) }
      }
      #expect(distances.indices.min { distances[$0] < distances[$1] } == owner)
    }
    for threads in [2, 8] {
      let shared = try method.fit(model, to: Self.examples, seed: 3, control: RunControl(threads: threads))
      #expect(shared.sample(7, seed: 4).draws == sample.draws)
    }
    let (pieced, pieces) = try fitInPieces(method, model, Self.examples, seed: 3, threads: 2)
    #expect(pieces >= 3 && pieced.sample(7, seed: 4).draws == sample.draws)
    let inputs = Self.examples.inputs
    #expect(whole.predict(inputs, threads: 1).mean == pieced.predict(inputs, threads: 2).mean)
  }
}
