//  DensityFunction.swift — a log density that one thread evaluates again and again.

import Arrays
public import Probability
import Programs

/// A log density prepared to be run: traced, differentiated and planned once, shared by all chains.
public struct CompiledDensity: Sendable {
  /// D.
  public let dimension: Int
  let value: Plan
  let valueAndGradient: Plan

  public init(_ density: LogDensity) {
    dimension = density.dimension
    value = Plan(Program(inputs: [[density.dimension]]) { [density($0[0])] })
    valueAndGradient = Plan(density.valueAndGradient)
  }
}

/// A compiled density with the memory to run it. Used by one thread at a time; an evaluation allocates nothing.
public final class DensityFunction {
  /// D.
  public let dimension: Int
  /// How often the gradient was evaluated.
  public private(set) var gradientCount = 0
  /// How often the value alone was evaluated.
  public private(set) var valueCount = 0

  /// β: what is evaluated is β log p and its gradient.
  var inverseTemperature = 1.0

  private let value: Executor<Double>
  private let valueAndGradient: Executor<Double>

  public init(_ compiled: CompiledDensity) {
    dimension = compiled.dimension
    value = Executor(compiled.value)
    valueAndGradient = Executor(compiled.valueAndGradient)
  }

  /// log p(x). Shape [D] → []. Unit: nats.
  public func callAsFunction(_ position: UnsafePointer<Double>) -> Double {
    valueCount += 1
    value.bindInput(0, to: UnsafeBufferPointer(start: position, count: dimension))
    value.run()
    return inverseTemperature * value.output(0)[0]
  }

  /// log p(x), and its gradient into memory. Shape [D] → [] and [D]. Unit: nats.
  public func callAsFunction(_ position: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>) -> Double {
    gradientCount += 1
    valueAndGradient.bindInput(0, to: UnsafeBufferPointer(start: position, count: dimension))
    valueAndGradient.bindOutput(1, to: UnsafeMutableBufferPointer(start: gradient, count: dimension))
    valueAndGradient.run()
    if inverseTemperature != 1 { for i in 0..<dimension { gradient[i] *= inverseTemperature } }
    return inverseTemperature * valueAndGradient.output(0)[0]
  }
}
