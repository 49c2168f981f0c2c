//  BatchEnsemble.swift — members that share their weights up to a rank-one factor each.                     [Wen 2020]
//
//  Notation   M  members     W [O, I, …] a shared weight     rₘ [I] and sₘ [O] the factors of member m     B  rows of a minibatch
//
//  Equations  (1) Wₘ = W ∘ sₘ rₘᵀ; biases and all else are shared
//             (2) loss = −(1/N) [(1/M) Σₘ N/Bₘ Σ log p(y | x, θₘ) + log p(θ)],  member m sees its share Bₘ ≈ B / M of the rows
//
//  Factors start as random signs, which makes the members differ, and have no prior. Where a minibatch has fewer rows than
//  there are members, each sees all of them.
//
//  Cost       memory of one network and M (I + O) numbers a layer; the products of one network a step, and M passes over θ.
//             A prediction costs M passes. The members are written down as draws, so a fitted ensemble has M P numbers.
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
  public init(members: Int = 4, training: TrainingConfiguration) {
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
    return TrainingObjective(count: factors.count) { a in
      let rows = a.inputs.shape[0]
      var loss = Tensor.constant(0)
      for member in 0..<members {
        let share = rows < members ? 0..<rows : rows * member / members..<rows * (member + 1) / members
        let theta = factors.parameters(of: member, in: a.vector)
        let outputs = model.outputs(theta, a.inputs.slice(axis: 0, share), state: a.state, mode: .training).outputs
        let densities = model.likelihood.logDensity(
          outputs: outputs, targets: a.targets.slice(axis: 0, share), logNoise: model.logNoise(theta))
        loss = loss - densities.mean() * (1 / Double(members))
      }
      let shared = a.vector.slice(axis: 0, 0..<model.parameterCount)
      let objective = loss - model.logPrior(shared) * (1 / Double(a.dataCount))  // (2)
      return TrainingObjective.Results(
        loss: loss, gradient: gradient(of: objective, withRespectTo: a.vector), state: a.state)
    }
  }
}

/// θ, and behind it the factors: for each weight r of every member, then s of every member.
private struct RankOneFactors: Sendable {
  let model: BayesianModel
  let members: Int
  /// The length of the whole vector.
  let count: Int
  /// For each slice of θ that is a weight, where its factors begin.
  private let starts: [String: Int]

  init(_ model: BayesianModel, members: Int) {
    self.model = model
    self.members = members
    var end = model.parameterCount
    var starts: [String: Int] = [:]
    for slice in model.layout.slices where slice.role == .weight && slice.shape.rank >= 2 {
      starts[slice.name] = end
      end += members * (slice.shape[0] + slice.shape[1])
    }
    self.starts = starts
    count = end
  }

  /// Where r and s of a member lie.
  private func ranges(_ slice: ParameterSlice, _ start: Int, _ member: Int) -> (r: Range<Int>, s: Range<Int>) {
    let (outputs, inputs) = (slice.shape[0], slice.shape[1])
    let (r, s) = (start + member * inputs, start + members * inputs + member * outputs)
    return (r..<r + inputs, s..<s + outputs)
  }

  /// θₘ by (1). Shape [count] → [P].
  func parameters(of member: Int, in vector: Tensor) -> Tensor {
    let parts = model.layout.slices.map { slice in
      let shared = vector.slice(axis: 0, slice.range)
      guard let start = starts[slice.name] else { return shared }
      let (r, s) = ranges(slice, start, member)
      let rest = [Int](repeating: 1, count: slice.shape.rank - 2)
      let row = vector.slice(axis: 0, r).reshaped(Shape([1, r.count] + rest))
      let column = vector.slice(axis: 0, s).reshaped(Shape([s.count, 1] + rest))
      return (shared.reshaped(slice.shape) * row * column).reshaped([slice.shape.count])
    }
    return concatenate(parts, axis: 0)
  }

  /// All θₘ. Shape [M, P].
  func draws(of vector: [Float]) -> DenseArray<Float> {
    let program = Program(inputs: [[count]]) { t in
      [concatenate((0..<members).map { parameters(of: $0, in: t[0]) }, axis: 0)]
    }
    return program.run([DenseArray(vector)])[0].reshaped([members, model.parameterCount])
  }
}
