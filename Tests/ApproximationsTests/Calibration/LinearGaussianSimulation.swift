//  LinearGaussianSimulation.swift — data from a linear model with normal weights, and two tests of draws from its posterior.
//
//  Notation   θ ~ N(0, I) in three coordinates,  y | θ ~ N(Xθ, σ² I) in eight
//
//  The posterior is N(Λ⁻¹Xᵀy/σ², Λ⁻¹) with Λ = XᵀX/σ² + I. Where the columns of X are orthogonal its coordinates are independent.
//
//  Calibration  θ from the prior, y given θ: the rank of θ among draws given y is uniform        [Talts et al. 2018]
//  Joint test   y given θ, then θ anew as a draw given y, and so on: (θ, y) keeps its distribution, whose moments are known. A draw
//               that is a little too wide or off goes into the next data, so that errors pile up.     [Geweke 2004]

import Arrays
import Evaluation
import Networks
import Probability
import Training

struct LinearGaussianSimulation: Sendable {
  /// X. Shape [8, 3].
  let design: [[Double]]
  /// σ.
  let noise: Double

  /// Orthogonal columns; the data say much more than the prior.
  static let independent = LinearGaussianSimulation(design: LaplaceExactnessTests.design, noise: 0.6)
  /// Correlations of the columns up to 0.6; data and prior say about as much.
  static let correlated = LinearGaussianSimulation(
    design: LaplaceExactnessTests.design.map { row in
      [row[0], 0.6 * row[0] + 0.8 * row[1], -0.5 * row[0] + 0.3 * row[1] + 0.8 * row[2]]
    }, noise: 2)
  /// The same with data that say little: a draw given data is nearly one of the prior, and a chain of them forgets soon.
  static let faint = LinearGaussianSimulation(design: correlated.design, noise: 3)
  /// Both: orthogonal columns, and data that say little.
  static let plain = LinearGaussianSimulation(design: independent.design, noise: 3)
  /// As the first, with the noise of the second.
  static let vague = LinearGaussianSimulation(design: LaplaceExactnessTests.design, noise: 2)

  var model: BayesianModel { model(scale: 1) }

  /// The model with a prior of another scale.
  func model(scale: Double) -> BayesianModel {
    BayesianModel(
      Network(inputs: 3) { Dense(1, bias: false) }, prior: .normal(scale: scale),
      likelihood: .gaussian(noise: .fixed(noise)))
  }

  func examples(_ theta: [Double], using generator: inout Philox) -> Examples {
    let targets = design.map { row in
      Float(zip(row, theta).reduce(0) { $0 + $1.0 * $1.1 } + noise * generator.normal())
    }
    return Examples(inputs: DenseArray(rows: design.map { $0.map { Float($0) } }), targets: DenseArray(targets))
  }

  /// The ranks of the three coordinates among 31 draws.
  ///
  /// - Parameter scale: What θ is drawn with; the model believes 1.
  func ranks(
    repetitions: UInt64 = 200, scale: Double = 1, _ draws: (Examples, UInt64) throws -> DenseArray<Float>
  ) rethrows -> [RankHistogram] {
    var ranks: [[Int]] = [[], [], []]
    for repetition in 0..<repetitions {
      var generator = Philox(seed: 99, stream: repetition)
      let truth = (0..<3).map { _ in scale * generator.normal() }
      let found = try draws(examples(truth, using: &generator), repetition)
      for axis in 0..<3 {
        ranks[axis].append(
          RankHistogram.rank(of: truth[axis], among: (0..<31).map { Double(found[$0, axis]) }))
      }
    }
    return ranks.map { RankHistogram(ranks: $0, drawCount: 31) }
  }

  /// θᵢ, θᵢθⱼ and θᵢy₁.
  private static func functions(_ theta: [Double], _ y: Double) -> [Double] {
    theta + (0..<3).flatMap { i in (i..<3).map { theta[i] * theta[$0] } } + theta.map { $0 * y }
  }

  /// Their means under the model.
  private var means: [Double] { [0, 0, 0, 1, 0, 0, 1, 0, 1] + design[1] }

  /// The greatest distance of a moment from the truth, in standard errors; not a number with fewer than 100 effective draws of one, as
  /// where the chain runs away. Above 4 for one of twelve in 8 of 10 000 seeds.
  ///
  /// - Parameter draw: One draw given data.
  func jointScore(
    steps: Int = 200, _ draw: (Examples, UInt64) throws -> [Float]
  ) rethrows -> Double {
    var values = means.map { _ in [[Double]]() }
    for chain in 0..<4 as Range<UInt64> {
      var generator = Philox(seed: 7, stream: chain)
      var theta = (0..<3).map { _ in generator.normal() }
      for index in values.indices { values[index].append([]) }
      for step in 0..<steps {
        let data = examples(theta, using: &generator)
        theta = try draw(data, chain << 32 + UInt64(step)).map { Double($0) }
        for (index, value) in Self.functions(theta, Double(data.targets.elements[1])).enumerated() {
          values[index][Int(chain)].append(value)
        }
      }
    }
    return zip(values, means).map { draws, mean in
      let chains = Chains(draws)
      return chains.meanEffectiveSampleSize > 100 ? abs(chains.mean - mean) / chains.meanError : .nan
    }.reduce(0) { $0.isNaN || $1.isNaN ? .nan : max($0, $1) }
  }
}
