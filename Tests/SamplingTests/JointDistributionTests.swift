//  JointDistributionTests.swift — Geweke's test: "getting it right".
//
//  Notation   θ ~ N(0, I) in two coordinates,  y | θ ~ N(Xθ, σ² I) in three
//
//  Two ways to draw (θ, y): θ from the prior and y given θ; or a chain of one transition of the sampler for θ given y, and then y anew
//  given θ. If the transition leaves p(θ | y) invariant both have the same distribution, and here all moments of it are known.
//  Any error of the sampler, however well its draws look, moves them.                                  [Geweke 2004]

import Arrays
import Evaluation
import Foundation
import Probability
import Programs
import Sampling
import Testing

/// The model, and the data of the moment. Of one thread, the test's: that is the proof of the `@unchecked Sendable`.
private final class LinearGaussian: @unchecked Sendable {
  static let design: [[Double]] = [[1, 0.5], [-0.7, 1.2], [0.3, -0.9]]
  static let noise = 0.8
  var y = [0.0, 0, 0]

  /// log p(θ, y) as a function of θ, without constants.
  lazy var density = DensityFunction(dimension: 2) { [unowned self] theta, gradient in
    var value = -0.5 * (theta[0] * theta[0] + theta[1] * theta[1])
    if let gradient { (gradient[0], gradient[1]) = (-theta[0], -theta[1]) }
    for (row, y) in zip(Self.design, self.y) {
      let residual = (y - row[0] * theta[0] - row[1] * theta[1]) / Self.noise
      value -= 0.5 * residual * residual
      if let gradient { for k in 0..<2 { gradient[k] += residual * row[k] / Self.noise } }
    }
    return value
  }

  func drawData(_ theta: [Double], using generator: inout Philox) {
    y = Self.design.map { $0[0] * theta[0] + $0[1] * theta[1] + Self.noise * generator.normal() }
  }

  /// A draw of p(θ | y)^β in closed form: N(m, (β Λ)⁻¹).
  func drawTempered(_ beta: Double, using generator: inout Philox) -> [Double] {
    var (a, b, c) = (1.0, 0.0, 1.0)
    var sums = [0.0, 0.0]
    let precision = 1 / (Self.noise * Self.noise)
    for (row, y) in zip(Self.design, y) {
      a += precision * row[0] * row[0]
      b += precision * row[0] * row[1]
      c += precision * row[1] * row[1]
      for k in 0..<2 { sums[k] += precision * row[k] * y }
    }
    let determinant = a * c - b * b
    let mean = [(c * sums[0] - b * sums[1]) / determinant, (a * sums[1] - b * sums[0]) / determinant]
    // With Λ = [[a, b], [b, c]]: θ₁ has variance a/|Λ|, and θ₀ given θ₁ the mean m₀ − b/a (θ₁ − m₁) and the variance 1/a.
    let second = (a / (determinant * beta)).squareRoot() * generator.normal()
    let first = -b / a * second + generator.normal() / (a * beta).squareRoot()
    return [mean[0] + first, mean[1] + second]
  }

  /// p(θ₀ | θ₁, y) in closed form.
  func drawFirst(_ theta: inout [Double], using generator: inout Philox) {
    var (precision, sum) = (1.0, 0.0)
    for (row, y) in zip(Self.design, y) {
      precision += row[0] * row[0] / (Self.noise * Self.noise)
      sum += row[0] * (y - row[1] * theta[1]) / (Self.noise * Self.noise)
    }
    theta[0] = sum / precision + generator.normal() / precision.squareRoot()
  }
}

/// A function of (θ, y) and its mean.
private struct TestFunction: Sendable {
  let name: String
  let mean: Double
  let value: @Sendable ([Double], [Double]) -> Double

