//  TrainingObjective.swift — the function that a run follows downhill, as a program of one minibatch.
//
//  Notation   N rows of data,  B rows of the minibatch,  θ [P],  v the vector that is trained [V],  s statistics [Q]
//  Equations  (1) objective = −(1/N) [ N/B Σ log p(yₙ | xₙ, θ) + log p(θ) ]
//             (2) loss      = −(1/B) Σ log p(yₙ | xₙ, θ)
//
//  For a mode v = θ, and the gradient is that of (1); (2) is what progress shows, since the constants of the prior say
//  nothing. Dividing by N leaves the optimum where it is and makes learning rates independent of the amount of data.
//  Other families train another vector: the means and scales of a variational posterior, for instance.

import Arrays
package import Networks
package import Programs

/// The loss of a minibatch and the gradient of what is to fall.
package struct TrainingObjective: Sendable {
  /// What a program of one minibatch is given.
  package struct Arguments {
    /// v. Shape [V].
    package let vector: Tensor
    /// Running statistics before the minibatch. Shape [Q].
    package let state: Tensor
    /// Shape [B, …].
    package let inputs: Tensor
    /// Shape [B], or [B, D].
    package let targets: Tensor
    /// Numbers of the step. Shape [coefficientCount].
    package let coefficients: Tensor
    /// The recipe's numbers of the rows. Shape [B] and then that of a row's, or [0] where it has none.
    package let rowNumbers: Tensor
    /// N.
    package let dataCount: Int

    package init(
      vector: Tensor, state: Tensor, inputs: Tensor, targets: Tensor, coefficients: Tensor,
      rowNumbers: Tensor = .constant(0, shape: [0]), dataCount: Int
    ) {
      (self.vector, self.state, self.inputs, self.targets) = (vector, state, inputs, targets)
      (self.coefficients, self.rowNumbers, self.dataCount) = (coefficients, rowNumbers, dataCount)
    }
  }

  /// What it gives.
  package struct Results {
    /// The loss a row that progress shows. Shape [].
    package let loss: Tensor
    /// The gradient with respect to v. Shape [V].
    package let gradient: Tensor
    /// Running statistics after the minibatch. Shape [Q].
    package let state: Tensor

    package init(loss: Tensor, gradient: Tensor, state: Tensor) {
      (self.loss, self.gradient, self.state) = (loss, gradient, state)
    }
  }

  /// V. Where rows are held back, the first P entries of v are the parameters that they judge.
  package let count: Int
  /// How many numbers change from step to step, such as annealing weights.
  package let coefficientCount: Int
  /// Writes those numbers before a step.
  package let coefficients: @Sendable (RunStep, UnsafeMutableBufferPointer<Float>) -> Void
  package let trace: @Sendable (Arguments) -> Results

  package init(
    count: Int, coefficientCount: Int = 0,
    coefficients: @escaping @Sendable (RunStep, UnsafeMutableBufferPointer<Float>) -> Void = { _, _ in },
    trace: @escaping @Sendable (Arguments) -> Results
  ) {
    self.count = count
    self.coefficientCount = coefficientCount
    self.coefficients = coefficients
    self.trace = trace
  }

  /// Equations (1) and (2) of a model.
  package static func logJoint(of model: BayesianModel) -> TrainingObjective {
    TrainingObjective(count: model.parameterCount) { a in
      let (logJoint, state) = model.minibatchLogJoint(
        a.vector, a.inputs, a.targets, dataCount: a.dataCount, state: a.state)
      let scale = -1 / Double(a.dataCount)
      let objective = logJoint * scale  // (1)
      let loss = (logJoint - model.logPrior(a.vector)) * scale  // (2)
      return Results(loss: loss, gradient: gradient(of: objective, withRespectTo: a.vector), state: state)
    }
  }
}
