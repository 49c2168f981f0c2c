//  StochasticGradientTests.swift — chains on a linear-Gaussian model, whose posterior is known.
//
//  Notation   N = 60 rows,  x̃ = (x, 1) [4],  σ = 0.5 the noise,  s = 0.4 the scale of the prior,  θ = (w, b) [4]
//
//  Equations  (1) Λ = X̃ᵀX̃ / σ² + I / s²,  θ | D ~ N(Λ⁻¹ X̃ᵀy / σ², T Λ⁻¹)
//
//  The eigenvalues of Λ / N lie between 1 and 6. A step of η = 0.005 widens a variance by at most η 6 / 2 = 1.5 %, and the noise
//  of a minibatch of 10 rows by less than 1 %. Langevin draws of 400 000 steps are worth 400 000 η / 2 = 1000 independent ones,
//  2000 for squares: 0.032 deviations of a mean, and an entry Cᵢⱼ of the covariance has the standard error
//
//            (2) √((Cᵢᵢ Cⱼⱼ + Cᵢⱼ²) / 2000),  3.2 % of a variance
//
//  Tolerances are five of these, with the bias. The first two inputs have a correlation of a half, so that a posterior of
//  independent weights is nine standard errors (2) away.

import Approximations
import Arrays
import Networks
import Optimization
import Probability
import Testing
import Training

@Suite struct StochasticGradientTests {
  private static let examples: Examples = {
    var random = Philox(seed: 11)
    let values = (0..<60).flatMap { _ in
      let x = (0..<3).map { _ in 1.25 * (2 * random.uniform() - 1) }
      return [x[0], 0.5 * x[0] + 0.866 * x[1], x[2]].map { Float($0) }
    }
    let inputs = DenseArray(values, shape: [60, 3])
    let targets = (0..<60).map { row in
      0.8 * inputs[row, 0] - 0.3 * inputs[row, 1] + 0.1 * inputs[row, 2] + 0.4 + 0.3 * Float(random.normal())
    }
    return Examples(inputs: inputs, targets: DenseArray(targets))
  }()

  private static let model = BayesianModel(
    Network(inputs: 3) { Dense(1) }, prior: .normal(scale: 0.4), likelihood: .gaussian(noise: .fixed(0.5)))

  /// Equation (1), at T = 1.
  private static let exact: (mean: [Double], covariance: [[Double]]) = {
    // Λ beside X̃ᵀy / σ² and the identity, by Gauss and Jordan.
    var system = (0..<4).map { i in
      (0..<9).map { j in
        if j > 4 { return i == j - 5 ? 1.0 : 0 }
        return (0..<60).reduce(i == j ? 1 / 0.16 : 0) { sum, row in
          let x = (0..<3).map { Double(examples.inputs[row, $0]) } + [1, Double(examples.targets[row])]
          return sum + x[i] * x[j] / 0.25
        }
      }
    }
    for pivot in 0..<4 {
      system[pivot] = system[pivot].map { [value = system[pivot][pivot]] in $0 / value }
      for row in 0..<4 where row != pivot {
        let factor = system[row][pivot]
        for column in 0..<9 { system[row][column] -= factor * system[pivot][column] }
      }
    }
    return (system.map { $0[4] }, system.map { Array($0[5...]) })
  }()