  static let all: [TestFunction] = {
    let row = LinearGaussian.design[1]
    let variance = row[0] * row[0] + row[1] * row[1] + LinearGaussian.noise * LinearGaussian.noise
    return [
      TestFunction(name: "θ₀", mean: 0) { theta, _ in theta[0] },
      TestFunction(name: "θ₁", mean: 0) { theta, _ in theta[1] },
      TestFunction(name: "θ₀²", mean: 1) { theta, _ in theta[0] * theta[0] },
      TestFunction(name: "θ₁²", mean: 1) { theta, _ in theta[1] * theta[1] },
      TestFunction(name: "θ₀θ₁", mean: 0) { theta, _ in theta[0] * theta[1] },
      TestFunction(name: "y₁²", mean: variance) { _, y in y[1] * y[1] },
      TestFunction(name: "θ₀y₁", mean: row[0]) { theta, y in theta[0] * y[1] },
      TestFunction(name: "θ₁y₁", mean: row[1]) { theta, y in theta[1] * y[1] },
      TestFunction(name: "θ₀ < 1/2", mean: 0.5 * erfc(-0.5 / 2.0.squareRoot())) { theta, _ in theta[0] < 0.5 ? 1 : 0 },
    ]
  }()
}

/// N(0, C), C = [[0.25, 0.4], [0.4, 1]]: as a metric it fits the posteriors of `LinearGaussian` badly, and any metric is right.
private func oblong() -> DensityFunction {
  DensityFunction(dimension: 2) { x, gradient in
    let slopes = ((x[0] - 0.4 * x[1]) / 0.09, (0.25 * x[1] - 0.4 * x[0]) / 0.09)
    if let gradient { (gradient[0], gradient[1]) = (-slopes.0, -slopes.1) }
    return -0.5 * (x[0] * slopes.0 + x[1] * slopes.1)
  }
}

/// A kernel after a warm-up on `oblong`, and its memory.
private func warmed<S: Sampler>(
  _ sampler: S, warmUp: Int, using generator: inout Philox
) -> (kernel: S.Kernel, workspace: S.Kernel.Workspace) {
  var kernel = sampler.kernel(dimension: 2, warmUp: warmUp)
  let (workspace, density) = (sampler.workspace(of: kernel, dimension: 2), oblong())
  var point = ChainPoint([0, 0], density)
  for _ in 0..<warmUp {
    let transition = kernel.step(&point, density, workspace, using: &generator)
    kernel.learn(from: transition, at: point)
  }
  kernel.finishWarmUp()
  return (kernel, workspace)
}

/// The greatest distance of a moment from the truth, in standard errors; not a number with fewer than 500 effective draws of one.
///
/// - Parameters:
///   - warmUp: Transitions on `oblong` that a kernel learns its metric from.
///   - prepare: What a kernel has beside its point, drawn given the data of the moment.
private func jointTest<S: Sampler>(
  _ sampler: (LinearGaussian) -> S, steps: Int = 20_000, transitions: Int = 1, seed: UInt64 = 1, warmUp: Int = 0,
  prepare: (inout S.Kernel, LinearGaussian, inout Philox) -> Void = { _, _, _ in }
) -> Double {
  let model = LinearGaussian()
  let sampler = sampler(model)
  var values = TestFunction.all.map { _ in [[Double]]() }
  for chain in 0..<4 as Range<UInt64> {
    var generator = Philox(seed: seed, stream: chain)
    let (fresh, workspace) = warmed(sampler, warmUp: warmUp, using: &generator)
    var kernel = fresh
    var theta = [generator.normal(), generator.normal()]
    for index in values.indices { values[index].append([]) }
    for _ in 0..<steps {
      model.drawData(theta, using: &generator)
      prepare(&kernel, model, &generator)
      var point = ChainPoint(theta, model.density)
      for _ in 0..<transitions { _ = kernel.step(&point, model.density, workspace, using: &generator) }
      theta = point.position
      for (index, function) in TestFunction.all.enumerated() {
        values[index][Int(chain)].append(function.value(theta, model.y))
      }
    }
  }
  return zip(TestFunction.all, values).map { function, draws in
    let chains = Chains(draws)
    guard chains.meanEffectiveSampleSize > 500 else { return .nan }
    return abs(chains.mean - function.mean) / chains.meanError
  }.reduce(0) { $0.isNaN || $1.isNaN ? .nan : max($0, $1) }
}

