//  TrainingRecipe.swift — what makes a run that of a method: an objective, a start, a rule and a collector.

package import Arrays
package import Networks

/// How members are trained, beside model, data and seed.
package struct TrainingRecipe: Sendable {
  /// Names the method and its options in checkpoints, so that no other fit takes them up.
  package var identity: String
  package var configuration: TrainingConfiguration
  package var objective: TrainingObjective
  /// The vector that a member starts at. Shape [V].
  package var start: @Sendable (_ member: Int, _ random: inout Philox) -> [Float]
  package var rule: @Sendable (RunExtent) throws(TrainingError) -> any UpdateRule
  package var collector: @Sendable (RunExtent) throws(TrainingError) -> (any Collector)?
  /// Whether each member sees a resample of the rows, with repetitions.
  package var bagging = false
  /// Numbers of a member's own for each of its rows, such as the row's weight; `nil` for none.
  package var rowNumbers: RowNumbers?
  /// Lowers the noise of minibatch gradients; `nil` takes them as they are.
  package var controlVariate: ControlVariate?

  package init(
    identity: String, configuration: TrainingConfiguration, objective: TrainingObjective,
    start: @escaping @Sendable (_ member: Int, _ random: inout Philox) -> [Float],
    rule: @escaping @Sendable (RunExtent) throws(TrainingError) -> any UpdateRule,
    collector: @escaping @Sendable (RunExtent) throws(TrainingError) -> (any Collector)? = { _ in nil }
  ) {
    self.identity = identity
    self.configuration = configuration
    self.objective = objective
    self.start = start
    self.rule = rule
    self.collector = collector
  }

  /// A mode of the posterior, found by the optimiser of the configuration. Other methods begin with this and change what
  /// is theirs.
  package static func mode(of model: BayesianModel, _ configuration: TrainingConfiguration) -> TrainingRecipe {
    TrainingRecipe(
      identity: "", configuration: configuration, objective: .logJoint(of: model),
      start: { _, random in model.initialParameters(Float.self, using: &random).elements },
      rule: { extent in
        OptimizerRule(configuration.optimizer, clipping: configuration.clipping, count: extent.vectorCount)
      })
  }
}

/// Numbers that a member has for each of its rows.
package struct RowNumbers: Sendable {
  /// Of one row; [] for a single number.
  package let shape: Shape
  /// Shape [rows] and then `shape`.
  package let draw: @Sendable (_ member: Int, _ rows: Int, _ random: inout Philox) -> [Float]

  package init(
    shape: Shape = [], _ draw: @escaping @Sendable (_ member: Int, _ rows: Int, _ random: inout Philox) -> [Float]
  ) {
    self.shape = shape
    self.draw = draw
  }
}
