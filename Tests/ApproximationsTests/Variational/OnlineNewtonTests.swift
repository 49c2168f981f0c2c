//  OnlineNewtonTests.swift — the variational online Newton method: its step written out, and fits whose optimum is known.
//
//  The model is the linear-Gaussian one of `MeanFieldFitTests`; its curvature is constant, so that a fit ends where equation (1) there
//  says. The estimate of the curvature has noise: ĥ of a quadratic scatters by about 2 h, of which an average over 1 / ρ steps
//  leaves √(ρ / 2) · 2: with ρ = 5 / 20 000 two hundredths of h, one of σ.

import Approximations
import Arrays
import Foundation
import GoldenValues
import Networks
import Optimization
import Probability
import Synchronization
import Testing
import Training

@Suite struct OnlineNewtonTests {
  private static func training(epochs: Int = 20_000, batch: Int = 60) -> TrainingConfiguration {
    TrainingConfiguration(epochs: epochs, batchSize: batch, schedule: .cosine(0.05))
  }

  private static func fit(
    _ method: VariationalOnlineNewton, _ model: BayesianModel = MeanFieldFitTests.model,
    _ examples: Examples = MeanFieldFitTests.examples, control: RunControl = RunControl(threads: 1)
  ) throws -> MeanFieldNormal {
    let posterior = try method.fit(model, to: examples, seed: 1, control: control)
    guard case .meanField(let normal) = posterior.distribution else { throw CocoaError(.featureUnsupported) }
    return normal
  }