@Suite struct JointDistributionTests {
  // The greatest of nine scores is above 4 in 6 of 10 000 seeds.

  @Test func hamiltonianSamplers() {
    #expect(jointTest { _ in NoUTurnSampler(stepSize: .fixed(0.4)) } < 4)
    #expect(jointTest { _ in NoUTurnSampler(stepSize: .fixed(1), metric: .dense, greatestDepth: 3) } < 4)
    for length in [HamiltonianMonteCarlo.Length.steps(3), .jitteredSteps(mean: 3), .time(1.3)] {
      #expect(jointTest { _ in HamiltonianMonteCarlo(length: length, stepSize: .fixed(0.5)) } < 4, "\(length)")
    }
    #expect(jointTest { _ in MetropolisAdjustedLangevin(stepSize: .fixed(0.9)) } < 4)
  }

  @Test func samplersWithALearnedMetric() {
    #expect(jointTest({ _ in NoUTurnSampler(stepSize: .fixed(0.4)) }, warmUp: 500) < 4)
    #expect(jointTest({ _ in NoUTurnSampler(stepSize: .fixed(0.4), metric: .dense) }, warmUp: 500) < 4)
    let hamiltonian = HamiltonianMonteCarlo(length: .jitteredSteps(mean: 3), stepSize: .fixed(0.5), metric: .dense)
    #expect(jointTest({ _ in hamiltonian }, warmUp: 500) < 4)
    #expect(jointTest({ _ in MetropolisAdjustedLangevin(stepSize: .fixed(0.7), metric: .dense) }, warmUp: 1000) < 4)
    let microcanonical = MicrocanonicalHamiltonian(meanSteps: 3, stepSize: .fixed(0.5), metric: .dense)
    #expect(jointTest({ _ in microcanonical }, warmUp: 500) < 4)
    #expect(jointTest({ _ in RandomWalkMetropolis(metric: .dense) }, warmUp: 1000) < 4)
    #expect(jointTest({ _ in SliceSampler(width: 1.5, axes: .learned) }, warmUp: 1000) < 4)
  }

  @Test func theMetricOfAWarmUpIsThatOfItsDensity() {
    var generator = Philox(seed: 1)
    let sampler = NoUTurnSampler(stepSize: .fixed(0.4), metric: .dense)
    let metric = warmed(sampler, warmUp: 500, using: &generator).kernel.metric
    // Variances of 0.25 and 1, from a last window of 275 draws.
    #expect(metric.shape == .dense && metric.variances[1] > 2 * metric.variances[0], "\(metric.variances)")
  }

  @Test func microcanonicalSamplers() {
    #expect(jointTest { _ in MicrocanonicalHamiltonian(meanSteps: 3, stepSize: .fixed(0.6)) } < 4)
    // Without the accept step there is a bias, and it goes with the step.
    func unadjusted(_ step: Double) -> Double {
      jointTest({ _ in MicrocanonicalLangevin(step: .fixed(step)) }, transitions: Int((1 / step).rounded(.up)))
    }
    #expect(unadjusted(0.1) < 4)
    #expect(unadjusted(1.5) > 8)
  }

  @Test func samplersWithoutGradients() {
    #expect(jointTest { _ in RandomWalkMetropolis() } < 4)
    #expect(jointTest { _ in SliceSampler(width: 1.5) } < 4)
    #expect(jointTest { _ in EllipticalSliceSampler(mean: [0, 0], variances: [1, 1]) } < 4)
    #expect(jointTest { _ in EllipticalSliceSampler(mean: [0.5, -0.2], variances: [2, 0.7]) } < 4)
    let conditional = jointTest { model in
      GibbsSampler([.conditional { [unowned model] in model.drawFirst(&$0, using: &$1) }, .metropolis(1..<2)])
    }
    #expect(conditional < 4)
    #expect(jointTest { _ in GibbsSampler([.metropolis(0..<2)]) } < 4)
  }

