//  Pilot.swift — a look at the data on behalf of methods that can hold no rows back.
//
//  Averages, snapshots and chains go on along a training run and use all rows to its end, so they have none by which to choose the
//  length of the run or the noise. On few rows a network that is trained to the end passes near every one of them, and the
//  noise that it learns is far too small. A pilot with early stopping, one network, says
//
//    (1) e*  the epochs after which rows held back are predicted best
//    (2) σ̂   the noise that these rows have, see `ValidationLoss`, for a Gaussian likelihood with learned noise; the noise that the
//            network had learnt by then for Student's t
//
//  The method is then fitted to all rows, with e* in place of the epochs as the method wants it, and with the noise σ̂, fixed.
//  Without early stopping there is no pilot. Chains then take the first value of the noise, fixed: see `StochasticGradientEntries`.
//
//  Cost       one training run. Its checkpoint lies in a folder within that of the fit.

import Arrays
import Foundation
import Networks
import Probability
import Training

enum Pilot {
  /// A plan that begins with a pilot where the setting has early stopping.
  ///
  /// - Parameters:
  ///   - epochs: From e* to the epochs of the method; never more than the setting has.
  ///   - plan: The method's own plan for a setting without early stopping.
  static func plan(
    _ setting: FitSetting, epochs: @escaping @Sendable (Int) -> Int,
    _ plan: @escaping @Sendable (FitSetting) throws(TrainingError) -> MethodPlan
  ) throws(TrainingError) -> MethodPlan {
    guard setting.training.earlyStopping != nil else { return try plan(setting) }
    var piloted = try plan(setting.afterPilot(epochs: setting.training.epochs, noise: nil))
    piloted.pilotedFit = { (examples, seed, control) throws(TrainingError) in
      let own = control.ofPilot
      let (best, noise) = try run(setting, examples, seed: seed, control: own)
      let after = setting.afterPilot(epochs: min(max(1, epochs(best)), setting.training.epochs), noise: noise)
      var result = try plan(after).fit(examples, seed, control)
      result.pilot = setting.training
      own.checkpoint?.remove()
      return result
    }
    return piloted
  }

  /// (1) and (2).
  private static func run(
    _ setting: FitSetting, _ examples: Examples, seed: UInt64, control: RunControl
  ) throws(TrainingError) -> (epochs: Int, noise: Double?) {
    let recipe = TrainingRecipe.mode(of: setting.model, setting.training)
    let trainer = try train(setting.model, on: examples, recipe, members: 1, seed: seed, control: control)[0]
    let epochs = trainer.bestEpoch ?? setting.training.epochs
    guard setting.model.likelihood.family.fixing(noise: 1) != nil,
      let place = setting.model.layout[Likelihood.logNoiseName]?.offset
    else { return (epochs, nil) }
    return (epochs, exp(Double(trainer.result.vector[place])))
  }
}

extension FitSetting {
  /// The same with a noise that stays at its first value, where it would be learned.
  var fixingNoise: FitSetting {
    switch model.likelihood.family {
    case .gaussian(.learned(let noise)), .studentT(_, .learned(let noise)):
      fixing(noise: noise)
    default: self
    }
  }

  /// All rows, so many epochs, and a fixed noise where it is given.
  fileprivate func afterPilot(epochs: Int, noise: Double?) -> FitSetting {
    var training = training
    training.earlyStopping = nil
    training.epochs = epochs
    let setting = FitSetting(model: model, training: training, learningRate: learningRate, rows: rows)
    return noise.map { setting.fixing(noise: max($0, 1e-6)) } ?? setting
  }

  private func fixing(noise: Double) -> FitSetting {
    guard let family = model.likelihood.family.fixing(noise: noise) else { return self }
    let fixed = BayesianModel(
      model.network, prior: model.prior, likelihood: Likelihood(family, temperature: model.likelihood.temperature))
    return FitSetting(model: fixed, training: training, learningRate: learningRate, rows: rows)
  }
}

extension Likelihood.Family {
  /// The same with a fixed noise; `nil` where none is learned.
  fileprivate func fixing(noise: Double) -> Likelihood.Family? {
    switch self {
    case .gaussian(.learned): .gaussian(noise: .fixed(noise))
    case .studentT(let degrees, .learned): .studentT(degreesOfFreedom: degrees, scale: .fixed(noise))
    default: nil
    }
  }
}

extension RunControl {
  /// The same control with a checkpoint of its own, which resumes as the fit does.
  fileprivate var ofPilot: RunControl {
    var control = self
    control.checkpoint = checkpoint.map {
      CheckpointFolder(path: $0.path + "/pilot", resumes: $0.resumes, interval: $0.interval)
    }
    return control
  }
}
