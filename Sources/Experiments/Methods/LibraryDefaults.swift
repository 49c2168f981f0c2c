//  LibraryDefaults.swift — the methods as the library makes them where nobody says otherwise. The catalogue takes its defaults from here,
//  so that a fit by the command line and one by a program are the same.

import Approximations
import Training

enum LibraryDefaults {
  /// Nothing is trained so.
  private static let training = TrainingConfiguration(epochs: 1)

  static let deepEnsemble = DeepEnsemble(training: training)
  static let anchoredEnsemble = AnchoredEnsemble(training: training)
  static let bayesianBootstrap = BayesianBootstrap(training: training)
  static let batchEnsemble = BatchEnsemble(training: training)
  static let steinEnsemble = SteinEnsemble(training: training)
  static let monteCarloDropout = MonteCarloDropout(training: training)
  static let dropConnect = DropConnect(training: training)
  static let snapshotEnsemble = SnapshotEnsemble(rate: 1, training: training)
  static let averaging = AveragingPhase(rate: .constant(1))
  static let swag = SWAG(training: training, phase: averaging)
  static let multiSWAG = Mixture(swag)
  static let laplace = Laplace(training: training)
  static let evidence = EvidenceSchedule()
  static let variational = VariationalInference(training: training)
  static let onlineNewton = VariationalOnlineNewton(training: training)
  static let warmStart = SamplingPath.warmStart(from: 1, sampling: 1)
  static let cycles = SamplingPath.modes(from: 1, sampling: 1)
  static let stochasticGradient = StochasticGradientMCMC(path: warmStart, epochs: 1)
  static let markovChains = MarkovChains()
}