  /// - Parameter believed: The temperatures that replicas are told; those that their places are drawn at are 1, 0.5 and 0.2.
  private func exchange<S: Sampler>(_ sampler: S, believed: [Double] = [1, 0.5, 0.2]) -> Double {
    jointTest({ _ in ReplicaExchange(sampler, inverseTemperatures: believed) }) { kernel, model, generator in
      kernel.place([0.5, 0.2].map { model.drawTempered($0, using: &generator) }, model.density)
    }
  }

  @Test func replicaExchange() {
    // The replicas are drawn from their own densities before each transition, and may exchange places with the chain after it.
    #expect(exchange(NoUTurnSampler(stepSize: .fixed(0.4))) < 4)
    #expect(exchange(RandomWalkMetropolis()) < 4)
    #expect(exchange(SliceSampler(width: 1.5)) < 4)
    // Places of other temperatures than the rule of exchange assumes come down as draws that are too wide.
    #expect(!(exchange(RandomWalkMetropolis(), believed: [1, 0.8, 0.6]) < 8))
  }

  @Test func sequentialMonteCarlo() throws {
    try expectJoint(of: SequentialMonteCarlo(particles: 150, steps: 4))
    try expectJoint(
      of: SequentialMonteCarlo(HamiltonianMonteCarlo(length: .jitteredSteps(mean: 2)), particles: 150, steps: 2))
  }

  private func expectJoint(of method: SequentialMonteCarlo) throws {
    // Not a chain: (θ, y) from the prior and the model, then particles θ′ given y. θ′ and y have the same distribution as θ and y.
    // The mean over particles stands for θ′, and repetitions are independent; the bias of 150 particles is below 1 %.
    var values = TestFunction.all.map { _ in [Double]() }
    let model = LinearGaussian()
    let prior = LogDensity(dimension: 2) { KnownTarget.normal($0, sd: 1) }
    for repetition in 0..<400 as Range<UInt64> {
      var generator = Philox(seed: 21, stream: repetition)
      model.drawData([generator.normal(), generator.normal()], using: &generator)
      let y = model.y
      let likelihood = LogDensity(dimension: 2) { theta in
        let means = matmul(.constant(DenseArray(rows: LinearGaussian.design)), theta.reshaped([2, 1])).reshaped([3])
        return KnownTarget.normal(.constant(DenseArray(y)), means, sd: .constant(LinearGaussian.noise))
      }
      let particles = try method.sample(
        prior: prior, likelihood: likelihood, seed: repetition, control: SamplingControl(threads: 1)
      ) { [$0.normal(), $0.normal()] }.particles
      for (index, function) in TestFunction.all.enumerated() {
        let sum = (0..<150).reduce(0) { $0 + function.value([particles[$1, 0], particles[$1, 1]], y) }
        values[index].append(sum / 150)
      }
    }
    for (function, found) in zip(TestFunction.all, values) {
      let chains = Chains([found])
      let error = chains.standardDeviation / Double(found.count).squareRoot()
      #expect(abs(chains.mean - function.mean) < 4 * error, "\(function.name): \(chains.mean)")
    }
  }

  @Test(arguments: WrongMetropolis.Fault.allCases) func faultsAreSeen(fault: WrongMetropolis.Fault) {
    // Short steps: a rule that lets small losses pass never stops losing. The score of chains that run away is not a number.
    let score = jointTest({ _ in WrongMetropolis(fault: fault, scale: 0.4) }, steps: 100_000)
    #expect(fault == .none ? score < 4 : !(score < 5), "\(score)")
  }
}
