//  DensityRunner.swift — the executors of a density, in either precision.
//
//  The executor of the value alone is made when it is first asked for: Hamiltonian samplers never do.

import Arrays
import Programs

/// Evaluates a density at points of 64 bits.
protocol DensityRunner: AnyObject {
  /// log p(x). Shape [D] → []. Unit: nats.
  func value(at position: UnsafePointer<Double>) -> Double
  /// log p(x), and its gradient into memory. Shape [D] → [] and [D]. Unit: nats.
  func value(at position: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>) -> Double
}

/// Reads points where they lie and writes gradients where they are wanted.
final class DoubleRunner: DensityRunner {
  private let dimension: Int
  private lazy var valueExecutor = Executor<Double>(valuePlan)
  private let valuePlan: Plan
  private let executor: Executor<Double>

  init(_ compiled: CompiledDensity) {
    dimension = compiled.dimension
    valuePlan = compiled.value
    executor = Executor(compiled.valueAndGradient, boundInputs: [0], boundOutputs: [1])
  }

  func value(at position: UnsafePointer<Double>) -> Double {
    valueExecutor.bindInput(0, to: UnsafeBufferPointer(start: position, count: dimension))
    valueExecutor.run()
    return valueExecutor.output(0)[0]
  }

  func value(at position: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>) -> Double {
    executor.bindInput(0, to: UnsafeBufferPointer(start: position, count: dimension))
    executor.bindOutput(1, to: UnsafeMutableBufferPointer(start: gradient, count: dimension))
    executor.run()
    return executor.output(0)[0]
  }
}

/// Rounds points to 32 bits and widens gradients.
final class SingleRunner: DensityRunner {
  private let dimension: Int
  private lazy var valueExecutor = Executor<Float>(valuePlan)
  private let valuePlan: Plan
  private let executor: Executor<Float>

  init(_ compiled: CompiledDensity) {
    dimension = compiled.dimension
    valuePlan = compiled.value
    executor = Executor(compiled.valueAndGradient)
  }

  func value(at position: UnsafePointer<Double>) -> Double {
    load(position, valueExecutor.input(0))
    valueExecutor.run()
    return Double(valueExecutor.output(0)[0])
  }

  func value(at position: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>) -> Double {
    load(position, executor.input(0))
    executor.run()
    if let result = executor.output(1).baseAddress { for i in 0..<dimension { gradient[i] = Double(result[i]) } }
    return Double(executor.output(0)[0])
  }

  private func load(_ position: UnsafePointer<Double>, _ input: UnsafeMutableBufferPointer<Float>) {
    guard let input = input.baseAddress else { return }
    for i in 0..<dimension { input[i] = Float(position[i]) }
  }
}
