//  FoldedConstants.swift — what follows from constants alone, computed once, when a program is planned.
//
//  A log density sees its data as constants, and much of what it makes of them is the same in every run: log y!, the logarithm of
//  a positive observation, a design matrix. Views of constants stay views, and what would be larger than the constants that it is
//  made of stays a computation: a broadcast sum is cheaper to repeat than to keep.

import Arrays

enum FoldedConstants {
  /// Larger values are not kept. Elements.
  private static let most = 1 << 22
  /// Values that are not larger are kept even where they are made of fewer elements.
  private static let small = 64

  /// The same program, with arrays and numbers in the place of what follows from them.
  static func folded(_ program: Program) -> Program {
    let roots = roots(program)
    guard !roots.isEmpty else { return program }
    let part = Program(program.instructions, inputShapes: [], outputs: roots)
    let executor = Executor<Double>(Plan(unfolded: part))
    executor.run()
    var instructions = program.instructions
    for (position, root) in roots.enumerated() {
      let values = Array(executor.output(position))
      let isUniform = values.dropFirst().allSatisfy { $0.bitPattern == values[0].bitPattern }
      instructions[root] = Program.Instruction(
        primitive: isUniform ? .constant(values[0]) : .array(values), operands: [], shape: instructions[root].shape)
    }
    return Program(instructions, inputShapes: program.inputShapes, outputs: program.outputs)
  }

  /// The last instructions that follow from constants: what reads them does not, or is handed out.
  private static func roots(_ program: Program) -> [Int] {
    let known = known(program)
    var needed = [Bool](repeating: false, count: program.instructions.count)
    for output in program.outputs { needed[output] = true }
    for index in program.instructions.indices.reversed() {
      let instruction = program.instructions[index]
      guard !known[index] || (needed[index] && instruction.primitive.isView) else { continue }
      for operand in instruction.operands { needed[operand] = true }
    }
    return program.instructions.indices.filter { index in
      let primitive = program.instructions[index].primitive
      return known[index] && needed[index] && !primitive.isSource && !primitive.isView
    }
  }

  /// Whether each instruction follows from constants alone and may be kept.
  private static func known(_ program: Program) -> [Bool] {
    var known: [Bool] = []
    // The elements of the largest array that an instruction is made of.
    var sources: [Int] = []
    for instruction in program.instructions {
      let count = instruction.shape.count
      var source = instruction.operands.map { sources[$0] }.max() ?? 0
      switch instruction.primitive {
      case .constant: known.append(true)
      case .input, .iota, .random: known.append(false)
      case .array:
        known.append(true)
        source = count
      default:
        let isKept = count > 0 && count <= min(max(source, small), most)
        known.append(isKept && instruction.operands.allSatisfy { known[$0] })
      }
      sources.append(source)
    }
    return known
  }
}
