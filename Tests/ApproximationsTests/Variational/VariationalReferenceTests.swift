//  VariationalReferenceTests.swift — quantities of variational inference against golden values in double precision.

import Approximations
import Arrays
import Foundation
import GoldenValues
import Networks
import Optimization
import Probability
import Programs
import Testing
import Training

@Suite struct VariationalReferenceTests {
  private let values: Reference
  private let x: DenseArray<Double>
  private let y: DenseArray<Double>
  private let model = BayesianModel(
    .multilayerPerceptron(inputs: 5, hidden: [16, 16], outputs: 3, activation: .tanh), prior: .normal(scale: 1),
    likelihood: .categorical(classes: 3))

  init() throws {
    values = try Reference("variational")
    let data = try Reference("mlp_classification")
    (x, y) = (try data["X"].array, try data["y"].array)
  }

  private func softplus(_ values: [Double]) -> [Double] { values.map { max($0, 0) + log1p(exp(-abs($0))) } }

  /// The gradients of −bound / N in μ and ρ that a fit follows, summed over the draws of the reference, and the values of
  /// the log likelihood.
  private func fitGradients(closedForm: Bool) throws -> (mean: [Double], spread: [Double], logLikelihoods: [Double]) {
    let part = try values["mean_field"]
    let (mu, rho, noise) = (try part["mu"].array, try part["rho"].array, try part["eps"].array)
    let deviations = softplus(rho.elements)
    let prior = MeanFieldPrior(model, closedForm: closedForm)
    let objective = TrainingObjective.meanField(model, prior, estimator: .draw, annealing: .none)
    let program = Program(
      inputs: [mu.shape, [0], x.shape, y.shape, [objective.coefficientCount]]
    ) { t in
      let results = objective.trace(
        TrainingObjective.Arguments(
          vector: t[0], state: t[1], inputs: t[2], targets: t[3], coefficients: t[4], dataCount: 64))
      return [results.loss, results.gradient]
    }
    let epsilon = 1e15
    var sums = (mean: [Double](repeating: 0, count: mu.count), spread: [Double](repeating: 0, count: mu.count))
    var logLikelihoods: [Double] = []
    for draw in 0..<3 {
      let state = MeanFieldState<Double>(
        means: mu.elements, deviations: deviations, form: .draw, factors: prior.factors, beta1: 0, beta2: 0,
        epsilon: epsilon)
      let before = Array(state.spread)
      var theta = (0..<mu.count).map { mu.elements[$0] + deviations[$0] * noise[draw, $0] }
      let outputs = program.run([
        DenseArray(theta), DenseArray([], shape: [0]), x, y,
        DenseArray(repeating: 1, shape: [objective.coefficientCount]),
      ])
      logLikelihoods.append(-64 * outputs[0].elements[0])
      var gradient = outputs[1].elements
      theta.withUnsafeMutableBufferPointer { theta in
        gradient.withUnsafeMutableBufferPointer { gradient in
          state.step(
            theta, gradient: gradient, rate: epsilon, spreadRate: epsilon, weight: 1.0 / 64,
            next: MeanFieldKey(seed: 0, stream: 0, step: 1, site: 1), pool: nil)
          let after = state.mean(theta)
          for i in 0..<mu.count {
            sums.mean[i] += mu.elements[i] - after[i]
            sums.spread[i] += before[i] - state.spread[i]
          }
        }
      }
    }
    return (sums.mean, sums.spread, logLikelihoods)
  }

  @Test func gradientsOfTheBoundWithAClosedDivergence() throws {
    let part = try values["mean_field"]
    let result = try fitGradients(closedForm: true)
    // The fit lowers −bound / N; three draws were summed.
    #expect(relativeDistance(result.mean.map { $0 * -64 / 3 }, try part["grad_mu"].array.elements) < 1e-9)
    #expect(relativeDistance(result.spread.map { $0 * -64 / 3 }, try part["grad_rho"].array.elements) < 1e-9)
    #expect(relativeDistance(result.logLikelihoods, try part["log_lik_per_sample"].array.elements) < 1e-9)
  }

  @Test func gradientsOfTheBoundWithADivergenceFromTheDraws() throws {
    let part = try values["mean_field"]
    let result = try fitGradients(closedForm: false)
    #expect(relativeDistance(result.mean.map { $0 * -64 / 3 }, try part["grad_mu_mc_kl"].array.elements) < 1e-9)
    #expect(relativeDistance(result.spread.map { $0 * -64 / 3 }, try part["grad_rho_mc_kl"].array.elements) < 1e-9)
  }

  @Test func theBoundWithADivergenceFromTheDraws() throws {
    let part = try values["mean_field"]
    let (mu, rho, noise) = (try part["mu"].array, try part["rho"].array, try part["eps"].array)
    let program = Program(inputs: [[2 * mu.count], noise.shape, x.shape, y.shape]) { t in
      let bounds = (0..<3).map { row in
        let draw = IndependentNormalBlock(size: mu.count).draw(t[0]) { shape in
          t[1].slice(axis: 0, row..<row + 1).reshaped(shape)
        }
        let joint = model.logLikelihood(draw.values, t[2], t[3]).sum() + model.logPrior(draw.values)
        return joint - (draw.logDensity ?? .constant(.nan))
      }
      return [(bounds[0] + bounds[1] + bounds[2]) * (1.0 / 3)]
    }
    let bound = program.run([DenseArray(mu.elements + rho.elements), noise, x, y])[0].elements
    #expect(relativeDistance(bound, [try part["elbo_mc_kl"].number]) < 1e-9)
  }

