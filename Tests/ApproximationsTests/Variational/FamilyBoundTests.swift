//  FamilyBoundTests.swift — a family that holds the mean fields ends no lower than they do, with hundreds of weights and the same rates.
//
//  A network 4-16-16-3 has 403 weights. 150 rows of three classes that overlap; 3000 steps at the first rate of a small table.

import Approximations
import Arrays
import Networks
import Optimization
import Probability
import Testing
import Training

@Suite struct FamilyBoundTests {
  private static let model = BayesianModel(
    .multilayerPerceptron(inputs: 4, hidden: [16, 16], outputs: 3), prior: .normal(scale: 1),
    likelihood: .categorical(classes: 3))

  private static let examples: Examples = {
    var random = Philox(seed: 17)
    let classes = (0..<150).map { $0 % 3 }
    let inputs = classes.flatMap { label in
      (0..<4).map { Float(random.normal()) + ($0 == label ? 2 : 0) }
    }
    return Examples(inputs: DenseArray(inputs, shape: [150, 4]), targets: DenseArray(classes.map { Float($0) }))
  }()

  private static func bound(_ family: VariationalFamily) throws -> (value: Double, standardError: Double) {
    let training = TrainingConfiguration(epochs: 600, batchSize: 32, schedule: .cosine(0.003))
    return try VariationalInference(family: family, training: training)
      .fit(model, to: examples, seed: 1, control: RunControl(threads: 1))
      .evidenceLowerBound(on: examples, draws: 200)
  }

  private static let meanField = Result { try bound(.meanField()) }

  @Test(arguments: [VariationalFamily.fullRank, .lowRank(rank: 5), .matrixNormal])
  func moreFreedomGivesNoLowerABound(_ family: VariationalFamily) throws {
    let (found, mean) = (try Self.bound(family), try Self.meanField.get())
    #expect(found.value > mean.value - 4 * (found.standardError + mean.standardError), "\(found) against \(mean)")
  }
}
