//  VariationalRunTests.swift — the contract of every fit: threads, resuming, refusals.

import Approximations
import Arrays
import Foundation
import Networks
import Optimization
import Probability
import Synchronization
import Testing
import Training

@Suite struct VariationalRunTests {
  private static let model = BayesianModel(
    .multilayerPerceptron(inputs: 3, hidden: [40, 30], outputs: 1), prior: .normal(scale: 1),
    likelihood: .gaussian(noise: .learned))
  private static let training = TrainingConfiguration(epochs: 6, batchSize: 16, schedule: .cosine(0.01))

  static let families: [VariationalFamily] = [
    .meanField(), .meanField(.localReparameterisation), .meanField(.flipout), .lowRank(rank: 2),
  ]

  private static func draws(_ method: VariationalInference, _ control: RunControl) throws -> [Float] {
    try method.fit(model, to: MeanFieldFitTests.examples, seed: 3, control: control).sample(2, seed: 1).draws.elements
  }

  @Test(arguments: families) func theNumberOfThreadsChangesNoBit(_ family: VariationalFamily) throws {
    let method = VariationalInference(family: family, training: Self.training)
    let one = try Self.draws(method, RunControl(threads: 1))
    #expect(try Self.draws(method, RunControl(threads: 2)) == one)
    #expect(try Self.draws(method, RunControl(threads: 3)) == one)
  }

  @Test(arguments: families) func aRunInPiecesEndsAtTheSameBits(_ family: VariationalFamily) throws {
    let mode = TrainingConfiguration(epochs: 3, batchSize: 16)
    let method = VariationalInference(
      family: family, start: .mode(mode), annealing: .linear(share: 0.5), training: Self.training)
    let whole = try Self.draws(method, RunControl(threads: 1))
    let path = FileManager.default.temporaryDirectory.appending(path: "variational-\(UUID().uuidString)").path
    for stop in [2, 3, 3] {
      let epochs = Mutex(0)
      let control = RunControl(
        threads: 1, checkpoint: CheckpointFolder(path: path, resumes: true, interval: 0),
        progress: { _ in epochs.withLock { $0 += 1 } }, shouldStop: { epochs.withLock { $0 + 1 >= stop } })
      #expect(throws: TrainingError.self) { _ = try Self.draws(method, control) }
    }
    let folder = CheckpointFolder(path: path, resumes: true, interval: 0)
    #expect(try Self.draws(method, RunControl(threads: 2, checkpoint: folder)) == whole)
    #expect(!FileManager.default.fileExists(atPath: path + "/mode"))
    folder.remove()
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test(arguments: families + [.planarFlow(layers: 1, slices: ["4"]), .lastLayer(.fullRank)])
  func aPosteriorMadeAgainFromItsContentsPredictsTheSameBits(_ family: VariationalFamily) throws {
    let posterior = try VariationalInference(family: family, predictionDraws: 3, training: Self.training)
      .fit(Self.model, to: MeanFieldFitTests.examples, seed: 1 << 40 + 7, control: RunControl(threads: 1))
    let again = try VariationalPosterior(model: Self.model, contents: posterior.contents)
    let inputs = MeanFieldFitTests.examples.inputs
    #expect(again.predict(inputs, threads: 1).mean == posterior.predict(inputs, threads: 1).mean)
    #expect(again.contents == posterior.contents)
    var damaged = posterior.contents
    damaged.numbers["draws"] = 0.5
    #expect(throws: PosteriorFault.self) { _ = try VariationalPosterior(model: Self.model, contents: damaged) }
    damaged = posterior.contents
    damaged.arrays["family"] = DenseArray([1, 2, 3.5])
    #expect(throws: PosteriorFault.self) { _ = try VariationalPosterior(model: Self.model, contents: damaged) }
  }

  @Test func theDivergenceRisesOverHalfOfTheStepsWhereNoiseIsLearned() {
    func annealing(_ likelihood: Likelihood, _ chosen: DivergenceAnnealing? = nil) -> DivergenceAnnealing {
      let network = Network.multilayerPerceptron(inputs: 3, hidden: [4], outputs: 3)
      return VariationalInference(annealing: chosen, training: Self.training)
        .annealing(of: BayesianModel(network, prior: .normal(scale: 1), likelihood: likelihood))
    }
    #expect(annealing(.gaussian(noise: .learned)) == .linear(share: 0.5))
    #expect(annealing(.gaussian(noise: .fixed(0.1))) == .none)
    #expect(annealing(.categorical(classes: 3)) == .none)
    #expect(annealing(.gaussian(noise: .learned), DivergenceAnnealing.none) == .none)
    #expect(annealing(.categorical(classes: 3), .linear(share: 0.2)) == .linear(share: 0.2))
  }

  private static func refusal(_ method: VariationalInference, _ model: BayesianModel) -> String? {
    let shape = Shape([4] + model.network.inputShape.extents)
    let examples = Examples(
      inputs: DenseArray(repeating: 0, shape: shape), targets: DenseArray(repeating: 0, shape: [4]))
    do {
      _ = try method.fit(model, to: examples, seed: 1, control: RunControl(threads: 1))
      return nil
    } catch {
      return error.description
    }
  }

  private static func method(_ family: VariationalFamily) -> VariationalInference {
    VariationalInference(family: family, training: TrainingConfiguration(epochs: 1))
  }

  @Test func layersThatCannotBeSampledAreRefusedByName() {
    let images = BayesianModel(
      Network(inputs: [1, 6, 6]) {
        Convolution2D(2, size: 3)
        Flatten()
        Dense(2)
      }, prior: .normal(scale: 1), likelihood: .categorical(classes: 2))
    #expect(
      Self.refusal(Self.method(.meanField(.localReparameterisation)), images)
        == "local-reparameterisation cannot sample this network: layer 0.convolution shares its weights between outputs, "
        + "which makes them dependent; use the estimator draw")
    #expect(Self.refusal(Self.method(.meanField(.flipout)), images) == nil)
    let normalised = BayesianModel(
      Network(inputs: 3) {
        Dense(4)
        LayerNormalization()
        Dense(2)
      }, prior: .normal(scale: 1), likelihood: .categorical(classes: 2))
    let sentence = Self.refusal(Self.method(.meanField(.flipout)), normalised)
    #expect(sentence?.contains("layer 1.layerNormalization has a parameter") == true, "\(sentence ?? "none")")
    #expect(Self.refusal(Self.method(.meanField()), normalised) == nil)
  }

  @Test func aFlatPriorIsRefused() {
    let model = BayesianModel(
      Self.model.network, prior: .flat, likelihood: Self.model.likelihood)
    #expect(Self.refusal(Self.method(.meanField()), model)?.hasPrefix("variational inference needs a prior") == true)
  }
}
