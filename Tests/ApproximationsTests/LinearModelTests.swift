//  LinearModelTests.swift — the mode of a linear-Gaussian model, against its closed form.
//
//  Notation   N = 60 rows,  x̃ = (x, 1) [4],  σ = 0.5 the noise,  s = 0.4 the scale of the prior,  θ = (w, b) [4]
//
//  Equations  (1) θ* = (X̃ᵀX̃ + σ²/s² I)⁻¹ X̃ᵀy                       ridge regression; least squares for a flat prior
//             (2) H = (X̃ᵀX̃ / σ² + I / s²) / N                      the curvature of the loss that training lowers
//
//  The entries of x lie in (−1, 1): the eigenvalues of (2) lie between 1 and 6, and full-batch descent at the rate 0.2
//  shrinks an error by 0.8 a step at least, to nothing in 400 steps. What stays is rounding: a gradient of N terms of
//  size 1 is off by N 2⁻²⁴ = 4e-6 at most, and the parameters by that over the smallest eigenvalue.

import Approximations
import Arrays
import Networks
import Optimization
import Probability
import Testing
import Training

@Suite struct LinearModelTests {
  private static let rounding = 4e-6

  private static let examples: Examples = {
    var random = Philox(seed: 11)
    let inputs = DenseArray((0..<180).map { _ in Float(2 * random.uniform() - 1) }, shape: [60, 3])
    let targets = (0..<60).map { row in
      0.8 * inputs[row, 0] - 0.3 * inputs[row, 1] + 0.1 * inputs[row, 2] + 0.4 + 0.3 * Float(random.normal())
    }
    return Examples(inputs: inputs, targets: DenseArray(targets))
  }()

  /// The mode that training arrives at: w, then b.
  private static func mode(
    prior: Prior = .normal(scale: 0.4), examples: Examples = examples, seed: UInt64 = 1,
    _ training: TrainingConfiguration
  ) throws -> [Double] {
    let model = BayesianModel(
      Network(inputs: 3) { Dense(1) }, prior: prior, likelihood: .gaussian(noise: .fixed(0.5)))
    let posterior = try MaximumAPosteriori(training: training)
      .fit(model, to: examples, seed: seed, control: RunControl())
    return posterior.draws.elements.map(Double.init)
  }

  private static let fullBatch = TrainingConfiguration(
    epochs: 400, batchSize: 60, optimizer: .sgd(), schedule: .constant(0.2))

  /// Equation (1) in double precision; `precision` is σ²/s².
  private static func ridge(precision: Double) -> [Double] {
    var system = (0..<4).map { i in
      (0..<5).map { j in
        (0..<60).reduce(i == j ? precision : 0) { sum, row in
          let x = (0..<3).map { Double(examples.inputs[row, $0]) } + [1, Double(examples.targets[row])]
          return sum + x[i] * x[j]
        }
      }
    }
    for pivot in 0..<4 {
      for row in 0..<4 where row != pivot {
        let factor = system[row][pivot] / system[pivot][pivot]
        for column in pivot..<5 { system[row][column] -= factor * system[pivot][column] }
      }
    }
    return (0..<4).map { system[$0][4] / system[$0][$0] }
  }

  private static func distance(_ a: [Double], _ b: [Double]) -> Double {
    a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? .infinity : .infinity
  }

  @Test func theModeIsThatOfRidgeRegression() throws {
    let exact = Self.ridge(precision: 0.25 / 0.16)
    #expect(Self.distance(try Self.mode(Self.fullBatch), exact) < Self.rounding)
    #expect(Self.distance(try Self.mode(seed: 2, Self.fullBatch), exact) < Self.rounding, "from another start")
    let momentum = TrainingConfiguration(
      epochs: 600, batchSize: 60, optimizer: .sgd(momentum: 0.9, nesterov: true), schedule: .constant(0.1))
    #expect(Self.distance(try Self.mode(momentum), exact) < Self.rounding, "on another path")
  }

  @Test func allRowsAtOnceArriveAtItToo() async throws {
    let model = BayesianModel(
      Network(inputs: 3) { Dense(1) }, prior: .normal(scale: 0.4), likelihood: .gaussian(noise: .fixed(0.5)))
    let method = MaximumAPosteriori(fullBatch: LimitedMemoryBFGS(gradientTolerance: 1e-10))
    let posterior = try await method.fit(model, to: Self.examples, seed: 3)
    // What stays is the rounding of the result to `Float`.
    let mode = posterior.draws.elements.map(Double.init)
    #expect(Self.distance(mode, Self.ridge(precision: 0.25 / 0.16)) < 6e-8)
  }

  @Test func underAFlatPriorItIsThatOfLeastSquares() throws {
    let exact = Self.ridge(precision: 0)
    #expect(Self.distance(try Self.mode(prior: .flat, Self.fullBatch), exact) < Self.rounding)
    #expect(Self.distance(exact, Self.ridge(precision: 0.25 / 0.16)) > 0.01, "the prior is seen")
  }

  @Test func aTightPriorLeavesNothingOfTheData() throws {
    // The curvature of the prior, 1 / (N s²), sets the rate; the data move θ by N s² ∂ log p(y | θ) / N < 2e-3 at most.
    let training = TrainingConfiguration(epochs: 200, batchSize: 60, optimizer: .sgd(), schedule: .constant(1e-3))
    let mode = try Self.mode(prior: .normal(scale: 0.004), training)
    #expect(Self.distance(mode, Self.ridge(precision: 0.25 / 0.000_016)) < Self.rounding)
    #expect(mode.allSatisfy { abs($0) < 2e-3 })
  }

  @Test func theOrderOfTheRowsOnlyRounds() throws {
    var random = Philox(seed: 5)
    let permuted = Self.examples.rows(at: random.permutation(count: 60))
    let (mode, other) = (try Self.mode(Self.fullBatch), try Self.mode(examples: permuted, Self.fullBatch))
    #expect(Self.distance(mode, other) < Self.rounding)
  }

  @Test func theSizeOfTheBatchChangesThePathAndNotTheOptimum() throws {
    // Noise of a minibatch's gradient: that of a row, 0.3 · 0.6 / σ² = 0.7, over √10 rows. At the end of half a cosine over
    // T = 12000 steps from the rate 0.05, the last steps that still act have rates near 0.001, which leaves a deviation
    // of 0.2 √(0.001 / 2) = 0.005; four of them bound the largest of four entries.
    let training = TrainingConfiguration(epochs: 2000, batchSize: 10, optimizer: .sgd(), schedule: .cosine(0.05))
    let minibatch = try Self.mode(training)
    #expect(Self.distance(minibatch, Self.ridge(precision: 0.25 / 0.16)) < 0.02)
    let fullBatch = try Self.mode(Self.fullBatch)
    #expect(minibatch != fullBatch)
  }
}
