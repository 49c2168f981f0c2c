//  OnlineNewtonState.swift — the means and curvatures of independent normals under the variational online Newton method.
//
//  Notation   q = ∏ N(μᵢ, 1 / (Λ pᵢ)),  Λ = N / T the weight of N rows at temperature T,  p = h + δ
//             h the curvature of the mean loss of a row     δ = 1 / (N s²) that of the prior N(c, s²)
//             θ the draw that the network was given     g the gradient of the mean loss at θ
//
//  Equations  (1) ĥ = g (θ − μ) Λ p,  h ← (1 − ρ) h + ρ ĥ + ½ ρ² (h − ĥ)² / (h + δ)
//             (2) v ← β v + (1 − β) g,  μ ← μ − η (v / (1 − βᵗ) + δ (μ − c)) / p, never by more than 1 / √(Λ p)
//             (3) θ ← μ + ε / √(Λ p)                                                             [Shen et al. 2024]
//
//  η is the rate times the p of the start, so that the first steps are those of gradient descent at that rate. Where
//  v and h have come to rest, μ is stationary and Λ p = (N h + 1 / s²) / T: the nearest mean field of the posterior at temperature T.
//  One pass over all vectors, in fixed parts: see `online_newton.inc`. Elements without a spread are points, moved by Adam.

package import Arrays
import CKernels
import Foundation

