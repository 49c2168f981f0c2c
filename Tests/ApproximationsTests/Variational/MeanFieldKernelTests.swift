//  MeanFieldKernelTests.swift — the fused step against the same step written out in plain arithmetic.
//
//  Adam is run with β₁ = β₂ = 0, where a step of rate r moves a parameter by r g / (|g| + ε): with r = ε = 1e15 that is g to
//  fifteen digits, and the gradient is read off.

import Arrays
import Foundation
import GoldenValues
import Optimization
import Testing

@Suite struct MeanFieldKernelTests {
  private static let count = 1000 + 37

  private struct Field {
    let means: [Double]
    let deviations: [Double]
    let gradient: [Double]
  }

  private static func field(_ form: MeanFieldForm) -> Field {
    var random = Philox(seed: 3)
    return Field(
      means: (0..<count).map { _ in random.normal() }, deviations: (0..<count).map { _ in exp(random.normal() - 2) },
      gradient: (0..<(form == .draw ? count : 2 * count)).map { _ in random.normal() })
  }

  private static let key = MeanFieldKey(seed: 1, stream: 0, step: 0, site: 1)
  private static let nextKey = MeanFieldKey(seed: 1, stream: 0, step: 1, site: 1)

  /// The gradients in μ and ρ that a step follows.
  private static func gradients(
    _ form: MeanFieldForm, centre: Double, precision: Double, weight: Double, centres: [Double]? = nil,
    field: Field
  ) -> (mean: [Double], spread: [Double], vector: [Double], state: MeanFieldState<Double>) {
    gradients(
      form, kind: .spread(centre: centre, precision: precision), weight: weight, centres: centres, field: field)
  }

  private static func gradients(
    _ form: MeanFieldForm, kind: MeanFieldFactor.Kind, weight: Double, centres: [Double]? = nil, field: Field
  ) -> (mean: [Double], spread: [Double], vector: [Double], state: MeanFieldState<Double>) {
    let epsilon = 1e15
    let state = MeanFieldState<Double>(
      means: field.means, deviations: field.deviations, form: form,
      factors: [MeanFieldFactor(range: 0..<count, kind: kind)],
      centres: centres, beta1: 0, beta2: 0, epsilon: epsilon)
    var vector = form == .draw ? field.means : field.means + field.means
    var gradient = field.gradient
    var before: [Double] = []
    let spread = Array(state.spread)
    var mean: [Double] = []
    vector.withUnsafeMutableBufferPointer { vector in
      gradient.withUnsafeMutableBufferPointer { gradient in
        state.draw(into: vector, key: key, pool: nil)
        before = Array(vector)
        state.step(
          vector, gradient: gradient, rate: epsilon, spreadRate: epsilon, weight: weight, next: nextKey,
          pool: nil)
        mean = Array(state.mean(vector))
      }
    }
    return (
      zip(field.means, mean).map { $0 - $1 }, zip(spread, state.spread).map { $0 - $1 }, before, state
    )
  }

  @Test(arguments: [MeanFieldForm.draw, .deviation, .variance])
  func theStepFollowsTheGradientsOfTheBound(_ form: MeanFieldForm) {
    let field = Self.field(form)
    let (centre, precision, weight) = (0.3, 1.7, 0.2)
    let result = Self.gradients(form, centre: centre, precision: precision, weight: weight, field: field)
    let half = Self.count
    var (means, spreads) = ([Double](), [Double]())
    for i in 0..<half {
      let (m, s) = (field.means[i], field.deviations[i])
      let slope = 1 - exp(-s)  // sigmoid(ρ) where softplus(ρ) = s
      let g = field.gradient[i]
      let inSpread: Double =
        switch form {
        case .draw: g * (result.vector[i] - m) / s
        case .deviation: field.gradient[half + i] * result.vector[half + i] / s
        case .variance: field.gradient[half + i] * 2 * s
        }
      means.append(g + weight * precision * (m - centre))
      spreads.append((inSpread + weight * (precision * s - 1 / s)) * slope)
    }
    #expect(relativeDistance(result.mean, means) < 1e-12)
    #expect(relativeDistance(result.spread, spreads) < 1e-12)
  }

  @Test(arguments: [MeanFieldForm.draw, .deviation, .variance])
  func theDivergenceFromALaplacePriorIsInClosedForm(_ form: MeanFieldForm) {
    let field = Self.field(form)
    let (scale, weight) = (0.6, 0.2)
    let (with, without) = (
      Self.gradients(form, kind: .laplace(scale: scale), weight: weight, field: field),
      Self.gradients(form, kind: .spread(centre: 0, precision: 0), weight: weight, field: field)
    )
    // By differences of the closed form itself; the entropy is in both.
    func size(_ m: Double, _ s: Double) -> Double {
      s * (2 / Double.pi).squareRoot() * exp(-0.5 * m * m / (s * s)) + m * erf(m / s * 0.5.squareRoot())
    }
    let step = 1e-5
    for i in 0..<Self.count {
      let (m, s) = (field.means[i], field.deviations[i])
      let inMean = (size(m + step * s, s) - size(m - step * s, s)) / (2 * step * s)
      let inSpread = (size(m, s * (1 + step)) - size(m, s * (1 - step))) / (2 * step * s)
      #expect(abs(with.mean[i] - without.mean[i] - weight / scale * inMean) < 1e-8)
      #expect(abs(with.spread[i] - without.spread[i] - weight / scale * inSpread * (1 - exp(-s))) < 1e-8)
    }
  }

