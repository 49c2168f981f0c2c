import Approximations
import Arrays
import Networks
import Optimization
import Probability
import Testing
import Training

@Suite struct EnsembleTests {
  private static let model = BayesianModel(
    .multilayerPerceptron(inputs: 1, hidden: [20], outputs: 1, activation: .tanh), prior: .normal(scale: 1),
    likelihood: .gaussian(noise: .fixed(0.1)))

  /// A parabola, seen at [−2, −0.5] and [0.5, 2].
  private static let examples: Examples = {
    let inputs: [Float] = (0..<40).map { i in
      let start: Float = i < 20 ? -2 : 0.5
      return start + 1.5 * Float(i % 20) / 19
    }
    let targets: [Float] = inputs.map { x in x * x - 1 }
    return Examples(inputs: DenseArray(inputs, shape: [40, 1]), targets: DenseArray(targets))
  }()

  private static let training = TrainingConfiguration(epochs: 150, batchSize: 10, schedule: .cosine(0.02))

  @Test func aSingleMemberIsTheMode() async throws {
    let ensemble = try await DeepEnsemble(members: 1, training: Self.training)
      .fit(Self.model, to: Self.examples, seed: 3)
    let mode = try await MaximumAPosteriori(training: Self.training).fit(Self.model, to: Self.examples, seed: 3)
    #expect(ensemble.draws == mode.draws && mode.drawCount == 1)
  }

  @Test(arguments: [false, true]) func threadsChangeNoBit(bagging: Bool) throws {
    let ensemble = DeepEnsemble(members: 5, bagging: bagging, training: Self.training)
    let alone = try ensemble.fit(Self.model, to: Self.examples, seed: 3, control: RunControl(threads: 1))
    for threads in [2, 3, 8] {
      let shared = try ensemble.fit(Self.model, to: Self.examples, seed: 3, control: RunControl(threads: threads))
      #expect(shared.draws == alone.draws, "\(threads) threads")
    }
  }

  @Test func membersDisagreeMostFarFromTheData() async throws {
    let posterior = try await DeepEnsemble(members: 5, training: Self.training)
      .fit(Self.model, to: Self.examples, seed: 3)
    let forecast = posterior.predict(DenseArray([-6, -1.25, 1.25, 6], shape: [4, 1]))
    let (far, near) = (
      min(forecast.epistemic[0], forecast.epistemic[3]), max(forecast.epistemic[1], forecast.epistemic[2])
    )
    #expect(far > 5 * near)
    #expect(forecast.aleatoric.allSatisfy { abs($0 - 0.1) < 1e-6 }, "the noise is the same everywhere")
  }
}
