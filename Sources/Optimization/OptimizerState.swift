//  OptimizerState.swift — an optimiser at work: its vectors, and the update as one pass over them and the parameters.

public import Arrays
import CKernels
import Foundation

/// The state of an optimiser over a vector of P parameters. A step allocates nothing.
public final class OptimizerState<Element: Scalar> {
  public let optimizer: Optimizer
  /// P.
  public let count: Int
  /// Steps taken.
  public private(set) var stepCount: Int
  private let memory: [UnsafeMutableBufferPointer<Element>]

  /// All vectors zero.
  public init(_ optimizer: Optimizer, count: Int) {
    self.optimizer = optimizer
    self.count = count
    stepCount = 0
    memory = optimizer.slotNames.map { _ in
      // Aligned to whole vectors.
      let raw = UnsafeMutableRawBufferPointer.allocate(byteCount: count * MemoryLayout<Element>.stride, alignment: 64)
      let slot = raw.bindMemory(to: Element.self)
      slot.initialize(repeating: 0)
      return slot
    }
  }

  /// As `slots` and `stepCount` were. Precondition: the slots are those of the optimiser, each of `count` elements.
  public convenience init(
    _ optimizer: Optimizer, count: Int, slots: [(name: String, array: DenseArray<Element>)], stepCount: Int
  ) {
    self.init(optimizer, count: count)
    precondition(
      slots.map(\.name) == optimizer.slotNames && slots.allSatisfy { $0.array.count == count },
      "slots \(slots.map(\.name)) for \(optimizer) over \(count) parameters")
    for (slot, (_, array)) in zip(memory, slots) { _ = slot.update(fromContentsOf: array.elements) }
    self.stepCount = stepCount
  }

  deinit { for slot in memory { slot.deallocate() } }

  /// The vectors, by name: with `stepCount`, all that a run needs to go on.
  public var slots: [(name: String, array: DenseArray<Element>)] {
    zip(optimizer.slotNames, memory).map { ($0, DenseArray(Array($1))) }
  }

  /// Moves the parameters once, shared out over the pool in fixed parts.
  ///
  /// - Parameters:
  ///   - parameters: Shape [P].
  ///   - gradient: Of the loss that falls. Shape [P].
  public func step(
    parameters: UnsafeMutableBufferPointer<Element>, gradient: UnsafeBufferPointer<Element>, learningRate: Double,
    pool: WorkerPool? = nil
  ) {
    precondition(
      parameters.count == count && gradient.count == count,
      "\(parameters.count) parameters and \(gradient.count) entries of the gradient for an optimiser of \(count)")
    stepCount += 1
    var update = credence_update()
    update.is_double = Element.self == Double.self
    update.parameters = UnsafeMutableRawPointer(parameters.baseAddress)
    update.gradient = UnsafeRawPointer(gradient.baseAddress)
    update.count = count
    update.first = slot(0)
    update.second = slot(1)
    optimizer.describe(step: stepCount, learningRate: learningRate, in: &update)
    credence_update_run(&update, pool?.raw)
  }

  /// The memory of a vector, or `nil` where the optimiser keeps fewer.
  private func slot(_ index: Int) -> UnsafeMutableRawPointer? {
    guard index < memory.count, let start = memory[index].baseAddress else { return nil }
    return UnsafeMutableRawPointer(start)
  }
}

extension Optimizer {
  /// The numbers of step t.
  fileprivate func describe(step: Int, learningRate: Double, in update: inout credence_update) {
    switch self {
    case .sgd(let momentum, let nesterov):
      update.kind = Int32(CREDENCE_SGD_UPDATE.rawValue)
      update.sgd.rate = learningRate
      update.sgd.momentum = momentum
      update.sgd.nesterov = nesterov
      update.sgd.first = step == 1
    case .adam(let beta1, let beta2, let epsilon), .adamW(let beta1, let beta2, let epsilon, _):
      update.kind = Int32(CREDENCE_ADAM_UPDATE.rawValue)
      update.adam.rate = learningRate
      update.adam.beta1 = beta1
      update.adam.beta2 = beta2
      update.adam.epsilon = epsilon
      if case .adamW(_, _, _, let decay) = self { update.adam.decoupled_decay = decay }
      update.adam.correction1 = 1 / (1 - pow(beta1, Double(step)))
      update.adam.correction2 = 1 / (1 - pow(beta2, Double(step)))
    case .rmsProp(let decay, let epsilon, let momentum):
      update.kind = Int32(CREDENCE_RMSPROP_UPDATE.rawValue)
      update.rmsprop.rate = learningRate
      update.rmsprop.alpha = decay
      update.rmsprop.epsilon = epsilon
      update.rmsprop.momentum = momentum
    }
  }
}
