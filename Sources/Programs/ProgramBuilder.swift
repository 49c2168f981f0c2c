//  ProgramBuilder.swift — from a graph to a list of instructions: value numbering, identities.

import Arrays

struct ProgramBuilder {
  typealias Instruction = Program.Instruction

  private let inputShapes: [Shape]
  private(set) var instructions: [Instruction] = []
  private var known: [Instruction: Int] = [:]
  private var numbers: [ObjectIdentifier: Int] = [:]

  init(inputShapes: [Shape]) {
    self.inputShapes = inputShapes
    // Inputs come first, in order, whether they are used or not.
    for (index, shape) in inputShapes.enumerated() {
      _ = number(Instruction(primitive: .input(index), operands: [], shape: shape))
    }
  }

  /// Adds a tensor and all that it needs; returns its instruction.
  mutating func add(_ tensor: Tensor) -> Int {
    for step in topologicalOrder(of: [tensor]) where numbers[step.identity] == nil {
      if case .input(let index) = step.node.primitive {
        precondition(
          index < inputShapes.count && inputShapes[index] == step.shape,
          "input \(index) of shape \(step.shape) in a program whose inputs have shapes \(inputShapes)")
      }
      let operands = step.node.operands.compactMap { numbers[$0.identity] }
      let instruction = Instruction(primitive: step.node.primitive, operands: operands, shape: step.shape)
      numbers[step.identity] = simplified(instruction) ?? number(instruction)
    }
    guard let result = numbers[tensor.identity] else {
      preconditionFailure("a tensor that its own graph does not hold")
    }
    return result
  }

  private mutating func number(_ instruction: Instruction) -> Int {
    if let index = known[instruction] { return index }
    instructions.append(instruction)
    known[instruction] = instructions.count - 1
    return instructions.count - 1
  }

  /// An existing instruction with the same value, or a new one that is cheaper; `nil` when there is none.
  private mutating func simplified(_ instruction: Instruction) -> Int? {
    let operands = instruction.operands
    switch instruction.primitive {
    case .stopGradient: return operands[0]
    case .unary(.negate):
      if case .unary(.negate) = instructions[operands[0]].primitive { return instructions[operands[0]].operands[0] }
    case .binary(let function): return simplified(function, operands[0], operands[1], instruction.shape)
    case .select: return constant(operands[0]).map { operands[$0 != 0 ? 1 : 2] }
    case .reshape, .broadcast:
      let inner = instructions[operands[0]]
      if inner.shape == instruction.shape { return operands[0] }
      if case .constant = inner.primitive {
        return number(Instruction(primitive: inner.primitive, operands: [], shape: instruction.shape))
      }
      if inner.primitive == instruction.primitive, inner.primitive == .reshape {
        return simplified(Instruction(primitive: .reshape, operands: inner.operands, shape: instruction.shape))
          ?? number(Instruction(primitive: .reshape, operands: inner.operands, shape: instruction.shape))
      }
    case .reduce(let reduction, let axes):
      // A run of adjacent axes at a time, the last first: each then reduces the middle of [outer, middle, inner].
      guard let last = axes.last,
        let gap = axes.indices.reversed().first(where: { axes[$0] != last - (axes.count - 1 - $0) })
      else { return nil }
      let (first, second) = (Array(axes[(gap + 1)...]), Array(axes[...gap]))
      let extents = instructions[operands[0]].shape.extents
      let inner = Shape(extents.enumerated().filter { !first.contains($0.offset) }.map(\.element))
      let reduced = number(Instruction(primitive: .reduce(reduction, axes: first), operands: operands, shape: inner))
      let outer = Instruction(
        primitive: .reduce(reduction, axes: second), operands: [reduced], shape: instruction.shape)
      return simplified(outer) ?? number(outer)
    case .transpose(let order):
      if case .transpose(let inner) = instructions[operands[0]].primitive,
        order.map({ inner[$0] }) == Array(0..<order.count)
      {
        return instructions[operands[0]].operands[0]
      }
    default: break
    }
    return nil
  }

  private mutating func simplified(_ function: BinaryFunction, _ a: Int, _ b: Int, _ shape: Shape) -> Int? {
    let (left, right) = (constant(a), constant(b))
    func fold(_ value: Double) -> Int { number(Instruction(primitive: .constant(value), operands: [], shape: shape)) }
    switch (function, left, right) {
    case (.add, let x?, let y?): return fold(x + y)
    case (.subtract, let x?, let y?): return fold(x - y)
    case (.multiply, let x?, let y?): return fold(x * y)
    case (.divide, let x?, let y?): return fold(x / y)
    case (.less, let x?, let y?): return fold(x < y ? 1 : 0)
    case (.lessOrEqual, let x?, let y?): return fold(x <= y ? 1 : 0)
    case (.equal, let x?, let y?): return fold(x == y ? 1 : 0)
    case (.add, .some(0), _): return b
    case (.add, _, .some(0)), (.subtract, _, .some(0)): return a
    case (.multiply, .some(1), _): return b
    case (.multiply, _, .some(1)), (.divide, _, .some(1)): return a
    case (.subtract, .some(0), _): return number(Instruction(primitive: .unary(.negate), operands: [b], shape: shape))
    case (.multiply, .some(-1), _): return number(Instruction(primitive: .unary(.negate), operands: [b], shape: shape))
    case (.multiply, _, .some(-1)): return number(Instruction(primitive: .unary(.negate), operands: [a], shape: shape))
    default: return nil
    }
  }

  private func constant(_ index: Int) -> Double? {
    guard case .constant(let value) = instructions[index].primitive else { return nil }
    return value
  }
}
