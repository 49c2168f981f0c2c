import Arrays
import Foundation
import Networks
import Optimization
import Probability
import Testing
import Training

@Suite struct EarlyStoppingTests {
  private static func run(
    _ model: BayesianModel, _ examples: Examples, bagging: Bool = false, _ configuration: TrainingConfiguration
  ) throws -> (result: TrainedMembers, events: [TrainingEvent]) {
    let record = EventRecord()
    let result = try train(
      model, on: examples, members: 1, bagging: bagging, configuration, seed: 2,
      control: RunControl(threads: 1, progress: { record.append($0) }))
    return (result, record.events)
  }

  @Test func theBestEpochIsKeptAndPatienceEndsTheRun() throws {
    // Few rows and many units: the validation loss falls, then rises.
    let examples = Problems.curve(rows: 40)
    var configuration = TrainingConfiguration(
      epochs: 2000, batchSize: 8, schedule: .constant(0.01),
      earlyStopping: EarlyStopping(validationFraction: 0.25, patience: 7))
    let (result, events) = try Self.run(Problems.perceptron, examples, configuration)
    let losses = try events.map { try #require($0.validationLoss) }
    let best = try #require(losses.indices.min { losses[$0] < losses[$1] }) + 1
    #expect(best > 1 && events.count < 2000)
    #expect(events.count == best + 7, "it stops when patience has ended")
    #expect(events.map(\.isLast) == events.indices.map { $0 == events.count - 1 })
    // A run that ends with that epoch arrives at what was kept.
    configuration.epochs = best
    let (atBest, _) = try Self.run(Problems.perceptron, examples, configuration)
    #expect(atBest.parameters == result.parameters)
  }

  @Test(arguments: [false, true]) func heldOutRowsAreNeverTrainedOn(bagging: Bool) throws {
    // Rows share nothing, so the prediction of a row that is not trained on stays 0, and the loss what it was.
    let examples = Problems.unrelatedRows(targets: [Float](repeating: 2, count: 20))
    let configuration = TrainingConfiguration(
      epochs: 10, batchSize: 4, schedule: .constant(0.1),
      earlyStopping: EarlyStopping(validationFraction: 0.3, patience: 100))
    let model = Problems.weightForEachRow(20, noise: .fixed(1))
    let (_, events) = try Self.run(model, examples, bagging: bagging, configuration)
    let untrained = 0.5 * 4 + 0.5 * log(2 * .pi)
    #expect(events.count == 10)
    for event in events { #expect(abs(try #require(event.validationLoss) - untrained) < 1e-6) }
    #expect(events[9].loss < events[0].loss, "the others are learnt")
  }

  /// With inputs of zero only the bias counts, and 10 rows of 1 with noise 1 have it at 10 / (10 + 1/s²). It rises all the way, and
  /// with it the fit to the rows held back.
  @Test func heldOutRowsDoNotCountBesideThePrior() throws {
    let model = BayesianModel(
      Network(inputs: 1) { Dense(1) }, prior: .normal(scale: 0.3), likelihood: .gaussian(noise: .fixed(1)))
    let examples = Examples(
      inputs: DenseArray(repeating: 0, shape: [20, 1]), targets: DenseArray(repeating: 1, shape: [20]))
    let configuration = TrainingConfiguration(
      epochs: 60, batchSize: 10, optimizer: .sgd(), schedule: .constant(0.2),
      earlyStopping: EarlyStopping(validationFraction: 0.5, patience: 60))
    let (result, _) = try Self.run(model, examples, configuration)
    let bias = try #require(model.layout["0.dense.bias"])
    #expect(abs(Double(result.parameters.elements[bias.offset]) - 10 / (10 + 1 / 0.09)) < 1e-5)
  }

  @Test func heldOutRowsChooseTheNoiseWhereItIsLearnt() throws {
    // Their residuals are 2 or -2, as above, while training would take the noise towards 0.
    let examples = Problems.unrelatedRows(targets: (0..<20).map { $0 % 2 == 0 ? 2 : -2 })
    let configuration = TrainingConfiguration(
      epochs: 300, batchSize: 20, schedule: .constant(0.05),
      earlyStopping: EarlyStopping(validationFraction: 0.3, patience: 300))
    let model = Problems.weightForEachRow(20, noise: .learned)
    let (result, events) = try Self.run(model, examples, configuration)
    let slice = try #require(model.layout["likelihood.logNoise"])
    #expect(abs(result.parameters.elements[slice.offset] - Float(log(2.0))) < 1e-6)
    let loss = try #require(events.last?.validationLoss)
    #expect(abs(loss - (0.5 * log(2 * .pi * 4) + 0.5)) < 1e-6)
  }

  @Test func rowsTooFewToHoldBackAreRefused() throws {
    let error = #expect(throws: TrainingError.self) {
      _ = try Self.run(
        Problems.perceptron, Problems.curve(rows: 4), TrainingConfiguration(epochs: 1, earlyStopping: EarlyStopping()))
    }
    #expect(error?.description == "4 rows are too few to hold back a share of 0.1 for early stopping")
  }
}