  @Test func theStepIsThatOfItsEquations() {
    var random = Philox(seed: 5)
    let count = 1000 + 37
    let means = (0..<count).map { _ in random.normal() }
    let gradients = (0..<2).map { _ in (0..<count).map { _ in random.normal() } }
    let (rows, temperature, h0, beta, rho, rate) = (50, 0.5, 0.7, 0.8, 0.05, 0.1)
    let (centre, precision) = (0.3, 1.7)
    let state = OnlineNewtonState<Double>(
      means: means,
      factors: [
        MeanFieldFactor(range: 0..<count - 3, kind: .spread(centre: centre, precision: precision)),
        MeanFieldFactor(range: count - 3..<count, kind: .point),
      ],
      settings: OnlineNewtonState.Settings(
        rows: rows, temperature: temperature, curvature: h0, momentum: beta, forgetting: rho))
    var theta = means
    let weight = Double(rows) / temperature
    let delta = precision / Double(rows)
    var (m, h) = (means, [Double](repeating: h0, count: count))
    var v = [Double](repeating: 0, count: count)
    var limited = 0
    theta.withUnsafeMutableBufferPointer { theta in
      state.draw(into: theta, key: MeanFieldKey(seed: 1, stream: 0, step: 0, site: 1), pool: nil)
      for (step, gradient) in gradients.enumerated() {
        for i in 0..<count - 3 {
          let estimate = gradient[i] * (theta[i] - m[i]) * weight * (h[i] + delta)
          v[i] = beta * v[i] + (1 - beta) * gradient[i]
          let distance = h[i] - estimate
          h[i] = (1 - rho) * h[i] + rho * estimate + 0.5 * rho * rho * distance * distance / (h[i] + delta)
          let slope = v[i] / (1 - pow(beta, Double(step + 1))) + delta * (m[i] - centre)
          let (move, limit) = (rate * (h0 + delta) * slope / (h[i] + delta), 1 / (weight * (h[i] + delta)).squareRoot())
          limited += abs(move) > limit ? 1 : 0
          m[i] -= max(-limit, min(limit, move))
        }
        var given = gradient
        given.withUnsafeMutableBufferPointer {
          state.step(
            theta, gradient: $0, rate: rate, pointRate: 0.01,
            next: MeanFieldKey(seed: 1, stream: 0, step: UInt64(step + 1), site: 1), pool: nil)
        }
      }
      #expect(limited > 10 && limited < count, "some moves are limited, most are not: \(limited)")
      let spreads = 0..<count - 3
      #expect(relativeDistance(spreads.map { state.mean[$0] }, Array(m[spreads])) < 1e-12)
      #expect(
        relativeDistance(
          spreads.map { state.deviations[$0] }, spreads.map { 1 / (weight * (h[$0] + delta)).squareRoot() }) < 1e-12)
      let noise = spreads.map { (theta[$0] - state.mean[$0]) / state.deviations[$0] }
      // Four standard errors of 1034 normals.
      #expect(abs(noise.reduce(0, +) / 1034) < 0.125)
      #expect(abs(noise.reduce(0) { $0 + $1 * $1 } / 1034 - 1) < 0.177)
      // A point moves by Adam: the first step is the rate, and the draw is the point.
      for i in count - 3..<count {
        #expect(state.mean[i] != means[i] && theta[i] == state.mean[i] && state.deviations[i] == 0)
      }
    }
  }

  @Test func theCurvatureStaysPositiveWhateverTheGradient() {
    let state = OnlineNewtonState<Float>(
      means: [0, 0], factors: [MeanFieldFactor(range: 0..<2, kind: .spread(centre: 0, precision: 1e-6))],
      settings: OnlineNewtonState.Settings(rows: 10, temperature: 1, curvature: 0.01, momentum: 0, forgetting: 0.1))
    var (theta, gradient) = ([Float(0), 0], [Float(0), 0])
    theta.withUnsafeMutableBufferPointer { theta in
      gradient.withUnsafeMutableBufferPointer { gradient in
        state.draw(into: theta, key: MeanFieldKey(seed: 1, stream: 0, step: 0, site: 1), pool: nil)
        for step in 1...100 {
          // The steepest fall away from the mean: an estimate far below zero.
          for i in 0..<2 { gradient[i] = theta[i] > state.mean[i] ? -10 : 10 }
          state.step(
            theta, gradient: gradient, rate: 1e-6, pointRate: 0,
            next: MeanFieldKey(seed: 1, stream: 0, step: UInt64(step), site: 1), pool: nil)
          #expect(state.curvature.allSatisfy { $0 > 0 && $0.isFinite })
        }
      }
    }
  }

  @Test func aNoiseThatIsLearnedDoesNotMakeTheMeansRunAway() throws {
    // The noise of these rows is a hundredth of what the fit begins with, and the curvature rises ten thousandfold.
    let x = (0..<200).map { Float($0) / 100 - 1 }
    let examples = Examples(
      inputs: DenseArray(x.flatMap { [$0, $0 * $0, $0 * $0 * $0] }, shape: [200, 3]),
      targets: DenseArray(x.enumerated().map { 0.5 * $1 - 0.3 + 0.01 * ($0 % 2 == 0 ? 1 : -1) }))
    let model = BayesianModel(
      MeanFieldFitTests.model.network, prior: .normal(scale: 1), likelihood: .gaussian(noise: .learned(initial: 1)))
    let training = TrainingConfiguration(epochs: 2000, batchSize: 32, schedule: .cosine(0.1))
    let normal = try Self.fit(VariationalOnlineNewton(training: training), model, examples)
    #expect(abs(normal.means.elements[0] - 0.5) < 0.05 && abs(normal.means.elements[3] + 0.3) < 0.05)
    #expect(exp(normal.means.elements[4]) < 0.05, "σ \(exp(normal.means.elements[4]))")
  }

  @Test func theOptimumIsThatOfTheTheory() throws {
    let distances = MeanFieldFitTests.distances(try Self.fit(VariationalOnlineNewton(training: Self.training())))
    #expect(distances.mean < 0.05 && distances.deviation < 0.05, "\(distances)")
  }

  @Test func theSizeOfTheBatchDoesNotChangeThePosterior() throws {
    // A weight of the data that were counted once a minibatch would make the deviations √6 times too large or small.
    let normal = try Self.fit(VariationalOnlineNewton(training: Self.training(epochs: 5000, batch: 10)))
    let distances = MeanFieldFitTests.distances(normal)
    #expect(distances.mean < 0.1 && distances.deviation < 0.1, "\(distances)")
  }

  @Test func wherePrecisionIsDiagonalThePosteriorIsExact() throws {
    // Orthogonal columns ±1, sixteen rows: Λ = (16 / 0.5² + 1 / 0.4²) I.
    let signs: [[Float]] = (0..<16).map { row in
      [row & 1 == 0 ? 1 : -1, row & 2 == 0 ? 1 : -1, row & 4 == 0 ? 1 : -1]
    }
    var random = Philox(seed: 8)
    let targets = signs.map { 0.5 * $0[0] - 0.2 * $0[1] + 0.3 + 0.5 * Float(random.normal()) }
    let examples = Examples(inputs: DenseArray(signs.flatMap { $0 }, shape: [16, 3]), targets: DenseArray(targets))
    let precision = 16 / 0.25 + 1 / 0.16
    let normal = try Self.fit(VariationalOnlineNewton(training: Self.training()), MeanFieldFitTests.model, examples)
    for i in 0..<4 {
      let sum = (0..<16).reduce(0.0) { $0 + Double(targets[$1]) * (i < 3 ? Double(signs[$1][i]) : 1) }
      let deviation = 1 / precision.squareRoot()
      #expect(abs(Double(normal.means.elements[i]) - sum / 0.25 / precision) < 0.05 * deviation)
      #expect(abs(Double(normal.deviations.elements[i]) / deviation - 1) < 0.05)
    }
  }

  @Test func temperatureMultipliesTheVariances() throws {
    let cold = try Self.fit(VariationalOnlineNewton(temperature: 0.25, training: Self.training()))
    let distances = MeanFieldFitTests.distances(
      MeanFieldNormal(means: cold.means, deviations: DenseArray(cold.deviations.elements.map { 2 * $0 })))
    #expect(distances.mean < 0.05 && distances.deviation < 0.05, "\(distances)")
  }

  private static let layered = BayesianModel(
    .multilayerPerceptron(inputs: 3, hidden: [40, 30], outputs: 1), prior: .normal(scale: 1),
    likelihood: .gaussian(noise: .learned))
  private static let short = VariationalOnlineNewton(
    training: TrainingConfiguration(epochs: 6, batchSize: 16, schedule: .cosine(0.05)))

  @Test func theNumberOfThreadsChangesNoBit() throws {
    let one = try Self.fit(Self.short, Self.layered)
    #expect(try Self.fit(Self.short, Self.layered, control: RunControl(threads: 3)) == one)
    #expect(one.deviations.elements.last == 0, "learned noise is a point")
  }

  @Test func aRunInPiecesEndsAtTheSameBits() throws {
    let whole = try Self.fit(Self.short, Self.layered)
    let path = FileManager.default.temporaryDirectory.appending(path: "ivon-\(UUID().uuidString)").path
    let epochs = Mutex(0)
    let control = RunControl(
      threads: 1, checkpoint: CheckpointFolder(path: path, resumes: true, interval: 0),
      progress: { _ in epochs.withLock { $0 += 1 } }, shouldStop: { epochs.withLock { $0 >= 3 } })
    #expect(throws: TrainingError.self) { _ = try Self.fit(Self.short, Self.layered, control: control) }
    let folder = CheckpointFolder(path: path, resumes: true, interval: 0)
    #expect(try Self.fit(Self.short, Self.layered, control: RunControl(threads: 2, checkpoint: folder)) == whole)
    folder.remove()
  }

  @Test func aPriorThatIsNotNormalIsRefused() {
    let model = BayesianModel(
      Self.layered.network, prior: .laplace(scale: 1), likelihood: Self.layered.likelihood)
    let error = #expect(throws: TrainingError.self) { _ = try Self.fit(Self.short, model) }
    #expect(
      error?.description.hasPrefix("ivon takes its weight decay from a normal prior, and that of parameters 0 to ")
        == true,
      "\(error?.description ?? "none")")
  }
}
