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

  /// Forgets all steps: all vectors zero.
  public func restart() {
    for slot in memory { slot.update(repeating: 0) }
    stepCount = 0
  }

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
    let keepsAverage = optimizer.keepsAverage
    update.first = slot(0)
    update.second = keepsAverage && memory.count == 2 ? nil : slot(1)
    update.centre = keepsAverage ? slot(memory.count - 1) : nil
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
    case .sgd(let momentum, let nesterov, let dampening, let weightDecay):
      update.kind = Int32(CREDENCE_SGD_UPDATE.rawValue)
      update.sgd.rate = learningRate
      update.sgd.momentum = momentum
      update.sgd.dampening = dampening
      update.sgd.decay = weightDecay
      update.sgd.nesterov = nesterov
      update.sgd.first = step == 1
    case .adam(let beta1, let beta2, let epsilon, let weightDecay):
      update.describeAdam(beta1, beta2, epsilon, step: step, learningRate: learningRate)
      update.adam.decay = weightDecay
    case .adamW(let beta1, let beta2, let epsilon, let decay):
      update.describeAdam(beta1, beta2, epsilon, step: step, learningRate: learningRate)
      update.adam.decoupled_decay = decay
    case .rmsProp(let decay, let epsilon, let momentum, _, let weightDecay):
      update.kind = Int32(CREDENCE_RMSPROP_UPDATE.rawValue)
      update.rmsprop = credence_rmsprop_step(
        rate: learningRate, alpha: decay, fresh: 1 - decay, epsilon: epsilon, momentum: momentum, decay: weightDecay)
    case .adaGrad(let epsilon, let weightDecay):
      update.kind = Int32(CREDENCE_RMSPROP_UPDATE.rawValue)
      update.rmsprop = credence_rmsprop_step(
        rate: learningRate, alpha: 1, fresh: 1, epsilon: epsilon, momentum: 0, decay: weightDecay)
    }
  }

  /// Whether the last vector is the average of the gradient.
  fileprivate var keepsAverage: Bool {
    if case .rmsProp(_, _, _, centred: true, _) = self { true } else { false }
  }
}

extension credence_update {
  fileprivate mutating func describeAdam(
    _ beta1: Double, _ beta2: Double, _ epsilon: Double, step: Int, learningRate: Double
  ) {
    kind = Int32(CREDENCE_ADAM_UPDATE.rawValue)
    adam.rate = learningRate
    adam.beta1 = beta1
    adam.beta2 = beta2
    adam.epsilon = epsilon
    adam.correction1 = 1 / (1 - pow(beta1, Double(step)))
    adam.correction2 = 1 / (1 - pow(beta2, Double(step)))
  }
}
