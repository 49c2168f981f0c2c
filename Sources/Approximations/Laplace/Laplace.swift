//  Laplace.swift — a normal distribution at the mode, as wide as the curvature of the log posterior allows.
//
//  Notation   θ* the mode     F  the curvature of the log likelihood at θ*     δ  precision of the prior     Λ = F + diag δ
//
//  Equations  (1) p(θ | D) ≈ N(θ*, Λ⁻¹)                                        [MacKay 1992; Daxberger 2021]
//             (2) log p(D) ≈ log p(D | θ*) + log p(θ*) + P/2 log 2π − ½ log det Λ
//             (3) y predicted through the network linearised at θ*                          [Immer 2021]
//
//  Steps      training to θ*; one pass over the data for F; δ, and learned noise, by the maximum of (2) at fixed θ* and F.
//
//  Cost       a training run, O backward passes over the data, and what the structure takes: see its file.

public import Arrays
public import Curvatures
import Foundation
public import Networks
public import Training

/// A Laplace approximation.
public struct Laplace: InferenceMethod {
  public static let name = "laplace"

  public var structure: LaplaceStructure
  public var curvature: Curvature
  /// What of the prior the marginal likelihood chooses. Learned noise is always chosen by it.
  public var tuning: PrecisionTuning
  public var prediction: LaplacePrediction
  /// What the curvature may take. Unit: bytes.
  public var memoryLimit: Int
  public var training: TrainingConfiguration

  public init(
    _ structure: LaplaceStructure = .kronecker, curvature: Curvature = .gaussNewton,
    tuning: PrecisionTuning = .shared, prediction: LaplacePrediction = .linearised(draws: 100),
    memoryLimit: Int = Laplace.defaultMemoryLimit, training: TrainingConfiguration
  ) {
    self.structure = structure
    self.curvature = curvature
    self.tuning = tuning
    self.prediction = prediction
    self.memoryLimit = memoryLimit
    self.training = training
  }

  /// Half of the memory of this machine.
  public static var defaultMemoryLimit: Int { Int(ProcessInfo.processInfo.physicalMemory / 2) }

  public func fit(
    _ model: BayesianModel, to examples: Examples, seed: UInt64, control: RunControl
  ) throws(TrainingError) -> LaplacePosterior {
    if let problem = problem(for: model, examples) { throw .unusable(problem) }
    let trained = try train(model, on: examples, members: 1, training, seed: seed, control: control)
    return try approximate(
      model, mode: trained.parameters.reshaped([model.parameterCount]),
      state: trained.states.reshaped([model.network.stateCount]), examples, seed: seed, control: control)
  }

  /// The approximation at a mode that was found elsewhere.
  ///
  /// - Parameters:
  ///   - mode: θ*. Shape [P].
  ///   - state: The running statistics that belong to it. Shape [Q].
  /// - Throws: `TrainingError` when the model or the settings do not fit, or on a request to stop.
  public func approximate(
    _ model: BayesianModel, mode: DenseArray<Float>, state: DenseArray<Float>? = nil, _ examples: Examples,
    seed: UInt64 = 0, control: RunControl = RunControl()
  ) throws(TrainingError) -> LaplacePosterior {
    if let problem = problem(for: model, examples) { throw .unusable(problem) }
    let approximation = LaplaceApproximation(
      method: self, model: model, mode: mode, state: state ?? model.network.initialState(), examples: examples,
      seed: seed, control: control)
    do {
      return try approximation.posterior()
    } catch {
      switch error {
      case .stopped: throw .interrupted(epochs: training.epochs, canResume: control.checkpoint != nil)
      case .unsupported, .notFinite: throw .unusable(error.description)
      }
    }
  }
}
