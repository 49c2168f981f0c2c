//  MeanFieldState.swift — the means and spreads of independent normals under Adam, with what a network reads of them.
//
//  Notation   q = ∏ N(μᵢ, σᵢ²),  σ = softplus(ρ),  a what the network reads: θ = μ + σ ε, its deviation σ ε, or σ²
//             L the loss whose gradients the network gives,  w the weight of KL(q ‖ prior)
//
//  Equation   (μ, ρ) ← Adam on ∂/∂(μ, ρ) [L + w Σ (log(s/σ) + (σ² + (μ − c)²) / 2s² − ½)], then a anew; of a Laplace prior of
//             scale b: w Σ (E|θ| / b − log σ),  E|θ| = σ √(2/π) exp(−μ² / 2σ²) + μ erf(μ / σ√2)
//
//  One pass over all vectors, in fixed parts: see `mean_field.inc`. Elements without a spread are points, moved by Adam alone.

package import Arrays
import CKernels
import Foundation

/// What the network is given of each normal.
package enum MeanFieldForm: Sendable {
  /// μ + σ ε.
  case draw
  /// σ ε, beside μ.
  case deviation
  /// σ², beside μ.
  case variance

  fileprivate var code: Int32 {
    switch self {
    case .draw: Int32(CREDENCE_DRAW.rawValue)
    case .deviation: Int32(CREDENCE_PERTURBATION.rawValue)
    case .variance: Int32(CREDENCE_VARIANCE.rawValue)
    }
  }
}

/// Elements that share a prior.
package struct MeanFieldFactor: Sendable {
  package enum Kind: Sendable, Equatable {
    /// KL from N(centre, 1 / precision) in closed form. A precision of zero leaves the entropy alone, for priors whose
    /// density the network's loss holds.
    case spread(centre: Double, precision: Double)
    /// KL from a Laplace distribution of that scale around zero, in closed form.
    case laplace(scale: Double)
    /// No spread: σ = 0.
    case point
  }

  package let range: Range<Int>
  package let kind: Kind

  package init(range: Range<Int>, kind: Kind) {
    self.range = range
    self.kind = kind
  }
}

