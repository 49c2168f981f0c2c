//  Defaults.swift — what a fit does where nobody says otherwise. All choices of this kind stand here.
//
//  Notation   N  rows of data     B  rows of a minibatch     E  epochs     U  units of the widest hidden layer
//
//  Equations  (1) E = max(fewestEpochs, min(mostEpochs, steps / ⌈N / B⌉)); a convolutional network costs much more a step, and
//                 takes a quarter of the steps and of the fewest epochs
//             (2) the first learning rate is min(0.01, 0.5 / U √(B / 32)): wide layers sum over more inputs, and a step of Adam
//                 moves each by as much; the noise of a gradient falls with the square root of its rows
//
//  A mode of weights and noise together has too little noise when the network can pass near every training row. So a share
//  of the rows, another one for each member, is held back, and these rows choose the epoch and the noise: see
//  `ValidationLoss`.
//
//  The learning rate falls to zero along half a cosine, so that the last parameters are as good as an average of the last
//  ones.

import Approximations
import Datasets
import Networks
import Probability
import Training

/// The settings of a fit that nobody chose.
public enum Defaults {
  public static let network = NetworkDescription.dense([50, 50])
  public static let members = LibraryDefaults.deepEnsemble.members
  public static let priorScale = 1.0

  /// Steps of one network aimed at in (1).
  static let steps = 40_000
  static let fewestEpochs = 40
  static let mostEpochs = 4_000

  /// Rows below which none are held back: one or two tell nothing of the noise.
  static let fewestRowsForStopping = 20

  /// B for N rows.
  static func batchSize(rows: Int) -> Int { rows > 20_000 ? 128 : 32 }

  /// E, equation (1).
  static func epochs(rows: Int, batchSize: Int, network: NetworkDescription) -> Int {
    let stepsPerEpoch = max(1, (rows - 1) / batchSize + 1)
    let divisor = network.isConvolutional ? 4 : 1
    return max(fewestEpochs / divisor, min(mostEpochs, steps / divisor / stepsPerEpoch))
  }

  /// Equation (2); the usual rate of Adam for convolutional networks.
  static func learningRate(_ network: NetworkDescription, batchSize: Int) -> Double {
    guard case .dense(let units) = network else { return 1e-3 }
    return min(0.01, 0.5 / Double(units.max() ?? 1) * (Double(batchSize) / 32).squareRoot())
  }

  /// A tenth of the rows is held back, a fifth of few; a quarter of the epochs without an improvement is the end.
  static func earlyStopping(rows: Int, epochs: Int) -> EarlyStopping? {
    if rows < fewestRowsForStopping { return nil }
    return EarlyStopping(validationFraction: rows < 100 ? 0.2 : 0.1, patience: max(20, epochs / 4))
  }

  /// The likelihood that goes with data of this kind.
  ///
  /// - Parameter weights: What each class counts; `nil`: a row of any class counts the same.
  static func likelihood(
    of encoding: DataEncoding, _ choice: LikelihoodChoice?, weights: [Double]?
  ) -> Likelihood {
    switch encoding.classes {
    case .none: (choice ?? .gaussian).likelihood
    case .some(let classes): .categorical(classes: classes.count, weights: weights)
    }
  }

  /// Weights N / (C n꜀) of C classes with n꜀ of N rows: every class counts the same in all, and a row 1 on average.
  static func balancedWeights(_ counts: [Int]) -> [Double] {
    let rows = counts.reduce(0, +)
    return counts.map { Double(rows) / Double(counts.count * max($0, 1)) }
  }

  /// How N rows are trained on, where neither a person nor a method says otherwise.
  static func training(_ network: NetworkDescription, rows: Int, batchSize: Int?) -> TrainingDefaults {
    let batchSize = batchSize ?? Self.batchSize(rows: rows)
    return TrainingDefaults(
      rows: rows, epochs: epochs(rows: rows, batchSize: batchSize, network: network), batchSize: batchSize,
      learningRate: learningRate(network, batchSize: batchSize), stopsEarly: true)
  }
}
