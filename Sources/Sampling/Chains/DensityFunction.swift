//  DensityFunction.swift — a log density that one thread evaluates again and again.

import Arrays
public import Probability
import Programs

/// The numbers that a density is computed with. Chains keep their points and energies in 64 bits either way.
public enum DensityPrecision: String, Hashable, Codable, Sendable, CaseIterable {
  /// 32 bits: twice as fast. An energy of size H is off by about 1e−7 H, which tells on acceptance once that nears 0.1 nats.
  case single
  /// 64 bits.
  case double
}

/// A log density prepared to be run: traced, differentiated and planned once, shared by all chains.
public struct CompiledDensity: Sendable {
  /// D.
  public let dimension: Int
  public let precision: DensityPrecision
  let value: Plan
  let valueAndGradient: Plan

  public init(_ density: LogDensity, precision: DensityPrecision = .double) {
    dimension = density.dimension
    self.precision = precision
    value = Plan(Program(inputs: [[density.dimension]]) { [density($0[0])] })
    valueAndGradient = Plan(density.valueAndGradient)
  }
}

/// A compiled density with the memory to run it. Used by one thread at a time; an evaluation allocates nothing.
///
/// A density of +∞ is none: it counts as not a number, and no sampler goes there.
public final class DensityFunction {
  /// D.
  public let dimension: Int
  /// How often the gradient was evaluated.
  public private(set) var gradientCount = 0
  /// How often the value alone was evaluated.
  public private(set) var valueCount = 0
  /// How often the gradient or the value was evaluated.
  var evaluationCount: Int { gradientCount + valueCount }
  /// How often what came out of either was not a number, or +∞.
  public private(set) var notANumberCount = 0

  /// β: what is evaluated is β log p, or β log p + (1 − β) log p₀ where there is a prior, and its gradient.
  var inverseTemperature = 1.0
  /// log p₀.
  var prior: DensityFunction?
  /// Memory for the gradient of log p₀. Shape [D].
  private lazy var priorGradient = Vectors(1, dimension: dimension)

  private let runner: any DensityRunner

  public init(_ compiled: CompiledDensity) {
    dimension = compiled.dimension
    runner =
      switch compiled.precision {
      case .single: SingleRunner(compiled)
      case .double: DoubleRunner(compiled)
      }
  }

  /// A density that is computed by a function: for those that cannot be traced, or that change while they are used.
  ///
  /// - Parameter body: log p at a point, and its gradient into memory where there is some. Shapes [D]. Unit: nats.
  public init(
    dimension: Int, _ body: @escaping (UnsafePointer<Double>, UnsafeMutablePointer<Double>?) -> Double
  ) {
    self.dimension = dimension
    runner = ClosureRunner(body)
  }

  /// log p(x). Shape [D] → []. Unit: nats.
  public func callAsFunction(_ position: UnsafePointer<Double>) -> Double {
    valueCount += 1
    guard inverseTemperature != 1, let prior else { return inverseTemperature * known(runner.value(at: position)) }
    if inverseTemperature == 0 { return prior(position) }
    return inverseTemperature * known(runner.value(at: position)) + (1 - inverseTemperature) * prior(position)
  }

  /// log p(x) − log p₀(x). Shape [D] → []. Unit: nats. Not a number where either is not finite.
  func logLikelihood(_ position: [Double]) -> Double {
    position.withUnsafeBufferPointer { x in
      x.baseAddress.map { known(runner.value(at: $0)) - (prior?($0) ?? 0) } ?? 0
    }
  }

  /// log p(x), and its gradient into memory. Shape [D] → [] and [D]. Unit: nats.
  public func callAsFunction(_ position: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>) -> Double {
    gradientCount += 1
    if inverseTemperature != 1, let prior { return mixed(position, gradient, prior) }
    let value = known(runner.value(at: position, gradient: gradient))
    if inverseTemperature != 1 { for i in 0..<dimension { gradient[i] *= inverseTemperature } }
    return inverseTemperature * value
  }

  /// β log p + (1 − β) log p₀, and its gradient.
  private func mixed(
    _ position: UnsafePointer<Double>, _ gradient: UnsafeMutablePointer<Double>, _ prior: DensityFunction
  ) -> Double {
    let beta = inverseTemperature
    if beta == 0 { return prior(position, gradient: gradient) }
    let slope = priorGradient[0]
    let known = prior(position, gradient: slope)
    let value = self.known(runner.value(at: position, gradient: gradient))
    for i in 0..<dimension { gradient[i] = beta * gradient[i] + (1 - beta) * slope[i] }
    return beta * value + (1 - beta) * known
  }

  private func known(_ value: Double) -> Double {
    guard value.isNaN || value == .infinity else { return value }
    notANumberCount += 1
    return .nan
  }
}
