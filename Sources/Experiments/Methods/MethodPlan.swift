//  MethodPlan.swift — a method with all its settings chosen, ready to fit: what it will need, and how it is run.
//
//  Notation   P  parameters of one network     S  networks that are trained or kept

public import Approximations
public import Networks
public import Training

/// What a method is told of the fit that it is to plan.
public struct FitSetting: Sendable {
  public let model: BayesianModel
  /// How one network would be trained to a mode.
  public let training: TrainingConfiguration
  /// The learning rate of the first step, before `training.schedule` lowers it.
  public let learningRate: Double
  /// Rows of the training data.
  public let rows: Int
}

/// A fit that can be run.
public struct MethodPlan: Sendable {
  /// Greatest memory, beside the data. Unit: bytes.
  public let memory: Double
  /// What the memory is for, as the subject of a sentence: "5 networks of 1000 parameters need".
  public let memoryUse: String
  /// What needs less memory: "fewer members".
  public let cheaper: String
  /// How the networks are trained: the setting's way, but for what the method does otherwise.
  public let training: TrainingConfiguration
  /// What the method chose where an option leaves it the choice, by the option's key, for people.
  public let resolved: [String: String]
  var run: @Sendable (Examples, UInt64, RunControl) throws(TrainingError) -> any StorablePosterior
  /// A fit that begins with a pilot, in place of `run`.
  var pilotedFit: (@Sendable (Examples, UInt64, RunControl) throws(TrainingError) -> MethodResult)?

  /// - Parameters:
  ///   - memory: In bytes.
  ///   - memoryUse: Plural, as the subject of "… need 3 GB".
  ///   - cheaper: The object of "use …".
  ///   - training: `nil` where it is that of the setting.
  ///   - resolved: See the property.
  ///   - stored: What of the posterior is kept.
  public init<Inference: InferenceMethod>(
    _ method: Inference, _ setting: FitSetting, memory: Double, memoryUse: String, cheaper: String,
    training: TrainingConfiguration? = nil, resolved: [String: String] = [:],
    storing stored: @escaping @Sendable (Inference.Fitted) -> any StorablePosterior
  ) {
    self.memory = memory
    self.memoryUse = memoryUse
    self.cheaper = cheaper
    self.training = training ?? setting.training
    self.resolved = resolved
    let model = setting.model
    run = { (examples, seed, control) throws(TrainingError) in
      stored(try method.fit(model, to: examples, seed: seed, control: control))
    }
  }

  /// The same for a posterior that is kept as it is.
  public init<Inference: InferenceMethod>(
    _ method: Inference, _ setting: FitSetting, memory: Double, memoryUse: String, cheaper: String,
    training: TrainingConfiguration? = nil, resolved: [String: String] = [:]
  ) where Inference.Fitted: StorablePosterior {
    self.init(
      method, setting, memory: memory, memoryUse: memoryUse, cheaper: cheaper, training: training, resolved: resolved
    ) { $0 }
  }

  /// Fits.
  public func fit(
    _ examples: Examples, _ seed: UInt64, _ control: RunControl
  ) throws(TrainingError) -> MethodResult {
    if let pilotedFit { return try pilotedFit(examples, seed, control) }
    return MethodResult(
      posterior: try run(examples, seed, control), training: training, pilot: nil, resolved: resolved)
  }

  /// A plan whose memory is that of so many networks, each of them trained and kept: 32 P bytes for each network (θ, its
  /// gradient, two moments of Adam, the best θ so far, and the result), and 32 P more for each of those whose checkpoints can
  /// be written at the same time. Measured as the greatest resident size of fits of 2 to 12 million parameters.
  ///
  /// - Parameters:
  ///   - networks: S.
  ///   - cheaper: The object of "use …".
  public init<Inference: InferenceMethod>(
    _ method: Inference, _ setting: FitSetting, networks: Int = 1, cheaper: String = "fewer units",
    training: TrainingConfiguration? = nil, resolved: [String: String] = [:]
  ) where Inference.Fitted: StorablePosterior {
    let count = setting.model.parameterCount
    let writing = min(networks, RunControl.processorCount)
    self.init(
      method, setting, memory: 32 * Double(count) * Double(networks + writing),
      memoryUse: networks == 1 ? "the \(count) parameters" : "\(networks) networks of \(count) parameters",
      cheaper: cheaper, training: training, resolved: resolved)
  }
}

/// A posterior, and how it came about.
public struct MethodResult: Sendable {
  public let posterior: any StorablePosterior
  /// How its networks were trained.
  public let training: TrainingConfiguration
  /// How the network before them was, where there was a pilot: see `Pilot`.
  public internal(set) var pilot: TrainingConfiguration?
  /// What the method chose where an option leaves it the choice, by the option's key, for people.
  public let resolved: [String: String]
}