  @Test func theDivergenceAndTheBound() throws {
    let part = try values["mean_field"]
    let (mu, deviations) = (try part["mu"].array.elements, softplus(try part["rho"].array.elements))
    let divergence = VariationalBound.normalDivergence(means: mu, deviations: deviations, centre: 0, scale: 1)
    #expect(relativeDistance([divergence], [try part["kl_analytic"].number]) < 1e-9)
    let logLikelihoods = try part["log_lik_per_sample"].array.elements
    let bound = logLikelihoods.reduce(0, +) / 3 - divergence
    #expect(relativeDistance([bound], [try part["elbo"].number]) < 1e-9)
    let normal = MeanFieldNormal(
      means: DenseArray(mu.map(Float.init)), deviations: DenseArray(deviations.map(Float.init)))
    #expect(relativeDistance([normal.entropy], [try part["entropy_q"].number]) < 1e-6, "in single precision")
  }

  @Test func theDivergenceFromALaplacePriorIsThatOfQuadrature() {
    for (mean, deviation, scale) in [(0.0, 1.0, 1.0), (0.7, 0.4, 0.3), (-2.0, 0.1, 1.5)] {
      // ∫ q (log q − log p), by the trapezium rule on ±10 σ: it converges faster than any power, but for the kink at zero.
      let (count, width) = (200_000, 20 * deviation)
      var sum = 0.0
      for i in 0...count {
        let x = mean + width * (Double(i) / Double(count) - 0.5)
        let logQ = -0.5 * pow((x - mean) / deviation, 2) - log(deviation) - 0.5 * log(2 * .pi)
        sum += exp(logQ) * (logQ + abs(x) / scale + log(2 * scale)) * width / Double(count)
      }
      let divergence = VariationalBound.laplaceDivergence(means: [mean], deviations: [deviation], scale: scale)
      #expect(abs(divergence - sum) < 1e-7, "\(divergence) against \(sum)")
    }
  }

  @Test func localReparameterisationSamplesTheSumsOfEachExample() throws {
    let (field, part) = (try values["mean_field"], try values["local_reparameterisation"])
    let noise = try ["layer1", "layer2", "layer3"].map { try part["eps_per_layer"][$0].array }
    let variances = softplus(try field["rho"].array.elements).map { $0 * $0 }
    let logits = try self.logits(.localReparameterisation, spread: variances, noise: noise)
    #expect(relativeDistance(logits, try part["logits"].array.elements) < 1e-9)
  }

  @Test func flipoutFlipsOneDrawForEachExample() throws {
    let (field, part) = (try values["mean_field"], try values["flipout"])
    let signs = try ["layer1", "layer2", "layer3"].flatMap {
      [try part["sign_in_per_layer"][$0].array, try part["sign_out_per_layer"][$0].array]
    }
    let noise = try part["eps_theta_flat"].array.elements
    let deviations = zip(softplus(try field["rho"].array.elements), noise).map { $0 * $1 }
    let logits = try self.logits(.flipout, spread: deviations, noise: signs)
    #expect(relativeDistance(logits, try part["logits_bias_noise_times_sign_out"].array.elements) < 1e-9)
    // Biases that have no spread and stand at their draw are the same for all examples.
    let isBias = model.layout.slices.flatMap { slice in slice.range.map { _ in slice.role == .bias } }
    let means = zip(try field["mu"].array.elements, zip(deviations, isBias)).map { $1.1 ? $0 + $1.0 : $0 }
    let shared = try self.logits(
      .flipout, means: means, spread: zip(deviations, isBias).map { $1 ? 0 : $0 }, noise: signs)
    #expect(relativeDistance(shared, try part["logits_bias_noise_shared"].array.elements) < 1e-9)
  }

  /// The outputs of the first six rows, with the noise of the reference in the order in which layers ask for it.
  private func logits(
    _ estimator: WeightSampling.Estimator, means: [Double]? = nil, spread: [Double], noise: [DenseArray<Double>]
  ) throws -> [Double] {
    let means = try means.map { DenseArray($0) } ?? values["mean_field"]["mu"].array
    let program = Program(inputs: [means.shape, means.shape, [6, 5]]) { t in
      let sampling = WeightSampling(estimator, spread: t[1]) { shape, site in
        let given = noise[Int(site - Network.firstRandomSite)]
        precondition(given.shape == shape)
        return .constant(given)
      }
      return [model.outputs(t[0], t[2], sampling: sampling).outputs]
    }
    return program.run([means, DenseArray(spread), x.rows(0..<6)])[0].elements
  }

  @Test func renyiBounds() throws {
    let part = try values["renyi_bounds"]
    let weights = try part["log_weights"].array
    for (name, alpha) in [
      ("-1.0", -1.0), ("0.0", 0), ("0.5", 0.5), ("0.9", 0.9), ("2.0", 2), ("1.0", 1), ("-inf", -.infinity),
    ] {
      let bounds = (0..<5).map {
        VariationalBound.renyi(logWeights: weights.rows($0..<$0 + 1).elements, alpha: alpha)
      }
      #expect(relativeDistance(bounds, try part["bounds"][name].array.elements) < 1e-9, "α = \(name)")
      // Half the logarithm of the mean of w², the upper bound of the χ² divergence, is that of α = −1.
      if alpha == -1 { #expect(relativeDistance(bounds, try part["cubo_2"].array.elements) < 1e-9) }
    }
  }
}
