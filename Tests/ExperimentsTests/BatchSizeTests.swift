//  BatchSizeTests.swift — the size of a minibatch changes the path of a fit and not the posterior, whatever the method.
//
//  A linear model of 32 rows with noise 0.5 under a prior of scale 0.3, which has a say: a divergence, a prior or a noise that were
//  scaled by the minibatch of 8 rows would weigh four times too much, and move the prediction by several of its deviations.
//  The same number of steps for both sizes.

import Approximations
import Arrays
import Experiments
import Foundation
import Networks
import Probability
import Testing
import Training

@Suite struct BatchSizeTests {
  private static let examples: Examples = {
    var random = Philox(seed: 13)
    let inputs: DenseArray<Float> = random.normal(shape: [32, 2])
    return Examples(
      inputs: inputs,
      targets: DenseArray((0..<32).map { 0.8 * inputs[$0, 0] - 0.5 * inputs[$0, 1] + 0.5 * Float(random.normal()) }))
  }()

  /// Where the predictions are compared. Shape [4, 2].
  private static let places = DenseArray<Float>([0, 0, 1, -1, 2, 0, -1, 1.5], shape: [4, 2])

  private static func model(hidden: Bool) -> BayesianModel {
    let network =
      hidden
      ? Network(inputs: 2) {
        Dense(3)
        Activation.identity
        Dense(1)
      } : Network(inputs: 2) { Dense(1) }
    return BayesianModel(network, prior: .normal(scale: 0.3), likelihood: .gaussian(noise: .fixed(0.5)))
  }

  private static func predictive(_ method: MethodDescription, batchSize: Int, length: Int) throws -> Predictive {
    let model = model(hidden: ["dropout", "concrete-dropout"].contains(method.name))
    let description = FitDescription(
      method: method, network: .dense([]), epochs: length * 1500 * batchSize / 32, batchSize: batchSize,
      stopsEarly: false,
      seed: 5)
    let posterior = try description.plan(model, rows: 32).fit(examples, 5, RunControl(threads: 1)).posterior
    return posterior.predict(places, threads: 1)
  }

  /// A method, and how far its two predictions may be apart.
  struct Case: CustomTestStringConvertible {
    let method: MethodDescription
    /// Of the means. The posterior's deviations are 0.09 to 0.19.
    var mean = 0.03
    /// Of the epistemic deviations, relative; `nil` where they are those of the path, and not of a posterior.
    var spread: Double? = 0.15
    /// In 1500 steps.
    var length = 1

    var testDescription: String { method.name }
  }

  private static let others = ["nuts", "hmc", "psgld"]

  /// All methods that see minibatches, with enough draws, passes and steps for their moments to be steady. The preconditioner
  /// of psgld measures the noise of minibatches, and with more of it the chain is slower: it is in `StochasticGradientTests`.
  private static let cases =
    standard + [Case(method: MethodDescription("stein", options: ["space": .choice("weights")]))]

  private static let standard: [Case] = MethodCatalogue.names.filter { !others.contains($0) }.map { name in
    func method(_ options: [String: OptionValue]) -> MethodDescription { MethodDescription(name, options: options) }
    return switch name {
    case "dropout", "dropconnect": Case(method: method(["passes": .integer(2000)]))
    // The rates are still on their way, and faster where gradients have less noise.
    case "concrete-dropout": Case(method: method(["passes": .integer(2000)]), spread: 0.5, length: 4)
    case "variational", "ivon": Case(method: method(["draws": .integer(1000)]))
    // Factors that start with the wrong signs have a long way.
    case "batchensemble": Case(method: method(["members": .integer(2)]), mean: 0.06, spread: nil, length: 4)
    case "snapshot", "swag", "multi-swag", "ensemble", "swa": Case(method: method([:]), mean: 0.04, spread: nil)
    default: Case(method: method([:]))
    }
  }

  @Test(arguments: cases) func aMinibatchHasTheSamePosteriorAsAllRows(one: Case) throws {
    let few = try Self.predictive(one.method, batchSize: 8, length: one.length)
    let all = try Self.predictive(one.method, batchSize: 32, length: one.length)
    for place in 0..<4 {
      #expect(abs(few.mean[place] - all.mean[place]) < one.mean, "\(few.mean) and \(all.mean)")
      guard let spread = one.spread else { continue }
      let larger = max(few.epistemic[place], all.epistemic[place])
      #expect(
        abs(few.epistemic[place] - all.epistemic[place]) <= spread * larger + 1e-3,
        "\(few.epistemic) and \(all.epistemic)")
    }
  }
}