/// The vectors of P elements. A step allocates nothing. Used by one thread at a time.
package final class OnlineNewtonState<Element: Scalar> {
  package typealias Memory = UnsafeMutableBufferPointer<Element>

  /// What does not change between steps.
  package struct Settings: Sendable {
    /// N.
    package var rows: Int
    /// T.
    package var temperature: Double
    /// h at the start.
    package var curvature: Double
    /// β.
    package var momentum: Double
    /// ρ.
    package var forgetting: Double

    package init(rows: Int, temperature: Double, curvature: Double, momentum: Double, forgetting: Double) {
      (self.rows, self.temperature, self.curvature) = (rows, temperature, curvature)
      (self.momentum, self.forgetting) = (momentum, forgetting)
    }

    /// Λ.
    fileprivate var weight: Double { Double(rows) / temperature }
  }

  /// P.
  package let count: Int
  package let settings: Settings
  /// μ, p and v. Shapes [P]; of points p and v are Adam's moments.
  package let mean: Memory
  package let curvature: Memory
  package let momentum: Memory
  /// Steps taken.
  package private(set) var stepCount = 0
  private let factors: [MeanFieldFactor]

  /// - Parameters:
  ///   - means: μ. Shape [P].
  ///   - factors: Ranges that cover 0 ..< P, in order. Precondition: spreads have a precision above zero.
  package init(means: [Element], factors: [MeanFieldFactor], settings: Settings) {
    precondition(
      factors.reduce(0, { $1.range.lowerBound == $0 ? $1.range.upperBound : -1 }) == means.count,
      "factors over \(factors.map(\.range)) for \(means.count) means")
    precondition(
      settings.rows >= 1 && settings.temperature > 0 && settings.curvature > 0
        && (0..<1).contains(settings.momentum) && settings.forgetting > 0 && settings.forgetting < 1, "\(settings)")
    count = means.count
    self.settings = settings
    self.factors = factors
    let (count, stride) = (means.count, MemoryLayout<Element>.stride)
    func vector() -> Memory {
      // Aligned to whole vectors.
      let raw = UnsafeMutableRawBufferPointer.allocate(byteCount: count * stride, alignment: 64)
      let memory = raw.bindMemory(to: Element.self)
      memory.initialize(repeating: 0)
      return memory
    }
    (mean, curvature, momentum) = (vector(), vector(), vector())
    _ = mean.update(fromContentsOf: means)
    for factor in factors {
      guard case .spread(_, let precision) = factor.kind else {
        precondition(factor.kind == .point, "a prior that is not normal")
        continue
      }
      precondition(precision > 0, "a prior of precision \(precision)")
      let start = Element(settings.curvature + precision / Double(settings.rows))
      for index in factor.range { curvature[index] = start }
    }
  }

  deinit { for memory in [mean, curvature, momentum] { memory.deallocate() } }

  /// Fills the vector with θ of the step that `key` names.
  package func draw(into vector: Memory, key: MeanFieldKey, pool: WorkerPool?) {
    run(vector, nil, rate: 0, pointRate: 0, key, pool)
  }

  /// Equations (1) to (3).
  ///
  /// - Parameters:
  ///   - vector: θ. Shape [P].
  ///   - gradient: g, in which that of the prior of spreads is not. Shape [P].
  ///   - rate: Of the means, `pointRate` that of Adam for points.
  ///   - next: Names the noise of the step that follows.
  package func step(
    _ vector: Memory, gradient: Memory, rate: Double, pointRate: Double, next: MeanFieldKey, pool: WorkerPool?
  ) {
    precondition(gradient.count == count, "a gradient of \(gradient.count) for \(count) means")
    stepCount += 1
    run(vector, gradient, rate: rate, pointRate: pointRate, next, pool)
  }

  private func run(
    _ vector: Memory, _ gradient: Memory?, rate: Double, pointRate: Double, _ key: MeanFieldKey, _ pool: WorkerPool?
  ) {
    precondition(vector.count == count, "a vector of \(vector.count) for \(count) means")
    for factor in factors {
      guard case .spread(let centre, let precision) = factor.kind else {
        movePoints(factor.range, vector, gradient, rate: pointRate)
        continue
      }
      let prior = precision / Double(settings.rows)
      var field = credence_online_newton()
      field.is_double = Element.self == Double.self
      field.start = factor.range.lowerBound
      field.count = factor.range.count
      field.arrays.mean = UnsafeMutableRawPointer(mean.baseAddress)
      field.arrays.curvature = UnsafeMutableRawPointer(curvature.baseAddress)
      field.arrays.momentum = UnsafeMutableRawPointer(momentum.baseAddress)
      field.arrays.sample = UnsafeMutableRawPointer(vector.baseAddress)
      field.arrays.gradient = UnsafeRawPointer(gradient?.baseAddress)
      field.step.rate = rate * (settings.curvature + prior)
      field.step.keep = settings.momentum
      field.step.correction = 1 / (1 - pow(settings.momentum, Double(max(stepCount, 1))))
      field.step.share = settings.forgetting
      field.step.count = settings.weight
      field.step.prior = prior
      field.step.centre = centre
      field.step.key = credence_random_key(seed: key.seed, stream: key.stream, step: key.step, site: key.site)
      credence_online_newton_run(&field, pool?.raw)
    }
  }

  /// Points are few: on the calling thread.
  private func movePoints(_ range: Range<Int>, _ vector: Memory, _ gradient: Memory?, rate: Double) {
    if let gradient {
      var update = credence_update()
      update.is_double = Element.self == Double.self
      update.kind = Int32(CREDENCE_ADAM_UPDATE.rawValue)
      update.parameters = UnsafeMutableRawPointer(mean.baseAddress.map { $0 + range.lowerBound })
      update.gradient = UnsafeRawPointer(gradient.baseAddress.map { $0 + range.lowerBound })
      update.first = UnsafeMutableRawPointer(momentum.baseAddress.map { $0 + range.lowerBound })
      update.second = UnsafeMutableRawPointer(curvature.baseAddress.map { $0 + range.lowerBound })
      update.count = range.count
      update.adam.rate = rate
      update.adam.beta1 = 0.9
      update.adam.beta2 = 0.999
      update.adam.epsilon = 1e-8
      update.adam.correction1 = 1 / (1 - pow(0.9, Double(stepCount)))
      update.adam.correction2 = 1 / (1 - pow(0.999, Double(stepCount)))
      credence_update_run(&update, nil)
    }
    for index in range { vector[index] = mean[index] }
  }

  /// σ = 1 / √(Λ p). Shape [P]; zero for points.
  package var deviations: [Element] {
    var deviations = [Element](repeating: 0, count: count)
    for factor in factors {
      guard case .spread = factor.kind else { continue }
      for index in factor.range {
        deviations[index] = Element(1 / (settings.weight * Double(curvature[index])).squareRoot())
      }
    }
    return deviations
  }

  /// All vectors that a run needs to go on, beside `stepCount` and the caller's, by name.
  package var slots: [(name: String, memory: Memory)] {
    [("mean", mean), ("curvature", curvature), ("momentum", momentum)]
  }

  /// Takes up a saved run, whose vectors were written into `slots`.
  package func resume(stepCount: Int) { self.stepCount = stepCount }
}
