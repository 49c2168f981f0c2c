//  AllocationTests.swift — a step of training allocates nothing, whatever the method.

import Approximations
import Arrays
import CAllocationCounter
import Networks
import Optimization
import Probability
import Synchronization
import Testing
import Training

@Suite(.serialized) struct AllocationTests {
  private static let rows = 796
  private static let members = 3

  /// Eleven epochs of 100 steps, the last minibatch of each smaller than the others.
  private static let training = TrainingConfiguration(
    epochs: 11, batchSize: 8, schedule: .warmUp(share: 0.1, .cosine(0.001)))

  private static let examples: Examples = {
    var random = Philox(seed: 1)
    let inputs: DenseArray<Float> = random.normal(shape: [rows, 3])
    return Examples(
      inputs: inputs, targets: DenseArray((0..<rows).map { inputs[$0, 0] + 0.1 * Float(random.normal()) }))
  }()

  private static let model = BayesianModel(
    .multilayerPerceptron(inputs: 3, hidden: [12, 8], outputs: 1, activation: .tanh), prior: .normal(scale: 1),
    likelihood: .gaussian(noise: .learned))

  private static let families: [VariationalFamily] =
    WeightEstimator.allCases.map { .meanField($0) } + [
      .fullRank, .lowRank(rank: 3), .matrixNormal, .radial, .planarFlow(layers: 2), .couplingFlow(layers: 2, hidden: 4),
      .lastLayer(.meanField), .lastLayer(.fullRank), .lastLayer(.lowRank(rank: 2)),
    ]

  private static let variational: [String: any InferenceMethod] = {
    var methods: [String: any InferenceMethod] = [:]
    for family in families {
      methods["variational \(family)"] = VariationalInference(family: family, predictionDraws: 1, training: training)
    }
    methods["variational renyi"] = VariationalInference(
      objective: .renyi(alpha: 0.5, draws: 2), annealing: .linear(share: 0.5), predictionDraws: 1, training: training)
    return methods
  }()

  private static let methods: [String: any InferenceMethod] = variational.merging([
    "map": MaximumAPosteriori(training: training),
    "dropout": MonteCarloDropout(rate: .fixed(0.1), training: training),
    "concrete-dropout": MonteCarloDropout(rate: .learned(initial: 0.1), training: training),
    "dropconnect": DropConnect(rate: 0.1, training: training),
    "ivon": VariationalOnlineNewton(predictionDraws: 1, training: training),
    "ensemble": DeepEnsemble(members: members, training: training),
    "bagged ensemble": DeepEnsemble(members: members, bagging: true, training: training),
    "adversarial ensemble": DeepEnsemble(members: members, adversarial: AdversarialTraining(), training: training),
    "anchored": AnchoredEnsemble(members: members, training: training),
    "bootstrap": BayesianBootstrap(members: members, training: training),
    "batchensemble": BatchEnsemble(members: members, training: training),
    "stein in functions": SteinEnsemble(members: members, space: .functions, training: training),
    "stein in weights": SteinEnsemble(members: members, space: .weights, training: training),
    // A curvature after the first epoch, and the next after the last: the epochs between are steps alone.
    "laplace during training": Laplace(
      tuning: .duringTraining(EvidenceSchedule(burnIn: 1, interval: 10)), training: training),
  ]) { $1 }

  @Test(arguments: methods.keys.sorted())
  func aStepAllocatesNothing(name: String) throws {
    try #require(allocation_count() >= 0, "allocations are counted with the GNU C library only")
    let counts = Mutex([Int]())
    counts.withLock { $0.reserveCapacity(11 * Self.members) }
    let control = RunControl(threads: 1, progress: { _ in counts.withLock { $0.append(allocation_count()) } })
    func fit(_ method: some InferenceMethod) throws {
      _ = try method.fit(Self.model, to: Self.examples, seed: 1, control: control)
    }
    let method = try #require(Self.methods[name])
    try fit(method)
    // Members take turns, an epoch each: counted from the end of everyone's first to the end of everyone's last but one.
    let seen = counts.withLock { $0 }
    let trained = seen.count / 11
    try #require(seen.count == 11 * trained && (trained == 1 || trained == Self.members))
    #expect(seen[0] > 0, "the counter counts")
    let spent = seen[seen.count - 1 - trained] - seen[trained - 1]
    #expect(spent == 0, "\(spent) allocations in \(900 * trained) steps")
  }
}
