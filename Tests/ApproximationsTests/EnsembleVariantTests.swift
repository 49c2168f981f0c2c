//  EnsembleVariantTests.swift — anchored ensembles, the Bayesian bootstrap and adversarial training in closed form.

import Approximations
import Arrays
import Foundation
import Networks
import Optimization
import Probability
import Testing
import Training

@Suite struct EnsembleVariantTests {
  private typealias Data = LinearGaussianData

  /// The curvature of the loss, A⁻¹ / N, has eigenvalues between 0.5 and 8: rate 0.2 shrinks an error by 0.9 a step at least.
  private static let fullBatch = TrainingConfiguration(
    epochs: 150, batchSize: 30, optimizer: .sgd(), schedule: .constant(0.2))

  /// 1000 members: a variance has a relative standard error of 0.045, a mean one of 0.032 deviations.
  @Test func anchoredMembersHaveTheCovarianceOfThePosterior() throws {
    let ensemble = AnchoredEnsemble(members: 1000, training: Self.fullBatch)
    let found = Data.moments(try ensemble.fit(Data.model, to: Data.examples, seed: 5).draws)
    let exact = Data.posterior
    for place in 0..<2 {
      let deviation = exact.covariance[2 * place].squareRoot()
      #expect(abs(found.mean[place] - exact.mean[place]) < 4 * 0.032 * deviation)
    }
    let scale = (exact.covariance[0] * exact.covariance[2]).squareRoot()
    for (place, unit) in [exact.covariance[0], scale, exact.covariance[2]].enumerated() {
      #expect(abs(found.covariance[place] - exact.covariance[place]) < 4 * 0.045 * unit, "entry \(place)")
    }
  }

  /// Two targets that are the same numbers: each has the posterior of one, and members differ in them independently.
  @Test func anchoredMembersOfTwoTargetsHaveTheCovarianceOfThePosteriorInBoth() throws {
    let model = BayesianModel(
      Network(inputs: 1) { Dense(2) }, prior: .normal(scale: Data.scale), likelihood: Data.model.likelihood)
    let targets = DenseArray(Data.examples.targets.elements.flatMap { [$0, $0] }, shape: [30, 2])
    let draws = try AnchoredEnsemble(members: 1000, training: Self.fullBatch)
      .fit(model, to: Examples(inputs: Data.examples.inputs, targets: targets), seed: 5).draws
    let exact = Data.posterior.covariance
    // Weights of both targets, then their biases.
    let found = (0..<2).map { target in
      Data.moments(
        DenseArray((0..<1000).flatMap { [draws[$0, target], draws[$0, 2 + target]] }, shape: [1000, 2])
      ).covariance
    }
    let unit = [exact[0], (exact[0] * exact[2]).squareRoot(), exact[2]]
    for target in 0..<2 {
      for entry in 0..<3 {
        #expect(abs(found[target][entry] - exact[entry]) < 4 * 0.045 * unit[entry], "target \(target), entry \(entry)")
      }
    }
    let between = Data.moments(DenseArray((0..<1000).flatMap { [draws[$0, 0], draws[$0, 1]] }, shape: [1000, 2]))
    #expect(abs(between.covariance[1]) < 4 * 0.032 * exact[0])
  }

  @Test func withoutNoiseInTheTargetsTheySpreadLess() throws {
    let ensemble = AnchoredEnsemble(members: 300, perturbsTargets: false, training: Self.fullBatch)
    let found = Data.moments(try ensemble.fit(Data.model, to: Data.examples, seed: 5).draws)
    #expect(found.covariance[0] < 0.7 * Data.posterior.covariance[0])
    #expect(found.covariance[2] < 0.7 * Data.posterior.covariance[2])
  }

  /// Noise of 100 leaves the prior as it is: members are its draws. Its curvature, 1 / (30 s²) = 0.068, times the rate is 0.68.
  @Test func whereTheDataAreSilentMembersSpreadAsThePrior() throws {
    let model = BayesianModel(
      Data.model.network, prior: .normal(scale: Data.scale), likelihood: .gaussian(noise: .fixed(100)))
    let training = TrainingConfiguration(epochs: 20, batchSize: 30, optimizer: .sgd(), schedule: .constant(10))
    let found = Data.moments(
      try AnchoredEnsemble(members: 1000, training: training).fit(model, to: Data.examples, seed: 5).draws)
    for entry in [0, 2] { #expect(abs(found.covariance[entry] / (Data.scale * Data.scale) - 1) < 4 * 0.045) }
  }

  @Test func anchorsNeedANormalPrior() {
    let model = BayesianModel(Data.model.network, prior: .laplace(scale: 1), likelihood: Data.model.likelihood)
    #expect(throws: TrainingError.self) {
      try AnchoredEnsemble(training: Self.fullBatch).fit(model, to: Data.examples)
    }
  }

  @Test func anchoredMembersAreTheSameForAnyNumberOfThreads() throws {
    let ensemble = AnchoredEnsemble(members: 5, training: TrainingConfiguration(epochs: 5, batchSize: 7))
    let alone = try ensemble.fit(Data.model, to: Data.examples, seed: 5, control: RunControl(threads: 1)).draws
    for threads in [2, 3] {
      let control = RunControl(threads: threads)
      let shared = try ensemble.fit(Data.model, to: Data.examples, seed: 5, control: control).draws
      #expect(shared == alone, "\(threads) threads")
    }
  }

