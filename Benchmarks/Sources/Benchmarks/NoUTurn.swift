//  NoUTurn.swift — the No-U-Turn sampler on three posteriors: a 13-50-1 network, logistic regression, eight schools.
//
//  4 chains, a diagonal metric learnt, depth at most 8, target acceptance 0.8: the work of the peers, on data drawn in the same way.
//  The network and the regression are computed in 32 bits, as theirs.

import Credence
import Foundation

/// One posterior and how it is sampled.
struct NoUTurnWorkload {
  let density: LogDensity
  let precision: DensityPrecision
  let warmUp: Int
  let draws: Int
  /// The coordinate whose effective sample size counts; `nil`: the least over all coordinates.
  var coordinate: Int?

  /// One run of the four chains.
  private struct Run {
    let wall: Double
    let gradients, warmUpGradients: Double
    let effectiveSize: Double
    let depth, acceptance: Double

    /// The time to 400 effective draws: the warm-up, and of the draws as many as that takes. Unit: milliseconds.
    var wallToFourHundred: Double {
      wall * (warmUpGradients + (gradients - warmUpGradients) * 400 / effectiveSize) / gradients
    }
  }

  /// Runs it with five seeds, since an effective sample size is a matter of luck, and prints medians.
  func measure(_ name: String, threads: Int) {
    let clock = ContinuousClock()
    var runs: [Run] = []
    while runs.count < 5 && runs.reduce(0, { $0 + $1.wall }) < 15_000 {
      let plan = SamplingPlan(chains: 4, warmUp: warmUp, draws: draws, seed: UInt64(1 + runs.count))
      let start = clock.now
      let result = required {
        try NoUTurnSampler(greatestDepth: 8).sample(
          density, plan, precision: precision, control: SamplingControl(threads: threads))
      }
      runs.append(run(result, wall: start.duration(to: clock.now) / .milliseconds(1)))
    }
    func median(_ value: (Run) -> Double) -> Double { rounded(runs.map(value).sorted()[runs.count / 2]) }
    print(
      """
      {"peer": "credence", "workload": "\(name)", "wall_ms": \(median(\.wall)), "gradients": \(median(\.gradients)), \
      "ms_per_1000_gradients": \(median { $0.wall / $0.gradients * 1000 }), \
      "min_ms_per_1000_gradients": \(rounded(runs.map { $0.wall / $0.gradients * 1000 }.min() ?? .nan)), \
      "ess": \(median(\.effectiveSize)), "ms_per_effective_sample": \(median { $0.wall / $0.effectiveSize }), \
      "ms_to_ess_400": \(median(\.wallToFourHundred)), "depth": \(median(\.depth)), \
      "acceptance": \(median(\.acceptance)), "threads": \(threads)}
      """)
  }

  private func run(_ result: Samples<NoUTurnSampler.Kernel>, wall: Double) -> Run {
    let records = result.transitions.flatMap { $0 }
    func mean(_ value: (Transition) -> Double) -> Double {
      records.reduce(0) { $0 + value($1) } / Double(records.count)
    }
    let sizes = (coordinate.map { [$0] } ?? Array(0..<min(result.dimension, 60)))
      .map { result.chains(of: $0).bulkEffectiveSampleSize }
    return Run(
      wall: wall, gradients: Double(result.evaluations.warmUp + result.evaluations.sampling),
      warmUpGradients: Double(result.evaluations.warmUp), effectiveSize: sizes.min() ?? .nan,
      depth: mean { Double($0.treeDepth) }, acceptance: mean(\.acceptance))
  }
}

extension NoUTurnWorkload {
  /// 13-50-1, tanh, 455 rows, noise 0.5, prior N(0, 1).
  static var network: NoUTurnWorkload {
    var random = Philox(seed: 7)
    let x = (0..<455 * 13).map { _ in Float(random.normal()) }
    let direction = (0..<13).map { _ in Float(random.normal()) }
    let y = (0..<455).map { row in
      let projection = (0..<13).reduce(Float(0)) { $0 + x[row * 13 + $1] * direction[$1] }
      return sin(projection / 2) + 0.3 * Float(random.normal())
    }
    let model = BayesianModel(
      .multilayerPerceptron(inputs: 13, hidden: [50], outputs: 1, activation: .tanh), prior: .normal(scale: 1),
      likelihood: .gaussian(noise: .fixed(0.5)))
    return NoUTurnWorkload(
      density: model.logJoint(DenseArray(x, shape: [455, 13]), DenseArray(y)), precision: .single, warmUp: 200,
      draws: 200)
  }

  /// 1000 rows, 25 coefficients and an intercept, prior N(0, 1).
  static var logistic: NoUTurnWorkload {
    var random = Philox(seed: 11)
    let x = (0..<1000 * 25).map { _ in Float(random.normal()) }
    let beta = (0..<25).map { _ in 0.5 * Float(random.normal()) }
    let y = (0..<1000).map { row -> Float in
      let logit = (0..<25).reduce(Float(0)) { $0 + x[row * 25 + $1] * beta[$1] }
      return random.uniform() < 1 / (1 + exp(-Double(logit))) ? 1 : 0
    }
    let (inputs, targets) = (DenseArray(x, shape: [1000, 25]), DenseArray(y, shape: [1000, 1]))
    let density = LogDensity(dimension: 26) { theta in
      let beta = theta.slice(axis: 0, 0..<25).reshaped([25, 1])
      let logits = matmul(.constant(inputs), beta) + theta.slice(axis: 0, 25..<26).reshaped([1, 1])
      return (.constant(targets) * logits - softplus(logits)).sum() - theta.squared.sum() * 0.5
    }
    return NoUTurnWorkload(density: density, precision: .single, warmUp: 500, draws: 500)
  }

  /// Eight schools, not centred; log τ is the second coordinate.
  static var schools: NoUTurnWorkload {
    let y = Tensor.constant(DenseArray<Double>([28, 8, -3, 7, -1, 1, 18, 12]))
    let sigma = Tensor.constant(DenseArray<Double>([15, 10, 16, 11, 9, 11, 10, 18]))
    let space = ParameterSpace([Parameter("mu"), Parameter("tau", .positive), Parameter("theta", shape: [8])])
    let density = space.logDensity { p in
      let residual = (y - p["mu"] - p["tau"] * p["theta"]) / sigma
      return residual.squared.sum() * -0.5 - p["theta"].squared.sum() * 0.5 - (p["mu"] / 5).squared * 0.5
        - log1p((p["tau"] / 5).squared)
    }
    return NoUTurnWorkload(density: density, precision: .double, warmUp: 1000, draws: 1000, coordinate: 1)
  }
}
