//  GrowthMethods.swift — the methods whose cost is followed from 10³ to 10⁷ parameters, and what a step of each is.
//
//  The network is h-h-h-10 with ReLU, of P = 2 h² + 12 h + 10 parameters; a minibatch has 128 rows, and an epoch twenty of them.
//  A step is what the method does with one minibatch. An ensemble's is that of one member, as many members as threads side by
//  side. SWAG looks at its path once an epoch. A Laplace approximation goes over the rows once: its step is the whole fit,
//  mode given, divided by the twenty minibatches that the rows would make, so that it holds its share of the decompositions.

import Credence
import Foundation

/// Data and a network of about so many parameters.
struct GrowthProblem {
  static let batchSize = 128
  static let steps = 20

  let model: BayesianModel
  let examples: Examples

  init(parameters: Int) {
    // The root of P = 2 h² + 12 h + 10.
    let root = (144 + 8 * Double(parameters - 10)).squareRoot()
    let width = max(1, Int(((root - 12) / 4).rounded()))
    let rows = Self.steps * Self.batchSize
    model = BayesianModel(
      .multilayerPerceptron(inputs: width, hidden: [width, width], outputs: 10, activation: .relu),
      prior: .normal(scale: 0.1), likelihood: .categorical(classes: 10))
    examples = Examples(
      inputs: DenseArray(numbers(rows * width, seed: 2), shape: [rows, width]),
      targets: DenseArray((0..<rows).map { Float($0 % 10) }))
  }
}

/// A method, and how long a step of it takes.
struct GrowthMethod: Sendable {
  let name: String
  /// Milliseconds, for a problem and a number of threads.
  let stepTime: @Sendable (GrowthProblem, Int) -> Double

  /// Longer than anyone waits: fits are stopped.
  private static let training = TrainingConfiguration(epochs: 100_000, batchSize: GrowthProblem.batchSize)

  /// The median over epochs of a fit that is stopped.
  private init(
    _ name: String, members: @escaping @Sendable (Int) -> Int = { _ in 1 }, leastEpochs: Int = 8,
    _ method: @escaping @Sendable (Int) -> any InferenceMethod
  ) {
    self.name = name
    stepTime = { problem, threads in
      func fit(_ method: some InferenceMethod, _ control: RunControl) throws {
        _ = try method.fit(problem.model, to: problem.examples, seed: 1, control: control)
      }
      let times = stepTimes(
        threads: threads, steps: GrowthProblem.steps, members: members(threads), leastEpochs: leastEpochs
      ) { control in
        let method = method(threads)
        try fit(method, control)
      }
      return times[times.count / 2]
    }
  }

  /// The least of a few whole fits of a Laplace approximation at the parameters that a network begins with.
  private init(_ name: String, _ structure: LaplaceStructure) {
    self.name = name
    stepTime = { problem, threads in
      let method = Laplace(structure, tuning: .fixed, training: Self.training)
      var random = Philox(seed: 1)
      let mode: DenseArray<Float> = problem.model.initialParameters(using: &random)
      let clock = ContinuousClock()
      let begin = clock.now
      var least = Double.infinity
      repeat {
        let time = clock.measure {
          _ = required {
            try method.approximate(
              problem.model, mode: mode, problem.examples, control: RunControl(threads: threads))
          }
        }
        least = min(least, time / .milliseconds(1))
      } while begin.duration(to: clock.now) < .seconds(2)
      return least / Double(GrowthProblem.steps)
    }
  }

  private static func variational(_ name: String, _ estimator: WeightEstimator) -> GrowthMethod {
    GrowthMethod(name) { _ in VariationalInference(family: .meanField(estimator), training: training) }
  }

  /// A chain that keeps no draw before it is stopped.
  private static func chain(_ name: String, _ dynamics: StochasticDynamics) -> GrowthMethod {
    GrowthMethod(name) { _ in
      StochasticGradientMCMC(
        dynamics, path: .stationary(.constant(1e-6), burnIn: 0.9), epochs: training.epochs,
        batchSize: GrowthProblem.batchSize)
    }
  }

  /// Those that the figures draw come first.
  static let all: [GrowthMethod] = [
    GrowthMethod("map") { _ in MaximumAPosteriori(training: training) },
    GrowthMethod("ensemble member", members: { $0 }) { DeepEnsemble(members: $0, training: training) },
    GrowthMethod("dropout") { _ in MonteCarloDropout(rate: .fixed(0.1), training: training) },
    // Its twenty deviations are there after as many epochs.
    GrowthMethod("swag", leastEpochs: 24) { _ in
      SWAG(training: training, phase: AveragingPhase(from: 0, rate: .constant(1e-3)), rank: 20)
    },
    chain("sgld", .langevin), chain("sghmc", .hamiltonian()),
    variational("vi mean-field", .draw), variational("vi flipout", .flipout),
    GrowthMethod("ivon") { _ in VariationalOnlineNewton(training: training) },
    GrowthMethod("laplace diagonal", .diagonal), GrowthMethod("laplace kronecker", .kronecker),
    GrowthMethod("laplace last layer", .lastLayer(.kronecker)),
    chain("psgld", .preconditionedLangevin()), chain("sgnht", .thermostat()),
    variational("vi local", .localReparameterisation),
    GrowthMethod("concrete dropout") { _ in MonteCarloDropout(rate: .learned(initial: 0.1), training: training) },
    GrowthMethod("dropconnect") { _ in DropConnect(training: training) },
    GrowthMethod("batch ensemble of 4") { _ in BatchEnsemble(members: 4, training: training) },
    GrowthMethod("stein ensemble of 5") { _ in SteinEnsemble(training: training) },
  ]
}