/// The vectors of P elements. A step allocates nothing. Used by one thread at a time.
///
/// What the network reads lies in one vector of the caller's: a with draws, otherwise μ and then a. The gradients lie alike.
package final class MeanFieldState<Element: Scalar> {
  package typealias Memory = UnsafeMutableBufferPointer<Element>

  /// P.
  package let count: Int
  package let form: MeanFieldForm
  /// ρ. Shape [P].
  package let spread: Memory
  /// Steps taken.
  package private(set) var stepCount = 0

  /// μ, where the vector does not hold it.
  private let ownMean: Memory?
  private let factors: [MeanFieldFactor]
  private let beta1: Double
  private let beta2: Double
  private let epsilon: Double
  private let moments: [Memory]
  /// The centres of the prior, where each element has its own.
  private let centres: Memory?

  /// - Parameters:
  ///   - means: μ. Shape [P].
  ///   - deviations: σ > 0. Shape [P]; those of points are not read.
  ///   - factors: Ranges that cover 0 ..< P, in order.
  ///   - centres: Replaces the centres of the factors. Shape [P].
  package init(
    means: [Element], deviations: [Double], form: MeanFieldForm, factors: [MeanFieldFactor], centres: [Element]? = nil,
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8
  ) {
    let count = means.count
    precondition(
      deviations.count == count
        && factors.reduce(0, { $1.range.lowerBound == $0 ? $1.range.upperBound : -1 }) == count,
      "\(deviations.count) deviations and factors over \(factors.map(\.range)) for \(count) means")
    self.count = count
    self.form = form
    self.factors = factors
    (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, epsilon)
    func vector(_ values: [Element]? = nil) -> Memory {
      // Aligned to whole vectors.
      let raw = UnsafeMutableRawBufferPointer.allocate(byteCount: count * MemoryLayout<Element>.stride, alignment: 64)
      let memory = raw.bindMemory(to: Element.self)
      if let values { _ = memory.initialize(fromContentsOf: values) } else { memory.initialize(repeating: 0) }
      return memory
    }
    ownMean = form == .draw ? vector(means) : nil
    spread = vector()
    for factor in factors {
      if factor.kind == .point { continue }
      for index in factor.range { spread[index] = Element(inverseSoftplus(deviations[index])) }
    }
    moments = (0..<4).map { _ in vector() }
    self.centres = centres.map { vector($0) }
  }

  deinit {
    for memory in moments { memory.deallocate() }
    spread.deallocate()
    ownMean?.deallocate()
    centres?.deallocate()
  }

  /// The length of what the network reads.
  package var vectorCount: Int { form == .draw ? count : 2 * count }

  /// μ, which may lie in the vector. Shape [P].
  package func mean(_ vector: Memory) -> Memory { ownMean ?? Memory(rebasing: vector[..<count]) }

  /// The part of a vector or a gradient that belongs to a.
  private func sample(_ vector: Memory) -> Memory { Memory(rebasing: vector[(vectorCount - count)...]) }

  /// Fills a for the step that `key` names. Where the vector holds the means, they are there already.
  package func draw(into vector: Memory, key: MeanFieldKey, pool: WorkerPool?) {
    run(vector, nil, rate: 0, spreadRate: 0, weight: 0, key, pool)
  }

  /// Moves means and spreads once, and fills a for the step after it.
  ///
  /// - Parameters:
  ///   - rate: The learning rate of the means, `spreadRate` that of ρ.
  ///   - weight: w.
  ///   - next: Names the noise of the step that follows.
  package func step(
    _ vector: Memory, gradient: Memory, rate: Double, spreadRate: Double, weight: Double, next: MeanFieldKey,
    pool: WorkerPool?
  ) {
    stepCount += 1
    run(vector, gradient, rate: rate, spreadRate: spreadRate, weight: weight, next, pool)
  }

  private func run(
    _ vector: Memory, _ gradient: Memory?, rate: Double, spreadRate: Double, weight: Double, _ key: MeanFieldKey,
    _ pool: WorkerPool?
  ) {
    precondition(
      vector.count == vectorCount && (gradient?.count ?? vectorCount) == vectorCount,
      "a vector of \(vector.count) for one of \(vectorCount)")
    let (mean, sample) = (mean(vector), sample(vector))
    for factor in factors {
      var field = credence_mean_field()
      switch factor.kind {
      case .point:
        movePoints(factor.range, mean, sample, gradient, rate: rate)
        continue
      case .spread(let centre, let precision): (field.step.centre, field.step.precision) = (centre, precision)
      case .laplace(let scale): field.step.laplace = 1 / scale
      }
      field.is_double = Element.self == Double.self
      field.samples_only = gradient == nil
      field.start = factor.range.lowerBound
      field.count = factor.range.count
      field.arrays.mean = UnsafeMutableRawPointer(mean.baseAddress)
      field.arrays.spread = UnsafeMutableRawPointer(spread.baseAddress)
      field.arrays.sample = UnsafeMutableRawPointer(sample.baseAddress)
      field.arrays.gradient = UnsafeRawPointer(gradient?.baseAddress)
      field.arrays.sample_gradient = UnsafeRawPointer(gradient.map { self.sample($0) }?.baseAddress)
      field.arrays.centres = UnsafeRawPointer(centres?.baseAddress)
      field.arrays.mean_first = UnsafeMutableRawPointer(moments[0].baseAddress)
      field.arrays.mean_second = UnsafeMutableRawPointer(moments[1].baseAddress)
      field.arrays.spread_first = UnsafeMutableRawPointer(moments[2].baseAddress)
      field.arrays.spread_second = UnsafeMutableRawPointer(moments[3].baseAddress)
      field.step.form = form.code
      field.step.weight = weight
      field.step.spread_rate = spreadRate
      field.step.adam = adam(rate: rate)
      field.step.key = credence_random_key(
        seed: key.seed, stream: key.stream, step: key.step, site: key.site)
      credence_mean_field_run(&field, pool?.raw)
    }
  }

  private func adam(rate: Double) -> credence_adam_step {
    var adam = credence_adam_step()
    adam.rate = rate
    adam.beta1 = beta1
    adam.beta2 = beta2
    adam.epsilon = epsilon
    adam.correction1 = 1 / (1 - pow(beta1, Double(max(stepCount, 1))))
    adam.correction2 = 1 / (1 - pow(beta2, Double(max(stepCount, 1))))
    return adam
  }

  /// Points are few: on the calling thread.
  private func movePoints(_ range: Range<Int>, _ mean: Memory, _ sample: Memory, _ gradient: Memory?, rate: Double) {
    if let gradient {
      var update = credence_update()
      update.is_double = Element.self == Double.self
      update.kind = Int32(CREDENCE_ADAM_UPDATE.rawValue)
      update.parameters = UnsafeMutableRawPointer(mean.baseAddress.map { $0 + range.lowerBound })
      update.gradient = UnsafeRawPointer(gradient.baseAddress.map { $0 + range.lowerBound })
      update.first = UnsafeMutableRawPointer(moments[0].baseAddress.map { $0 + range.lowerBound })
      update.second = UnsafeMutableRawPointer(moments[1].baseAddress.map { $0 + range.lowerBound })
      update.count = range.count
      update.adam = adam(rate: rate)
      credence_update_run(&update, nil)
    }
    for index in range { sample[index] = form == .draw ? mean[index] : 0 }
  }

  /// σ. Shape [P]; zero for points.
  package var deviations: [Element] {
    var deviations = [Element](repeating: 0, count: spread.count)
    for factor in factors {
      if factor.kind == .point { continue }
      for index in factor.range {
        let value = Double(spread[index])
        deviations[index] = Element(max(value, 0) + log1p(exp(-abs(value))))
      }
    }
    return deviations
  }

  /// All vectors that a run needs to go on, beside `stepCount` and the caller's, by name.
  package var slots: [(name: String, memory: Memory)] {
    let names = ["meanMoment", "meanSquare", "spreadMoment", "spreadSquare"]
    return (ownMean.map { [("mean", $0)] } ?? []) + [("spread", spread)] + zip(names, moments).map { ($0, $1) }
  }

  /// Takes up a saved run, whose vectors were written into `slots`.
  package func resume(stepCount: Int) { self.stepCount = stepCount }
}

/// Names the noise of a step.
package struct MeanFieldKey: Sendable {
  package let seed: UInt64
  package let stream: UInt64
  package let step: UInt64
  package let site: UInt32

  package init(seed: UInt64, stream: UInt64, step: UInt64, site: UInt32) {
    (self.seed, self.stream, self.step, self.site) = (seed, stream, step, site)
  }
}

/// ρ with softplus(ρ) = σ. Precondition: σ > 0.
package func inverseSoftplus(_ deviation: Double) -> Double {
  precondition(deviation > 0, "a standard deviation of \(deviation)")
  return deviation + log(-expm1(-deviation))
}