  private static func check(_ sampler: StochasticGradientMCMC, temperature: Double = 1) throws {
    let draws = try sampler.fit(model, to: examples, seed: 5, control: RunControl(threads: 2)).draws
    let count = Double(draws.drawCount)
    let columns = (0..<4).map { entry in (0..<draws.drawCount).map { Double(draws.draws[$0, entry]) } }
    let means = columns.map { $0.reduce(0, +) / count }
    for i in 0..<4 {
      let variance = exact.covariance[i][i] * temperature
      #expect(abs(means[i] - exact.mean[i]) < 0.16 * variance.squareRoot(), "the mean of entry \(i)")
      for j in 0...i {
        let sum = zip(columns[i], columns[j]).reduce(0) { $0 + ($1.0 - means[i]) * ($1.1 - means[j]) }
        let (expected, other) = (exact.covariance[i][j] * temperature, exact.covariance[j][j] * temperature)
        let deviation = ((variance * other + expected * expected) / 2000).squareRoot()  // (2)
        let bias = 0.02 * (variance * other).squareRoot()
        #expect(
          abs(sum / count - expected) < 5 * deviation + bias,
          "the covariance of entries \(i) and \(j): \(sum / count), not \(expected)")
      }
    }
  }

  @Test func independentWeightsAreFarFromThePosterior() {
    let c = Self.exact.covariance
    let deviation = ((c[0][0] * c[1][1] + c[0][1] * c[0][1]) / 2000).squareRoot()
    #expect(abs(c[0][1]) > 9 * deviation)
  }

  private static func sampler(
    _ dynamics: StochasticDynamics, rate: Double, batchSize: Int = 10, temperature: Double = 1,
    control: GradientControl = .none
  ) -> StochasticGradientMCMC {
    let stepsPerEpoch = (60 + batchSize - 1) / batchSize
    return StochasticGradientMCMC(
      dynamics, path: .stationary(.constant(rate), burnIn: 0.05), epochs: 220_000 / stepsPerEpoch, batchSize: batchSize,
      draws: 20_000, chains: 2, temperature: temperature, control: control)
  }

  @Test(arguments: [10, 60]) func langevinDrawsAreThoseOfThePosteriorForAnySizeOfTheBatch(batchSize: Int) throws {
    try Self.check(Self.sampler(.langevin, rate: 0.005, batchSize: batchSize))
  }

  @Test(arguments: [10, 60]) func aHeldPreconditionerLeavesThePosteriorAsItIsForAnySizeOfTheBatch(batchSize: Int) throws
  {
    try Self.check(Self.sampler(.preconditionedLangevin(), rate: 0.001, batchSize: batchSize))
  }

  @Test func aPreconditionerLearntAtTheModeLeavesThePosteriorAsItIs() throws {
    var sampler = Self.sampler(.preconditionedLangevin(), rate: 0.001)
    sampler.path = .modes(from: 0.02, sampling: 0.001, exploration: 0.05, burnIn: 0.05)
    try Self.check(sampler)
  }

  @Test(arguments: [10, 60]) func hamiltonianDrawsAreThoseOfThePosteriorForAnySizeOfTheBatch(batchSize: Int) throws {
    try Self.check(Self.sampler(.hamiltonian(friction: 0.1), rate: 0.005, batchSize: batchSize))
  }

  @Test(arguments: [10, 60]) func aThermostatDrawsFromThePosteriorForAnySizeOfTheBatch(batchSize: Int) throws {
    try Self.check(Self.sampler(.thermostat(friction: 0.1, relaxation: 0.01), rate: 0.005, batchSize: batchSize))
  }

  @Test func chainsThatBeginAtModesDrawFromThePosterior() throws {
    // Four cycles, an optimiser for 3 % of each; 0.95 of the steps sample, as they do in `sampler`.
    var sampler = Self.sampler(.hamiltonian(friction: 0.1), rate: 0.005)
    sampler.path = .modes(from: 0.02, sampling: 0.005, cycles: 4, exploration: 0.03, burnIn: 0.02)
    try Self.check(sampler)
  }

  @Test func theTemperatureScalesTheVariance() throws {
    try Self.check(Self.sampler(.hamiltonian(), rate: 0.005, temperature: 0.25), temperature: 0.25)
    try Self.check(Self.sampler(.langevin, rate: 0.005, temperature: 4), temperature: 4)
  }

  @Test func cyclesSampleThePosterior() throws {
    // Rates fall from 0.02 along each cosine; the last half of a cycle samples at rates below 0.01.
    let sampler = StochasticGradientMCMC(
      .hamiltonian(), path: .cyclical(0.02, cycles: 40, exploration: 0.5), epochs: 40_000, batchSize: 10, draws: 20_000,
      chains: 2)
    try Self.check(sampler)
  }

  @Test func controlVariatesLeaveThePosteriorAsItIs() throws {
    try Self.check(Self.sampler(.hamiltonian(), rate: 0.005, control: .anchored()))
    try Self.check(Self.sampler(.hamiltonian(), rate: 0.005, control: .mode(Self.exact.mean.map(Float.init))))
  }

  @Test func anAnchorAtTheModeTakesTheNoiseOfMinibatchesAway() throws {
    // Without noise of its own and with none from the minibatches a chain stays at the mode; otherwise it wanders.
    func distance(_ control: GradientControl, start: SamplingPath) throws -> Double {
      let sampler = StochasticGradientMCMC(
        .langevin, path: start, epochs: 300, batchSize: 10, draws: 50, temperature: 0, control: control)
      let draws = try sampler.fit(Self.model, to: Self.examples, seed: 1, control: RunControl(threads: 1)).draws
      return draws.draws.elements.enumerated().map { abs(Double($1) - Self.exact.mean[$0 % 4]) }.max() ?? .infinity
    }
    let path = SamplingPath.stationary(.constant(0.1), burnIn: 0.5)
    let mode = Self.exact.mean.map(Float.init)
    // Rounding: 4e-6 for a gradient of 60 terms over the smallest eigenvalue.
    #expect(try distance(.mode(mode), start: path) < 1e-5)
    #expect(try distance(.anchored(), start: path) < 1e-5, "anchors that follow the run lead to the mode")
    #expect(try distance(.none, start: path) > 1e-3)
  }

  @Test func theFirstStepFromAnAnchorIsThatOfAllRowsWhateverTheMinibatches() throws {
    // Minibatches of 25, 25 and 10 rows: the full gradient is their mean by rows, and at the anchor nothing else is left.
    let (anchor, rate) = ([0.2, -0.5, 0.3, 0.1], 0.1)
    let sampler = StochasticGradientMCMC(
      .langevin, path: .stationary(.constant(rate), burnIn: 0), epochs: 1, batchSize: 25, draws: 3, temperature: 0,
      control: .mode(anchor.map(Float.init)))
    let draws = try sampler.fit(Self.model, to: Self.examples, seed: 3, control: RunControl(threads: 1)).draws.draws
    for entry in 0..<4 {
      var slope = anchor[entry] / 0.16
      for row in 0..<60 {
        let x = (0..<3).map { Double(Self.examples.inputs[row, $0]) } + [1]
        let residual = zip(x, anchor).reduce(-Double(Self.examples.targets[row])) { $0 + $1.0 * $1.1 }
        slope += residual * x[entry] / 0.25
      }
      #expect(abs(Double(draws[0, entry]) - (anchor[entry] - rate * slope / 60)) < 1e-5, "entry \(entry)")
    }
  }

  @Test func controlVariatesAreRefusedWithBatchNormalisation() throws {
    let model = BayesianModel(
      Network(inputs: 3) {
        Dense(4)
        BatchNormalization()
        Dense(1)
      }, prior: .normal(scale: 1), likelihood: .gaussian(noise: .fixed(1)))
    let sampler = StochasticGradientMCMC(
      .langevin, path: .stationary(.constant(0.01)), epochs: 2, draws: 1, control: .anchored())
    let error = #expect(throws: TrainingError.self) {
      _ = try sampler.fit(model, to: Self.examples, seed: 0, control: RunControl())
    }
    #expect(error?.description.contains("use no control variates, or group or layer normalisation") == true)
  }

  @Test func moreDrawsThanMemoryHoldsAreRefusedBeforehand() {
    let sampler = StochasticGradientMCMC(
      .langevin, path: .stationary(.constant(0.01)), epochs: 1_000_000, draws: 1_000_000, chains: 4,
      storage: .memory(limit: 32 << 20))
    let error = #expect(throws: TrainingError.self) {
      _ = try sampler.fit(Self.model, to: Self.examples, seed: 0, control: RunControl())
    }
    #expect(
      error?.description
        == "4000000 draws need 61 MiB of memory, where 32 are allowed; keep fewer draws, or stream them to disk with "
        + "DrawStorage.disk")
  }

  @Test func moreDrawsThanStepsAreRefused() {
    let sampler = StochasticGradientMCMC(
      .langevin, path: .stationary(.constant(0.01)), epochs: 2, batchSize: 60, draws: 3)
    let error = #expect(throws: TrainingError.self) {
      _ = try sampler.fit(Self.model, to: Self.examples, seed: 0, control: RunControl())
    }
    #expect(
      error?.description
        == "3 draws of a chain are more than its 2 steps keep, of which 1 sample; take more epochs, or fewer draws")
  }
}