  @Test func ofAPriorWithoutPrecisionTheEntropyIsLeft() {
    let field = Self.field(.variance)
    let zero = Field(
      means: field.means, deviations: field.deviations, gradient: field.gradient.map { _ in 0 })
    let result = Self.gradients(.variance, centre: 0.3, precision: 0, weight: 0.2, field: zero)
    #expect(result.mean.allSatisfy { $0 == 0 })
    let expected = field.deviations.map { -0.2 / $0 * (1 - exp(-$0)) }
    #expect(relativeDistance(result.spread, expected) < 1e-12)
  }

  @Test func centresOfTheirOwnReplaceTheCommonOne() {
    let field = Self.field(.draw)
    let result = Self.gradients(
      .draw, centre: 5, precision: 2, weight: 0.5, centres: field.means, field: field)
    #expect(relativeDistance(result.mean, field.gradient) < 1e-12)
  }

  @Test func samplesAreMeansPlusDeviationsTimesNormals() {
    let field = Self.field(.draw)
    let draws = Self.gradients(.draw, centre: 0, precision: 1, weight: 0.1, field: field)
    let deviations = Self.gradients(.deviation, centre: 0, precision: 1, weight: 0.1, field: Self.field(.deviation))
    let variances = Self.gradients(.variance, centre: 0, precision: 1, weight: 0.1, field: Self.field(.variance))
    let half = Self.count
    let noise = (0..<half).map { (draws.vector[$0] - field.means[$0]) / field.deviations[$0] }
    let (mean, square) = (noise.reduce(0, +) / Double(half), noise.reduce(0) { $0 + $1 * $1 } / Double(half))
    // Four standard errors of 1037 normals: 4 / √1037 and 4 √2 / √1037.
    #expect(abs(mean) < 0.125 && abs(square - 1) < 0.176)
    #expect(Array(deviations.vector[..<half]) == field.means)
    let again = (0..<half).map { deviations.vector[half + $0] / field.deviations[$0] }
    #expect(relativeDistance(again, noise) < 1e-9, "the same noise in both forms")
    #expect(relativeDistance(Array(variances.vector[half...]), field.deviations.map { $0 * $0 }) < 1e-12)
  }

  @Test func spreadsOfAllSizesComeBack() {
    let deviations = (0..<100).map { exp(Double($0) * 0.5 - 30) }
    let state = MeanFieldState<Double>(
      means: deviations, deviations: deviations, form: .variance,
      factors: [MeanFieldFactor(range: 0..<100, kind: .spread(centre: 0, precision: 1))])
    var vector = deviations + deviations
    vector.withUnsafeMutableBufferPointer { state.draw(into: $0, key: Self.key, pool: nil) }
    for (square, deviation) in zip(vector[100...], deviations) {
      #expect(abs(square / (deviation * deviation) - 1) < 1e-12)
    }
    #expect(relativeDistance(state.deviations, deviations) < 1e-14)
  }

  @Test func theNumberOfThreadsChangesNoBit() {
    let count = 100_000
    var random = Philox(seed: 7)
    let means = (0..<count).map { _ in Float(random.normal()) }
    let deviations = (0..<count).map { _ in exp(random.normal() - 3) }
    let gradients = (0..<2 * count).map { _ in Float(random.normal()) }
    for form in [MeanFieldForm.draw, .deviation, .variance] {
      let results = [1, 2, 3].map { threads in
        let pool = threads == 1 ? nil : WorkerPool(threads: threads)
        let state = MeanFieldState<Float>(
          means: means, deviations: deviations, form: form,
          factors: [
            MeanFieldFactor(range: 0..<70_001, kind: .spread(centre: 0, precision: 1)),
            MeanFieldFactor(range: 70_001..<count - 3, kind: .spread(centre: 0, precision: 4)),
            MeanFieldFactor(range: count - 3..<count, kind: .point),
          ])
        var vector = form == .draw ? means : means + means
        var gradient = Array(gradients[..<vector.count])
        vector.withUnsafeMutableBufferPointer { vector in
          gradient.withUnsafeMutableBufferPointer { gradient in
            state.draw(into: vector, key: Self.key, pool: pool)
            for _ in 0..<3 {
              state.step(
                vector, gradient: gradient, rate: 0.01, spreadRate: 0.01, weight: 0.001, next: Self.nextKey, pool: pool)
            }
          }
        }
        return vector + state.spread
      }
      #expect(results[0] == results[1] && results[1] == results[2])
      #expect(results[0].allSatisfy { $0.isFinite })
    }
  }

  @Test func aDrawAfterAStepIsTheDrawThatTheStepMade() {
    let field = Self.field(.draw)
    let state = MeanFieldState<Double>(
      means: field.means, deviations: field.deviations, form: .draw,
      factors: [MeanFieldFactor(range: 0..<Self.count, kind: .spread(centre: 0, precision: 1))])
    var (vector, gradient) = (field.means, field.gradient)
    vector.withUnsafeMutableBufferPointer { vector in
      gradient.withUnsafeMutableBufferPointer { gradient in
        state.draw(into: vector, key: Self.key, pool: nil)
        state.step(vector, gradient: gradient, rate: 0.1, spreadRate: 0.1, weight: 0.1, next: Self.nextKey, pool: nil)
        let made = Array(vector)
        state.draw(into: vector, key: Self.nextKey, pool: nil)
        #expect(Array(vector) == made)
      }
    }
  }
}
