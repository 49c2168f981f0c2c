//  MemoryRefusalTests.swift — methods that keep more than a few vectors ask for their memory, and name the variant that fits.

import Approximations
import Arrays
import Networks
import Probability
import Testing
import Training

@Suite struct MemoryRefusalTests {
  /// 952 410 parameters.
  private static let large = BayesianModel(
    Network.multilayerPerceptron(inputs: 784, hidden: [800, 400], outputs: 10, activation: .relu),
    prior: .normal(scale: 1), likelihood: .categorical(classes: 10))
  private static let examples = Examples(
    inputs: DenseArray(repeating: 0, shape: [2, 784]), targets: DenseArray(repeating: 0, shape: [2]))
  /// Nobody waits for its end.
  private static let training = TrainingConfiguration(epochs: 1_000_000_000)

  private static func refusal(_ method: some InferenceMethod) -> String {
    do {
      _ = try method.fit(large, to: examples, seed: 1, control: RunControl(threads: 1, shouldStop: { true }))
      return "accepted"
    } catch {
      return error.description
    }
  }

  private static let accepted = TrainingError.interrupted(epochs: 1, canResume: false).description

  private static func swag(_ limit: Int) -> SWAG {
    SWAG(training: training, phase: AveragingPhase(rate: .constant(0.1)), memoryLimit: limit)
  }

  /// 4 P (16 + 5.25 · 20 + 30) bytes.
  @Test func swagNamesTheGreatestRankThatFits() {
    let need = "20 deviations and 30 draws of 952410 parameters need 575 MB of memory, more than the limit of"
    #expect(Self.refusal(Self.swag(400_000_000)) == "\(need) 400 MB; a rank of 11 needs 395 MB")
    // A rank of 1 would fit, at 195 MB, but one deviation is no covariance.
    #expect(Self.refusal(Self.swag(200_000_000)) == "\(need) 200 MB; a rank of 0 needs 175 MB")
    #expect(Self.refusal(Self.swag(100_000_000)) == "\(need) 100 MB")
    #expect(Self.refusal(Self.swag(576_000_000)) == Self.accepted)
    let method = SWAG(training: Self.training, phase: AveragingPhase(rate: .constant(0.1)), rank: 10_000_000)
    #expect(
      Self.refusal(method).contains("10000000 deviations and 30 draws of 952410 parameters need 200 TB of memory"))
  }

  @Test func aMixtureAsksForAllOfItsComponents() {
    #expect(
      Self.refusal(Mixture(Self.swag(900_000_000), components: 3))
        == "3 times 20 deviations and 30 draws of 952410 parameters need 1.5 GB of memory, more than the limit of 900 MB; "
        + "a rank of 10 needs 897 MB")
  }

  private static func variational(_ family: VariationalFamily, _ limit: Int) -> VariationalInference {
    VariationalInference(family: family, training: training, memoryLimit: limit)
  }

  /// 4 n (42 + 26 · 5) bytes.
  @Test func aLowRankNamesTheGreatestRankThatFits() {
    let need = "a covariance of rank 5 over 952410 weights needs 655 MB of memory, more than the limit of"
    #expect(
      Self.refusal(Self.variational(.lowRank(rank: 5), 400_000_000)) == "\(need) 400 MB; a rank of 2 needs 358 MB")
    #expect(
      Self.refusal(Self.variational(.lowRank(rank: 5), 200_000_000)) == "\(need) 200 MB; a mean field needs 46 MB")
    #expect(Self.refusal(Self.variational(.lowRank(rank: 5), 10_000_000)) == "\(need) 10 MB")
    #expect(Self.refusal(Self.variational(.lowRank(rank: 5), 656_000_000)) == Self.accepted)
  }

  /// 4 n (42 + 25 n) bytes.
  @Test func aFullCovarianceNamesALowRankOrAMeanField() {
    let need = "a full covariance of 952410 weights needs 91 TB of memory, more than the limit of"
    #expect(Self.refusal(Self.variational(.fullRank, 8_000_000_000)) == "\(need) 8.0 GB; a low rank of 5 needs 655 MB")
    #expect(Self.refusal(Self.variational(.fullRank, 200_000_000)) == "\(need) 200 MB; a mean field needs 46 MB")
    #expect(
      Self.refusal(Self.variational(.lastLayer(.fullRank), 1_000_000_000))
        == "a full covariance of 4010 weights needs 1.6 GB of memory, more than the limit of 1.0 GB; a low rank of 5 needs "
        + "2.8 MB")
    #expect(
      Self.refusal(Self.variational(.lastLayer(.lowRank(rank: 5)), 2_000_000))
        == "a covariance of rank 5 over 4010 weights needs 2.8 MB of memory, more than the limit of 2.0 MB; a rank of 3 needs "
        + "1.9 MB")
    #expect(Self.refusal(VariationalInference(family: .fullRank, training: Self.training)).hasPrefix(need))
  }
}
