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
  public internal(set) var fit: @Sendable (Examples, UInt64, RunControl) throws(TrainingError) -> any StorablePosterior

  /// - Parameters:
  ///   - memory: In bytes.
  ///   - memoryUse: Plural, as the subject of "… need 3 GB".
  ///   - cheaper: The object of "use …".
  ///   - stored: What of the posterior is kept.
  public init<Inference: InferenceMethod>(
    _ method: Inference, _ setting: FitSetting, memory: Double, memoryUse: String, cheaper: String,
    storing stored: @escaping @Sendable (Inference.Fitted) -> any StorablePosterior
  ) {
    self.memory = memory
    self.memoryUse = memoryUse
    self.cheaper = cheaper
    let model = setting.model
    fit = { (examples, seed, control) throws(TrainingError) in
      stored(try method.fit(model, to: examples, seed: seed, control: control))
    }
  }

  /// The same for a posterior that is kept as it is.
  public init<Inference: InferenceMethod>(
    _ method: Inference, _ setting: FitSetting, memory: Double, memoryUse: String, cheaper: String
  ) where Inference.Fitted: StorablePosterior {
    self.init(method, setting, memory: memory, memoryUse: memoryUse, cheaper: cheaper) { $0 }
  }

  /// A plan whose memory is that of so many networks, each of them trained and kept: 32 P bytes for each network (θ, its
  /// gradient, two moments of Adam, the best θ so far, and the result), and 32 P more for each of those whose checkpoints can
  /// be written at the same time. Measured as the greatest resident size of fits of 2 to 12 million parameters.
  ///
  /// - Parameters:
  ///   - networks: S.
  ///   - cheaper: The object of "use …".
  public init<Inference: InferenceMethod>(
    _ method: Inference, _ setting: FitSetting, networks: Int = 1, cheaper: String = "fewer units"
  ) where Inference.Fitted: StorablePosterior {
    let count = setting.model.parameterCount
    let writing = min(networks, RunControl.processorCount)
    self.init(
      method, setting, memory: 32 * Double(count) * Double(networks + writing),
      memoryUse: networks == 1 ? "the \(count) parameters" : "\(networks) networks of \(count) parameters",
      cheaper: cheaper)
  }
}
