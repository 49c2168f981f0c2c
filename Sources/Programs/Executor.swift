//  Executor.swift — runs a plan again and again on memory that is allocated once.

public import Arrays
import CKernels

/// Which random numbers a run draws: each is a pure function of these, of its site in the program and of its index.
public struct RandomKey: Hashable, Sendable, Codable {
  public var seed: UInt64
  public var stream: UInt64
  public var step: UInt64

  public init(seed: UInt64 = 0, stream: UInt64 = 0, step: UInt64 = 0) {
    self.seed = seed
    self.stream = stream
    self.step = step
  }
}

/// Runs a plan. Inputs, outputs and intermediates lie in memory that the executor allocates once, or in memory that the
/// caller binds; a run allocates nothing. Results are the same bits for any number of threads.
///
/// An executor is used by one thread at a time.
public final class Executor<Element: Scalar> {
  public let plan: Plan
  private let lowered: LoweredSteps
  private let buffers: UnsafeMutableBufferPointer<UnsafeMutableRawPointer?>
  private let owned: UnsafeMutableRawPointer
  private let scratch: UnsafeMutableRawPointer
  private let scratchStride: Int
  private let shared: UnsafeMutableRawPointer
  private let pool: WorkerPool?
  /// The numbers of elements of inputs and outputs: small programs are bound and read millions of times.
  private let inputCounts, outputCounts: [Int]
  /// Inputs that have no memory yet.
  private var unbound: Set<Int>

  /// - Parameters:
  ///   - pool: The threads that steps are shared out to; `nil` runs on the caller's thread alone.
  ///   - boundInputs: Inputs that the caller binds before the first run: they get no memory here.
  ///   - boundOutputs: Outputs of which the same holds.
  public init(
    _ plan: Plan, pool: WorkerPool? = nil, boundInputs: Set<Int> = [], boundOutputs: Set<Int> = []
  ) {
    self.plan = plan
    self.pool = pool
    unbound = boundInputs
    lowered = LoweredSteps(plan)
    inputCounts = plan.program.inputShapes.map(\.count)
    outputCounts = plan.program.outputShapes.map(\.count)
    let stride = MemoryLayout<Element>.stride
    let inputs = plan.program.inputShapes.enumerated().map { boundInputs.contains($0) ? 0 : Self.padded($1.count) }
    let outputs = plan.program.outputShapes.enumerated().map { boundOutputs.contains($0) ? 0 : Self.padded($1.count) }
    let sizes = [Self.padded(plan.arenaCount), Self.padded(plan.constants.count)] + inputs + outputs
    owned = .allocate(byteCount: Swift.max(sizes.reduce(0, +), 1) * stride, alignment: 64)
    // Inputs and outputs begin as zeros. A plan writes its intermediates before it reads them: they begin as they are.
    (owned + sizes[0] * stride).initializeMemory(
      as: UInt8.self, repeating: 0, count: sizes[1...].reduce(0, +) * stride)
    buffers = .allocate(capacity: sizes.count)
    var start = owned
    for (index, size) in sizes.enumerated() {
      buffers.initializeElement(at: index, to: start)
      start += size * stride
    }
    // Nothing may be read or written where others have their memory.
    for index in boundInputs { buffers[BufferNumber.input(index)] = nil }
    for index in boundOutputs { buffers[BufferNumber.output(index, inputs: inputs.count)] = nil }
    if let constants = buffers[BufferNumber.constants]?.assumingMemoryBound(to: Element.self) {
      for (index, value) in plan.constants.enumerated() { constants[index] = Element(value) }
    }
    var need = credence_scratch(worker: 0, shared: 0)
    for index in 0..<lowered.steps.count {
      let step = lowered.steps.baseAddress.map { $0 + index }
      let one = Element.self == Float.self ? credence_float_scratch(step) : credence_double_scratch(step)
      need = credence_scratch(worker: Swift.max(need.worker, one.worker), shared: Swift.max(need.shared, one.shared))
    }
    scratchStride = Self.padded(need.worker) + Self.padded(1)
    let threads = pool?.threadCount ?? 1
    scratch = .allocate(byteCount: scratchStride * threads * stride, alignment: 64)
    shared = .allocate(byteCount: Swift.max(need.shared, 1) * stride, alignment: 64)
  }

  deinit {
    owned.deallocate()
    scratch.deallocate()
    shared.deallocate()
    buffers.deallocate()
  }

  private static func padded(_ count: Int) -> Int { (count + 15) / 16 * 16 }

