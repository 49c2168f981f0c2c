//  Analysis.swift — how each instruction of a program will be computed, and in which of the plan's layers.
//
//  Every instruction gets a layer, such that all instructions of one kind in one layer can run together:
//    an edge between elementwise instructions over the same shape costs nothing, so that they can be one kernel;
//    every other edge costs one.
//  Elementwise instructions are then moved as late as their consumers allow, so that what only the backward pass needs
//  is computed there from values that are stored anyway.

import Arrays

struct Analysis {
  enum Kind {
    /// Memory that exists before the run.
    case given
    /// Recomputed wherever an elementwise kernel uses it.
    case source
    /// Addresses another instruction's memory.
    case view
    /// Part of a fused kernel over `iteration`.
    case fused
    /// A step of its own.
    case step
    /// Computed by the step of its only consumer.
    case absorbed
  }

  let program: Program
  private(set) var kinds: [Kind]
  /// The instructions that read each.
  private(set) var consumers: [[Int]]
  private(set) var layers: [Int]
  /// Views that need memory of their own, because their elements do not lie in the order that a reader needs.
  private(set) var copiedViews: Set<Int> = []
  let isOutput: [Bool]

  init(_ program: Program) {
    self.program = program
    let instructions = program.instructions
    consumers = Array(repeating: [], count: instructions.count)
    for (index, instruction) in instructions.enumerated() {
      for operand in Set(instruction.operands) { consumers[operand].append(index) }
    }
    var isOutput = [Bool](repeating: false, count: instructions.count)
    for output in program.outputs { isOutput[output] = true }
    self.isOutput = isOutput
    kinds = instructions.map(Self.kind)
    layers = Array(repeating: 0, count: instructions.count)
    absorbActivations()
    findCopiedViews()
    assignLayers()
    moveLate()
  }

  private static func kind(_ instruction: Program.Instruction) -> Kind {
    switch instruction.primitive {
    case .input, .array: .given
    case .constant, .iota, .random: .source
    case .reshape, .broadcast, .transpose, .slice: .view
    case .unary, .binary, .select, .stopGradient: .fused
    case .reduce: Self.reducesAll(instruction) ? .fused : .step
    default: .step
    }
  }

  /// A reduction of everything to one number is the sink of a fused kernel.
  static func reducesAll(_ instruction: Program.Instruction) -> Bool {
    if case .reduce = instruction.primitive { return instruction.shape.rank == 0 }
    return false
  }

  /// `linear` followed by an activation that nothing else bypasses is one step.
  private mutating func absorbActivations() {
    for (index, instruction) in program.instructions.enumerated() where !isOutput[index] {
      guard case .linear = instruction.primitive, consumers[index].count == 1, let consumer = consumers[index].first,
        case .unary(let function) = program.instructions[consumer].primitive,
        [.relu, .tanh, .sigmoid].contains(function)
      else { continue }
      kinds[index] = .absorbed
      kinds[consumer] = .step
    }
  }

  /// The shape over which a fused instruction's kernel iterates.
  func iteration(_ index: Int) -> Shape {
    let instruction = program.instructions[index]
    return Self.reducesAll(instruction) ? program.instructions[instruction.operands[0]].shape : instruction.shape
  }

  /// Strides that stand for how a value lies: real ones for views, row-major for all that has memory of its own.
  private mutating func findCopiedViews() {
    var lies: [View] = []
    for (index, instruction) in program.instructions.enumerated() {
      let own = View(buffer: index, shape: instruction.shape)
      guard kinds[index] == .view else {
        lies.append(own)
        continue
      }
      let operand = lies[instruction.operands[0]]
      if case .reshape = instruction.primitive {
        if !operand.isContiguous { copiedViews.insert(instruction.operands[0]) }
        lies.append(own)
      } else {
        lies.append(Self.view(instruction, of: operand))
      }
    }
    for (index, instruction) in program.instructions.enumerated() where kinds[index] == .step {
      for (position, operand) in instruction.operands.enumerated()
      where kinds[operand] == .view && !copiedViews.contains(operand) && !lies[operand].isContiguous {
        if !Self.acceptsStrides(instruction, operand: position) { copiedViews.insert(operand) }
      }
    }
  }

  static func view(_ instruction: Program.Instruction, of operand: View) -> View {
    switch instruction.primitive {
    case .broadcast: operand.broadcast(to: instruction.shape)
    case .transpose(let order): operand.transposed(order)
    case .slice(let starts, let strides): operand.sliced(starts: starts, strides: strides, shape: instruction.shape)
    default: View(buffer: operand.buffer, offset: operand.offset, shape: instruction.shape)
    }
  }

  /// Whether a step reads an operand through any strides.
  private static func acceptsStrides(_ instruction: Program.Instruction, operand: Int) -> Bool {
    switch instruction.primitive {
    case .matmul: instruction.shape.rank == 2
    case .linear: operand < 2
    case .concatenate, .scatterSlice: true
    default: false
    }
  }

  /// What an edge adds to the layer of its reader.
  private func cost(from operand: Int, to reader: Int) -> Int {
    switch kinds[operand] {
    case .given: return 0
    case .source: return kinds[reader] == .fused ? 0 : 1
    case .view: return copiedViews.contains(operand) ? 1 : 0
    case .absorbed: return 0
    case .step: return 1
    case .fused:
      let joins =
        kinds[reader] == .fused && !Self.reducesAll(program.instructions[operand])
        && iteration(operand) == iteration(reader)
      return joins ? 0 : 1
    }
  }

  private mutating func assignLayers() {
    for (index, instruction) in program.instructions.enumerated() {
      layers[index] = instruction.operands.map { layers[$0] + cost(from: $0, to: index) }.max() ?? 0
    }
  }

  private mutating func moveLate() {
    for index in program.instructions.indices.reversed() where !isOutput[index] && !consumers[index].isEmpty {
      let latest = consumers[index].map { layers[$0] - cost(from: index, to: $0) }.min() ?? layers[index]
      switch kinds[index] {
      case .fused: if !Self.reducesAll(program.instructions[index]) { layers[index] = latest }
      case .source, .view: layers[index] = latest
      default: break
      }
    }
  }
}
