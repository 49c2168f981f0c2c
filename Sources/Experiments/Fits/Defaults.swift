//  Defaults.swift — what a fit does where nobody says otherwise. All choices of this kind stand here.
//
//  Notation   N  rows of data     B  rows of a minibatch     E  epochs     T = E ⌈N / B⌉  steps of one network
//
//  Equation   (1) E = max(fewestEpochs, min(mostEpochs, steps / ⌈N / B⌉))
//
//  Small data are seen often enough for the optimiser to settle, large data at least `fewestEpochs` times. The learning
//  rate falls to zero along half a cosine, so that the last parameters are as good as an average of the last ones.

import Datasets
import Optimization
import Probability
import Training

/// The settings of a fit that nobody chose.
public enum Defaults {
  public static let hiddenUnits = [50, 50]
  public static let members = 5
  public static let priorScale = 1.0

  /// T aimed at in (1).
  static let steps = 40_000
  static let fewestEpochs = 40
  static let mostEpochs = 2_000
  static let learningRate = 1e-2

  /// B for N rows.
  static func batchSize(rows: Int) -> Int { rows > 20_000 ? 128 : 32 }

  /// E, equation (1).
  static func epochs(rows: Int, batchSize: Int) -> Int {
    let stepsPerEpoch = max(1, (rows + batchSize - 1) / batchSize)
    return max(fewestEpochs, min(mostEpochs, steps / stepsPerEpoch))
  }

  /// The likelihood that goes with a task.
  static func likelihood(of encoding: DataEncoding) -> Likelihood {
    switch encoding.classes {
    case .none: .gaussian(noise: .learned)
    case .some(let classes): .categorical(classes: classes.count)
    }
  }

  /// How N rows are trained on; arguments that are not `nil` come first.
  static func training(rows: Int, epochs: Int?, batchSize: Int?, learningRate: Double?) -> TrainingConfiguration {
    let batchSize = batchSize ?? Self.batchSize(rows: rows)
    return TrainingConfiguration(
      epochs: epochs ?? Self.epochs(rows: rows, batchSize: batchSize), batchSize: batchSize, optimizer: .adam(),
      schedule: .cosine(learningRate ?? Self.learningRate),
      earlyStopping: EarlyStopping(validationFraction: 0.1, patience: epochs ?? Self.epochs(rows: rows, batchSize: batchSize)))
  }
}
