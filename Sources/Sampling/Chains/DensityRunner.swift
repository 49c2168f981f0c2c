//  DensityRunner.swift — the executors of a density, in either precision.
//
//  The executor of the value alone is made when it is first asked for: Hamiltonian samplers never do.

import Arrays
import CKernels
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
  /// Where the executor puts log p.
  private let result: UnsafeMutablePointer<Double>?

  init(_ compiled: CompiledDensity) {
    dimension = compiled.dimension
    valuePlan = compiled.value
    executor = Executor(compiled.valueAndGradient, boundInputs: [0], boundOutputs: [1])
    result = executor.address(ofOutput: 0)?.assumingMemoryBound(to: Double.self)
  }

  func value(at position: UnsafePointer<Double>) -> Double {
    valueExecutor.bindInput(0, to: UnsafeBufferPointer(start: position, count: dimension))
    valueExecutor.run()
    return valueExecutor.output(0)[0]
  }

  func value(at position: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>) -> Double {
    executor.run(from: position, to: gradient, output: 1)
    return result?.pointee ?? .nan
  }
}

/// Rounds points to 32 bits and widens gradients.
final class SingleRunner: DensityRunner {
  private let dimension: Int
  private lazy var valueExecutor = Executor<Float>(valuePlan)
  private let valuePlan: Plan
  private let executor: Executor<Float>
  /// Where the executor reads the point and puts log p and its gradient.
  private let input, result, slope: UnsafeMutablePointer<Float>?

  init(_ compiled: CompiledDensity) {
    dimension = compiled.dimension
    valuePlan = compiled.value
    executor = Executor(compiled.valueAndGradient)
    input = executor.address(ofInput: 0)?.assumingMemoryBound(to: Float.self)
    result = executor.address(ofOutput: 0)?.assumingMemoryBound(to: Float.self)
    slope = executor.address(ofOutput: 1)?.assumingMemoryBound(to: Float.self)
  }

  func value(at position: UnsafePointer<Double>) -> Double {
    load(position, valueExecutor.input(0).baseAddress)
    valueExecutor.run()
    return Double(valueExecutor.output(0)[0])
  }

  func value(at position: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>) -> Double {
    load(position, input)
    executor.run()
    if let slope { credence_float_table().pointee.widen(slope, gradient, dimension) }
    return Double(result?.pointee ?? .nan)
  }

  private func load(_ position: UnsafePointer<Double>, _ input: UnsafeMutablePointer<Float>?) {
    if let input { credence_float_table().pointee.narrow(position, input, dimension) }
  }
}

/// Calls a function.
final class ClosureRunner: DensityRunner {
  private let body: (UnsafePointer<Double>, UnsafeMutablePointer<Double>?) -> Double

  init(_ body: @escaping (UnsafePointer<Double>, UnsafeMutablePointer<Double>?) -> Double) { self.body = body }

  func value(at position: UnsafePointer<Double>) -> Double { body(position, nil) }

  func value(at position: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>) -> Double {
    body(position, gradient)
  }
}
