//  MaximumAPosterioriEntry.swift — `map`: the point of comparison.
//
//  `lbfgs` goes over all rows at once: an epoch is an iteration, and there are neither minibatches nor a learning rate. It
//  holds no rows back.

import Approximations
import Networks
import Optimization
import Training

extension MethodEntry {
  private enum Search: String, CaseIterable { case adam, lbfgs }

  /// Iterations of L-BFGS: the gradient has mostly vanished by then.
  private static let iterations = LimitedMemoryBFGS().iterationLimit

  static let maximumAPosteriori = MethodEntry(
    name: MaximumAPosteriori.name,
    summary: "one network at a mode, or where rows held back are predicted best; knows only the noise",
    options: [
      .choice("optimizer", default: Search.adam, "minibatches and Adam, or L-BFGS over all rows of small data at once")
    ],
    defaults: { defaults, options in
      guard options.choice("optimizer", as: Search.self) == .lbfgs else { return }
      defaults.epochs = iterations
      defaults.batchSize = defaults.rows
      defaults.stopsEarly = false
    },
    mover: { options in
      options.choice("optimizer", as: Search.self) == .lbfgs ? ParameterMover("L-BFGS", usesLearningRate: false) : nil
    }
  ) { options, setting in
    switch options.choice("optimizer", as: Search.self) {
    case .adam: return MethodPlan(MaximumAPosteriori(training: setting.training), setting)
    case .lbfgs:
      let search = LimitedMemoryBFGS(iterationLimit: setting.training.epochs)
      let count = setting.model.parameterCount
      // Its own vectors, and as many again for gradients and the result.
      return MethodPlan(
        MaximumAPosteriori(fullBatch: search), setting, memory: 8 * Double(count) * Double(2 * search.history + 16),
        memoryUse: "the \(count) parameters and \(search.history) pairs of L-BFGS",
        cheaper: "the optimizer adam or fewer units")
    }
  }
}