  /// The memory of an input: written before a run. Precondition: it has memory, here or where it was bound.
  public func input(_ index: Int) -> UnsafeMutableBufferPointer<Element> {
    precondition(!unbound.contains(index), "input \(index) has no memory before it is bound")
    return memory(BufferNumber.input(index), inputCounts[index])
  }

  /// The memory of an output: read after a run. Precondition: it has memory, here or where it was bound.
  public func output(_ index: Int) -> UnsafeMutableBufferPointer<Element> {
    memory(BufferNumber.output(index, inputs: inputCounts.count), outputCounts[index])
  }

  private func memory(_ buffer: Int, _ count: Int) -> UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(start: buffers[buffer]?.assumingMemoryBound(to: Element.self), count: count)
  }

  /// Lets the runs that follow read an input where the caller has it.
  ///
  /// Precondition: `memory` has the input's count and lives until it is bound anew or the executor is gone.
  public func bindInput(_ index: Int, to memory: UnsafeBufferPointer<Element>) {
    precondition(
      memory.count == inputCounts[index],
      "\(memory.count) elements for input \(index) of shape \(plan.program.inputShapes[index])")
    buffers[BufferNumber.input(index)] = UnsafeMutableRawPointer(mutating: memory.baseAddress)
    if !unbound.isEmpty { unbound.remove(index) }
  }

  /// Lets the runs that follow write an output where the caller wants it.
  ///
  /// Precondition: as for `bindInput`, and the memory is no input of this executor.
  public func bindOutput(_ index: Int, to memory: UnsafeMutableBufferPointer<Element>) {
    precondition(
      memory.count == outputCounts[index],
      "\(memory.count) elements for output \(index) of shape \(plan.program.outputShapes[index])")
    buffers[BufferNumber.output(index, inputs: inputCounts.count)] = UnsafeMutableRawPointer(memory.baseAddress)
  }

  /// Where an output is that was not bound, for the life of the executor.
  package func address(ofOutput index: Int) -> UnsafeMutableRawPointer? {
    buffers[BufferNumber.output(index, inputs: inputCounts.count)]
  }

  /// Where an input is that was not bound, for the life of the executor.
  package func address(ofInput index: Int) -> UnsafeMutableRawPointer? { buffers[BufferNumber.input(index)] }

  /// Binds input 0, and an output, to memory of their size, and runs: the short way for programs that take less time than the checks.
  package func run(from input: UnsafeRawPointer, to output: UnsafeMutableRawPointer, output index: Int) {
    buffers[BufferNumber.input(0)] = UnsafeMutableRawPointer(mutating: input)
    buffers[BufferNumber.output(index, inputs: inputCounts.count)] = output
    if !unbound.isEmpty { unbound.remove(0) }
    run()
  }

  /// Runs the plan once: inputs to outputs.
  public func run(key: RandomKey = RandomKey()) {
    precondition(unbound.isEmpty, "a run before inputs \(unbound.sorted()) are bound")
    guard let steps = lowered.steps.baseAddress, let table = buffers.baseAddress else { return }
    let pointers = UnsafeRawPointer(table).assumingMemoryBound(to: UnsafeMutableRawPointer?.self)
    var run = credence_run(
      buffers: pointers, scratch: scratch, scratch_stride: scratchStride, shared: shared,
      key: credence_random_key(seed: key.seed, stream: key.stream, step: key.step, site: 0), pool: pool?.raw,
      row: 0, local: nil, partial: nil, accumulates: false)
    if Element.self == Float.self {
      credence_float_run(steps, lowered.steps.count, &run)
    } else {
      credence_double_run(steps, lowered.steps.count, &run)
    }
  }
}

extension Executor {
  /// Copies arrays in, runs, and copies the results out. For tests and single runs; allocates the results.
  public func run(_ inputs: [DenseArray<Element>], key: RandomKey = RandomKey()) -> [DenseArray<Element>] {
    let shapes = plan.program.inputShapes
    precondition(
      inputs.map(\.shape) == shapes, "inputs of shapes \(inputs.map(\.shape)) for a program whose inputs have \(shapes)"
    )
    for (index, array) in inputs.enumerated() { _ = input(index).update(fromContentsOf: array.elements) }
    run(key: key)
    return plan.program.outputShapes.enumerated().map { DenseArray(Array(output($0.offset)), shape: $0.element) }
  }
}

extension Program {
  /// Plans the program, runs it once and returns its outputs. For tests and single runs.
  public func run<Element: Scalar>(
    _ inputs: [DenseArray<Element>], key: RandomKey = RandomKey()
  ) -> [DenseArray<Element>] {
    Executor<Element>(Plan(self)).run(inputs, key: key)
  }
}
