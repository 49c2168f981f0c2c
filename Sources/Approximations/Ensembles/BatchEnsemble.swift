//  BatchEnsemble.swift — members that share their weights up to a rank-one factor each.                     [Wen 2020]
//
//  Notation   M  members     W [O, I, …] a shared weight     rₘ [I] and sₘ [O] the factors of member m     B  rows of a minibatch
//
//  Equations  (1) Wₘ = W ∘ sₘ rₘᵀ; biases and all else are shared
//             (2) loss = −(1/N) (1/M) Σₘ [N/Bₘ Σ log p(y | x, θₘ) + log p(θₘ)],  member m sees its share Bₘ ≈ B / M of the rows
//
//  Factors start as random signs, which makes the members differ. They have no prior of their own: the prior is on the Wₘ, the
//  weights that predict. Where a minibatch has fewer rows than there are members, each sees all of them.
//
//  Cost       memory of one network and M (I + O) numbers a layer; the products of one network a step, see `RankOneMembers`,
//             with that of the inputs' gradient in the first layer too. With M = 4 and minibatches of 128 rows a step took 1.3
//             to 1.5 times that of one network of 10⁶ weights.
//             Weights of layers of one's own that are not sums over inputs are multiplied out for each member: M passes over
//             θ. A prediction costs M passes. The members are written down as draws, so a fitted ensemble has M P numbers.
//
//  Rows are not held back: a configuration's early stopping is left out, as the shared weights alone are no member.

import Arrays
public import Networks
import Probability
import Programs
public import Training

/// An ensemble of rank-one variations of one network.
public struct BatchEnsemble: InferenceMethod {
  public static let name = "batchensemble"

  /// M.
  public var members: Int
  public var training: TrainingConfiguration

  /// Precondition: members ≥ 1.
  public init(members: Int = 5, training: TrainingConfiguration) {
    precondition(members >= 1, "an ensemble of \(members) members")
    self.members = members
    self.training = training
  }

  /// Throws: `TrainingError.unusable` for a network with running statistics, and what training throws.
  public func fit(
    _ model: BayesianModel, to examples: Examples, seed: UInt64, control: RunControl
  ) throws(TrainingError) -> DrawsPosterior {
    try Self.check(model)
    let factors = RankOneFactors(model, members: members)
    var configuration = training
    configuration.earlyStopping = nil
    var recipe = TrainingRecipe.mode(of: model, configuration)
    recipe.identity = "batch ensemble \(members)"
    recipe.start = { _, random in
      let start = model.initialParameters(Float.self, using: &random).elements
      return start + (0..<factors.count - start.count).map { _ in random.next() & 1 == 0 ? 1 : -1 }
    }
    recipe.objective = objective(model, factors)
    let result = try train(model, on: examples, recipe, members: 1, seed: seed, control: control)[0].result
    return DrawsPosterior(
      model: model, draws: factors.draws(of: result.vector), states: DenseArray([], shape: [members, 0]))
  }

  /// Throws: `TrainingError.unusable` for a network with running statistics.
  package static func check(_ model: BayesianModel) throws(TrainingError) {
    try model.refuseRunningStatistics(for: "members that share their weights")
  }

  private func objective(_ model: BayesianModel, _ factors: RankOneFactors) -> TrainingObjective {
    let members = members
    let isShared = factors.names.isSubset(of: model.network.weightsOfSums)
    return TrainingObjective(count: factors.count) { a in
      let rows = a.inputs.shape[0]
      let shared = factors.shared(of: a.vector)
      let shares = (0..<members).map {
        rows < members ? 0..<rows : rows * $0 / members..<rows * ($0 + 1) / members
      }
      let outputs: [Tensor]
      if isShared {
        let counts = shares.map(\.count)
        let x = rows < members ? concatenate(shares.map { _ in a.inputs }, axis: 0) : a.inputs
        let all = model.outputs(
          shared, x, state: a.state, mode: .training, members: factors.rows(counts, in: a.vector))
        let ends = counts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
        outputs = (0..<members).map { all.slice(axis: 0, ends[$0]..<ends[$0 + 1]) }
      } else {
        outputs = (0..<members).map { member in
          model.outputs(
            factors.parameters(of: member, in: a.vector), a.inputs.slice(axis: 0, shares[member]), state: a.state,
            mode: .training
          ).outputs
        }
      }
      let logNoise = model.logNoise(shared)
      var loss = Tensor.constant(0)
      for (share, outputs) in zip(shares, outputs) {
        let densities = model.likelihood.logDensity(
          outputs: outputs, targets: a.targets.slice(axis: 0, share), logNoise: logNoise)
        loss = loss - densities.mean() * (1 / Double(members))
      }
      let objective = loss - factors.logPrior(in: a.vector) * (1 / Double(a.dataCount))  // (2)
      return TrainingObjective.Results(
        loss: loss, gradient: gradient(of: objective, withRespectTo: a.vector), state: a.state)
    }
  }
}