  /// w / N is Dirichlet(1, …, 1): the variance of a weight is (N − 1) / (N + 1), and 10⁵ of them give it to 1 %.
  @Test func bootstrapWeightsSumToTheNumberOfRows() {
    var random = Philox(seed: 3)
    let weights = BayesianBootstrap.weights(100_000, using: &random).map(Double.init)
    #expect(abs(weights.reduce(0, +) / 100_000 - 1) < 1e-6)
    #expect(weights.allSatisfy { $0 > 0 })
    let variance = weights.reduce(0) { $0 + ($1 - 1) * ($1 - 1) } / 100_000
    #expect(abs(variance - 1) < 4 * 0.009)
  }

  /// Under a flat prior the minimum is weighted least squares.
  @Test func aBootstrapMemberIsTheFitToItsWeights() throws {
    let model = BayesianModel(Data.model.network, prior: .flat, likelihood: Data.model.likelihood)
    var training = Self.fullBatch
    training.epochs = 800
    let draws = try BayesianBootstrap(members: 3, training: training).fit(model, to: Data.examples, seed: 9).draws
    for member in 0..<3 {
      var random = Philox(seed: 9, stream: UInt64(member)).substream(6)
      let weights = BayesianBootstrap.weights(30, using: &random).map(Double.init)
      var (n, x1, x2, y1, xy) = (0.0, 0.0, 0.0, 0.0, 0.0)
      for row in 0..<30 {
        let (w, x, y) = (weights[row], Double(Data.examples.inputs[row, 0]), Double(Data.examples.targets[row]))
        (n, x1, x2, y1, xy) = (n + w, x1 + w * x, x2 + w * x * x, y1 + w * y, xy + w * x * y)
      }
      let slope = (n * xy - x1 * y1) / (n * x2 - x1 * x1)
      #expect(abs(Double(draws[member, 0]) - slope) < 1e-4)
      #expect(abs(Double(draws[member, 1]) - (y1 - slope * x1) / n) < 1e-4)
    }
  }

  /// A step of next to nothing is plain training: the density of a row counts once beside the prior, and not twice.
  @Test func indicesHaveNoAdversaries() throws {
    let model = BayesianModel(
      Network(inputs: 2) {
        Embedding(categories: 3, dimension: 2)
        Flatten()
        Dense(1)
      }, prior: .normal(scale: 1), likelihood: .gaussian(noise: .fixed(1)))
    let examples = Examples(inputs: DenseArray([0, 1, 2, 1], shape: [2, 2]), targets: DenseArray([0, 1]))
    let training = TrainingConfiguration(epochs: 1)
    #expect(
      throws: TrainingError.unusable(
        "adversarial training moves inputs by their gradient, and indices of an embedding have none; leave it out")
    ) {
      try DeepEnsemble(members: 1, adversarial: AdversarialTraining(share: 0.1), training: training).fit(
        model, to: examples)
    }
    #expect(try DeepEnsemble(members: 1, training: training).fit(model, to: examples).drawCount == 1)
  }

  @Test func adversarialTrainingLeavesThePriorItsWeight() throws {
    let model = BayesianModel(
      Data.model.network, prior: .normal(scale: 0.1), likelihood: Data.model.likelihood)
    var training = Self.fullBatch
    training.schedule = .constant(0.1)
    let ensemble = DeepEnsemble(members: 1, training: training)
    let plain = try ensemble.fit(model, to: Data.examples, seed: 2).draws
    let smoothed = try DeepEnsemble(
      members: 1, adversarial: AdversarialTraining(share: 1e-6), training: training
    ).fit(model, to: Data.examples, seed: 2).draws
    for (a, b) in zip(plain.elements, smoothed.elements) { #expect(abs(a - b) < 1e-3, "\(plain) and \(smoothed)") }
  }

  /// For y = w x + b the worst step moves each residual r to |r| + |w| ε · range: the minimum of the mean of both squares, found
  /// by descent in double precision.
  @Test func adversarialTrainingFindsTheMinimumOfTheWorstCases() throws {
    let model = BayesianModel(Data.model.network, prior: .flat, likelihood: Data.model.likelihood)
    var training = Self.fullBatch
    training.epochs = 3000
    training.schedule = .cosine(0.1)
    let share = 0.2
    let draws = try DeepEnsemble(members: 1, adversarial: AdversarialTraining(share: share), training: training)
      .fit(model, to: Data.examples, seed: 2).draws
    let x = Data.examples.inputs.elements.map(Double.init)
    let y = Data.examples.targets.elements.map(Double.init)
    let step = share * ((x.max() ?? 0) - (x.min() ?? 0))
    func loss(_ w: Double, _ b: Double) -> Double {
      zip(x, y).reduce(0) { sum, row in
        let r = abs(row.1 - w * row.0 - b)
        return sum + r * r + (r + abs(w) * step) * (r + abs(w) * step)
      }
    }
    var (w, b) = (0.5, 0.0)
    for scale in [0.1, 0.01, 0.001, 1e-4, 1e-5] {
      var improves = true
      while improves {
        improves = false
        for (dw, db) in [(scale, 0.0), (-scale, 0), (0, scale), (0, -scale), (scale, -scale), (-scale, scale)]
        where loss(w + dw, b + db) < loss(w, b) {
          (w, b) = (w + dw, b + db)
          improves = true
        }
      }
    }
    // The loss has a kink at every residual of zero; descent ends within a step of the last rates.
    #expect(abs(Double(draws[0, 0]) - w) < 5e-3 && abs(Double(draws[0, 1]) - b) < 5e-3)
    let plain = try DeepEnsemble(members: 1, training: training).fit(model, to: Data.examples, seed: 2).draws
    #expect(abs(Double(plain[0, 0]) - w) > 0.02, "the worst cases count")
  }
}
