//  BatchStatisticsTests.swift — statistics recomputed over data, against golden values from PyTorch's `update_bn`.

import Arrays
import Datasets
import Foundation
import Networks
import Probability
import Programs
import Testing
import Training

@Suite struct BatchStatisticsTests {
  /// `convnet.json` and its data set: own JAX, checked against torch's swa_utils.update_bn.
  private struct Golden: Decodable {
    /// In the order of the layers.
    let theta, statistics: [Double]
    let batchSize: Int
    /// Shapes [3, 1, 12, 12] and [3, 10].
    let inputsTest, logitsTest: [Double]

    static func load() throws -> (golden: Golden, data: DenseArray<Double>) {
      let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
      let golden = try JSONDecoder().decode(
        Golden.self, from: Data(contentsOf: folder.appending(path: "batch_statistics.json")))
      let file = try SafetensorsFile(contentsOf: folder.appending(path: "convnet_bn_dataset.safetensors").path)
      return (golden, try file.array(named: "bn_dataset").converted(to: Double.self))
    }
  }

  private static let model = BayesianModel(
    Network(inputs: [1, 12, 12]) {
      Convolution2D(4, size: 3)
      BatchNormalization()
      Activation.relu
      MaxPool(2)
      Convolution2D(8, size: 3)
      BatchNormalization(momentum: 0.3)
      Activation.relu
      Flatten()
      Dense(10)
    }, prior: .flat, likelihood: .categorical(classes: 10))

  private static func areClose(_ a: [Double], _ b: [Double], _ tolerance: Double) -> Bool {
    let scale = b.reduce(0) { max($0, abs($1)) }
    return a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance * scale }
  }

  @Test func theyAreThoseOfTheReferenceWhateverTheMomentum() throws {
    let (golden, data) = try Golden.load()
    let theta = golden.theta
    let found = BatchStatistics(Self.model, inputs: data, batchSize: golden.batchSize).recomputed(parameters: theta)
    #expect(Self.areClose(found, golden.statistics, 1e-9))
    let x = DenseArray(golden.inputsTest, shape: [3, 1, 12, 12])
    let program = Program(inputs: [[theta.count], x.shape, [found.count]]) { t in
      [Self.model.outputs(t[0], t[1], state: t[2]).outputs]
    }
    let logits = program.run([DenseArray(theta), x, DenseArray(found)])[0]
    #expect(Self.areClose(logits.elements, golden.logitsTest, 1e-9))
  }

  @Test(arguments: [1, 2, 3]) func inFloatTheyAreNearAndTheSameBitsOnAnyNumberOfThreads(threads: Int) throws {
    let (golden, data) = try Golden.load()
    let theta = golden.theta.map(Float.init)
    let examples = Examples(inputs: data.converted(), targets: DenseArray(repeating: 0, shape: [40]))
    let alone = recomputedStatistics(
      Self.model, parameters: theta, examples: examples, batchSize: golden.batchSize)
    #expect(Self.areClose(alone.map(Double.init), golden.statistics, 1e-5))
    let shared = recomputedStatistics(
      Self.model, parameters: theta, examples: examples, batchSize: golden.batchSize,
      pool: WorkerPool(threads: threads))
    #expect(shared == alone)
  }

  @Test func aSingleRowThatIsLeftJoinsTheMinibatchBefore() throws {
    let (golden, data) = try Golden.load()
    let theta = golden.theta
    let rows = data.rows(0..<13)
    let whole = BatchStatistics(Self.model, inputs: rows, batchSize: 13).recomputed(parameters: theta)
    #expect(BatchStatistics(Self.model, inputs: rows, batchSize: 12).recomputed(parameters: theta) == whole)
    // Two rows are a minibatch of their own, and count as much as the ten.
    let ten = BatchStatistics(Self.model, inputs: data.rows(0..<10), batchSize: 10).recomputed(parameters: theta)
    let two = BatchStatistics(Self.model, inputs: data.rows(10..<12), batchSize: 10).recomputed(parameters: theta)
    let both = BatchStatistics(Self.model, inputs: data.rows(0..<12), batchSize: 10).recomputed(parameters: theta)
    #expect(Self.areClose(both, zip(ten, two).map { 0.5 * ($0 + $1) }, 1e-14))
  }

  @Test func oneObjectServesManyParameters() throws {
    let (golden, data) = try Golden.load()
    let theta = golden.theta
    let statistics = BatchStatistics(Self.model, inputs: data, batchSize: 12)
    let first = statistics.recomputed(parameters: theta)
    let other = statistics.recomputed(parameters: theta.map { 2 * $0 })
    #expect(other != first && statistics.recomputed(parameters: theta) == first)
  }

  @Test func dropoutDrawsTheMasksOfItsSeed() {
    let model = Problems.normalisedWithDropout
    let examples = Problems.curve(rows: 30)
    let theta = [Float](repeating: 0.3, count: model.parameterCount)
    let found = recomputedStatistics(model, parameters: theta, examples: examples, batchSize: 10, seed: 4)
    #expect(found == recomputedStatistics(model, parameters: theta, examples: examples, batchSize: 10, seed: 4))
    #expect(found.count == model.network.stateCount && found.allSatisfy(\.isFinite))
  }

  @Test func aNetworkWithoutStatisticsHasNone() {
    let theta = [Float](repeating: 0, count: Problems.perceptron.parameterCount)
    #expect(
      recomputedStatistics(Problems.perceptron, parameters: theta, examples: Problems.curve(rows: 5), batchSize: 2)
        .isEmpty)
  }
}
