//  OnlineNewtonEntry.swift — `ivon`: a mean field by natural gradients.

import Approximations
import Networks

extension MethodEntry {
  static let onlineNewton = MethodEntry(
    name: VariationalOnlineNewton.name, summary: "a mean field by natural gradients, at about the cost of one network",
    options: [
      .number(
        "curvature", in: 1e-6...1e6, default: LibraryDefaults.onlineNewton.initialCurvature,
        "the curvature of a row's loss at the start; less begins wider"),
      .number(
        "temperature", in: 1e-6...100, default: LibraryDefaults.onlineNewton.temperature,
        "1 for the posterior, less for a cold one"),
      .integer(
        "draws", in: 1...10_000, default: LibraryDefaults.onlineNewton.predictionDraws,
        "draws that a prediction averages over"),
    ],
    defaults: { training, _ in
      training.stopsEarly = false
      training.learningRate = 0.1
    }, mover: { _ in ParameterMover("IVON") }
  ) { options, setting in
    let (count, draws) = (setting.model.parameterCount, options.integer("draws"))
    return MethodPlan(
      VariationalOnlineNewton(
        initialCurvature: options.number("curvature"), temperature: options.number("temperature"),
        predictionDraws: draws, training: setting.training),
      setting, memory: 4 * Double(count) * (9 + 2 * Double(draws)),
      memoryUse: "a distribution over \(count) parameters and \(draws) draws", cheaper: "fewer draws"
    )
  }
}
