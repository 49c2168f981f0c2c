//  Laplace.swift — a normal distribution at the mode, as wide as the curvature of the log posterior allows.
//
//  Notation   θ* the mode     F  the curvature of the log likelihood at θ*     δ  precision of the prior     Λ = F + diag δ
//
//  Equations  (1) p(θ | D) ≈ N(θ*, Λ⁻¹)                                        [MacKay 1992; Daxberger 2021]
//             (2) log p(D) ≈ log p(D | θ*) + log p(θ*) + P/2 log 2π − ½ log det Λ
//             (3) y predicted through the network linearised at θ*                          [Immer 2021]
//
//  Steps      training to θ*; one pass over the data for F; δ, and learned noise, as `PrecisionTuning` says: by the maximum of (2) at
//             fixed θ* and F, by the evidence of (3), by rows that early stopping has held back, or by (2) while θ* is
//             searched for.
//
//  Cost       a training run, O backward passes over the data, and what the structure takes: see its file.

public import Arrays
public import Curvatures
public import Networks
public import Training

/// A Laplace approximation.
public struct Laplace: InferenceMethod {
  public static let name = "laplace"

  /// `nil` takes what suits the model and the rows: see `LaplaceStructure.suited(to:rows:curvature:)`.
  public var structure: LaplaceStructure?
  public var curvature: Curvature
  /// What of the prior the marginal likelihood chooses. Learned noise is always chosen by it.
  public var tuning: PrecisionTuning
  public var prediction: LaplacePrediction
  /// What the curvature may take. Unit: bytes.
  public var memoryLimit: Int
  public var training: TrainingConfiguration

  /// - Parameter tuning: `nil` takes what suits the training: see `PrecisionTuning.suited(to:curvature:)`.
  public init(
    _ structure: LaplaceStructure? = nil, curvature: Curvature = .gaussNewton,
    tuning: PrecisionTuning? = nil, prediction: LaplacePrediction = .linearised(draws: 100),
    memoryLimit: Int = Laplace.defaultMemoryLimit, training: TrainingConfiguration
  ) {
    self.structure = structure
    self.curvature = curvature
    self.tuning = tuning ?? .suited(to: training, curvature: curvature)
    self.prediction = prediction
    self.memoryLimit = memoryLimit
    self.training = training
  }

  /// Half of the memory of this machine.
  public static var defaultMemoryLimit: Int { MemoryNeed.standardLimit }

  /// The same with a structure.
  func settled(for model: BayesianModel, rows: Int) -> Laplace {
    var method = self
    method.structure = structure ?? .suited(to: model, rows: rows, curvature: curvature)
    return method
  }

  /// Precondition: the method is settled.
  var settledStructure: LaplaceStructure {
    guard let structure else { preconditionFailure("the structure is settled before it is used") }
    return structure
  }

  public func fit(
    _ model: BayesianModel, to examples: Examples, seed: UInt64, control: RunControl
  ) throws(TrainingError) -> LaplacePosterior {
    guard structure != nil else {
      return try settled(for: model, rows: examples.count).fit(model, to: examples, seed: seed, control: control)
    }
    if let problem = problem(for: model, examples) { throw .unusable(problem) }
    if case .duringTraining(let schedule) = tuning {
      if let problem = schedule.problem(epochs: training.epochs) { throw .unusable(problem) }
      let run = try EvidenceRun(self, schedule, model, examples, seed: seed, control: control)
      return try posterior(
        LaplaceApproximation(
          method: self, model: model, mode: run.parameters, state: run.state, examples: examples, seed: seed,
          control: control, precisions: run.precisions))
    }
    let split = split(examples, seed: seed)
    let recipe = TrainingRecipe.mode(of: model, training)
    let trainer = try train(model, on: split.train, recipe, members: 1, seed: seed, control: control)[0]
    let (vector, statistics) = trainer.result
    let (mode, state) = (DenseArray(vector), DenseArray(statistics, shape: [model.network.stateCount]))
    var (curved, validation) = split
    if usesHeldOutRows, !trainer.heldOutRows.isEmpty {
      let held = Set(trainer.heldOutRows)
      curved = examples.rows(at: (0..<examples.count).filter { !held.contains($0) })
      validation = examples.rows(at: trainer.heldOutRows)
    }
    return try approximate(
      model, mode: mode, state: state, curved, validation: validation, seed: seed, control: control)
  }

  /// Whether rows that training has held back have a say.
  private var usesHeldOutRows: Bool { tuning == .heldOut || tuning == .linearised }

  /// Rows that choose the precision where training itself holds none back: a tenth, and 2000 at most.
  private func split(_ examples: Examples, seed: UInt64) -> (train: Examples, validation: Examples?) {
    guard tuning == .heldOut, training.earlyStopping == nil, examples.count >= Self.fewestRowsToSplit else {
      return (examples, nil)
    }
    var random = Philox(seed: seed, stream: 0).substream(7)
    let rows = random.permutation(count: examples.count)
    let count = min(examples.count / 10, 2000)
    return (examples.rows(at: rows[count...].sorted()), examples.rows(at: rows[..<count].sorted()))
  }

  /// One or two rows tell nothing of a precision.
  private static let fewestRowsToSplit = 20

  /// The approximation at a mode that was found elsewhere.
  ///
  /// - Parameters:
  ///   - mode: θ*. Shape [P].
  ///   - state: The running statistics that belong to it. Shape [Q].
  ///   - examples: What the curvature is taken of.
  ///   - validation: Other rows, for the tunings `heldOut` and `linearised`; of no use otherwise.
  /// - Throws: `TrainingError` when the model or the settings do not fit, or on a request to stop.
  public func approximate(
    _ model: BayesianModel, mode: DenseArray<Float>, state: DenseArray<Float>? = nil, _ examples: Examples,
    validation: Examples? = nil, seed: UInt64 = 0, control: RunControl = RunControl()
  ) throws(TrainingError) -> LaplacePosterior {
    let method = settled(for: model, rows: examples.count)
    if let problem = method.problem(for: model, examples) { throw .unusable(problem) }
    return try posterior(
      LaplaceApproximation(
        method: method, model: model, mode: mode, state: state ?? model.network.initialState(), examples: examples,
        validation: usesHeldOutRows ? validation : nil, seed: seed, control: control))
  }

  private func posterior(_ approximation: LaplaceApproximation) throws(TrainingError) -> LaplacePosterior {
    do {
      return try approximation.posterior()
    } catch {
      switch error {
      case .stopped: throw .interrupted(epochs: training.epochs, canResume: approximation.control.checkpoint != nil)
      case .unsupported, .notFinite: throw .unusable(error.description)
      }
    }
  }
}
