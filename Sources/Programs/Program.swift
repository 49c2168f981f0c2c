//  Program.swift — a graph written down once, in an order in which it can be run.
//
//  Equal subexpressions become one instruction (value numbering), what no output needs is left out, and identities such as
//  x + 0, x · 1 and −(−x) are removed.

public import Arrays

/// A closed, first-order program: static shapes, no control flow, one result an instruction.
public struct Program: Sendable {
  public struct Instruction: Sendable, Hashable {
    public let primitive: Primitive
    /// Indices of the instructions whose results this one reads. Each is smaller than its own.
    public let operands: [Int]
    public let shape: Shape
  }

  /// In an order in which each comes after its operands.
  public let instructions: [Instruction]
  /// The shape of each input, in the order of their numbers.
  public let inputShapes: [Shape]
  /// The instructions whose results are handed out.
  public let outputs: [Int]

  /// The shape of each output.
  public let outputShapes: [Shape]

  /// Writes down what `outputs` need.
  ///
  /// Precondition: the inputs that occur are `Tensor.input` of numbers below `inputShapes.count` and of these shapes.
  public init(inputShapes: [Shape], outputs: [Tensor]) {
    var builder = ProgramBuilder(inputShapes: inputShapes)
    let results = outputs.map { builder.add($0) }
    self.init(builder.instructions, inputShapes: inputShapes, outputs: results)
  }

  /// The instructions that `outputs` need, and all inputs, renumbered.
  ///
  /// Precondition: the inputs come first, in the order of their numbers.
  init(_ instructions: [Instruction], inputShapes: [Shape], outputs: [Int]) {
    var needed = [Bool](repeating: false, count: instructions.count)
    for output in outputs { needed[output] = true }
    for index in inputShapes.indices { needed[index] = true }
    for index in instructions.indices.reversed() where needed[index] {
      for operand in instructions[index].operands { needed[operand] = true }
    }
    var renumbered = [Int](repeating: -1, count: instructions.count)
    var kept: [Instruction] = []
    for index in instructions.indices where needed[index] {
      let old = instructions[index]
      renumbered[index] = kept.count
      kept.append(
        Instruction(primitive: old.primitive, operands: old.operands.map { renumbered[$0] }, shape: old.shape))
    }
    self.instructions = kept
    self.inputShapes = inputShapes
    self.outputs = outputs.map { renumbered[$0] }
    outputShapes = outputs.map { instructions[$0].shape }
  }

  /// Traces a Swift function on tensors.
  public init(inputs: [Shape], _ body: ([Tensor]) -> [Tensor]) {
    let tensors = inputs.enumerated().map { Tensor.input($0.offset, shape: $0.element) }
    self.init(inputShapes: inputs, outputs: body(tensors))
  }
}

extension Program: CustomStringConvertible {
  /// One line an instruction: `%7 = multiply %5 %6 : [128, 10]`.
  public var description: String {
    var lines = instructions.enumerated().map { index, instruction in
      let operands = instruction.operands.map { " %\($0)" }.joined()
      return "%\(index) = \(instruction.primitive)\(operands) : \(instruction.shape)"
    }
    lines.append("return " + outputs.map { "%\($0)" }.joined(separator: ", "))
    return lines.joined(separator: "\n")
  }
}

extension Primitive: CustomStringConvertible {
  public var description: String {
    switch self {
    case .input(let index): "input(\(index))"
    case .constant(let value): "constant(\(value))"
    case .array(let values):
      "array(\(values.prefix(3).map { "\($0)" }.joined(separator: ", "))\(values.count > 3 ? ", …" : ""))"
    case .iota(let axis): "iota(axis \(axis))"
    case .random(let distribution, let site): "\(distribution)(site \(site))"
    case .unary(let function): "\(function)"
    case .binary(let function): "\(function)"
    case .select: "select"
    case .stopGradient: "stopGradient"
    case .reshape: "reshape"
    case .broadcast: "broadcast"
    case .transpose(let order): "transpose\(order)"
    case .slice(let starts, let strides): "slice(from \(starts) by \(strides))"
    case .scatterSlice(let starts, let strides): "scatterSlice(to \(starts) by \(strides))"
    case .concatenate(let axis): "concatenate(axis \(axis))"
    case .gatherRows: "gatherRows"
    case .scatterAddRows: "scatterAddRows"
    case .reduce(let reduction, let axes): "\(reduction)\(axes)"
    case .logSumExp: "logSumExp"
    case .softmax: "softmax"
    case .softmaxCrossEntropy: "softmaxCrossEntropy"
    case .matmul(let left, let right): "matmul(\(left ? "Aᵀ" : "A") \(right ? "Bᵀ" : "B"))"
    case .linear: "linear"
    case .convolution(let window): "convolution(\(window))"
    case .convolutionInputGradient(let window): "convolutionInputGradient(\(window))"
    case .convolutionWeightGradient(let window): "convolutionWeightGradient(\(window))"
    case .maxPool(let window): "maxPool(\(window))"
    case .maxPoolScatter(let window): "maxPoolScatter(\(window))"
    case .maxPoolGather(let window): "maxPoolGather(\(window))"
    case .cholesky: "cholesky"
    case .triangularSolve(let transposed): "triangularSolve\(transposed ? "(transposed)" : "")"
    case .lowerTriangle: "lowerTriangle"
    }
  }
}

extension Window: CustomStringConvertible {
  public var description: String {
    var parts = ["\(size[0])×\(size[1])"]
    if stride != [1, 1] { parts.append("stride \(stride[0])×\(stride[1])") }
    if padding != [0, 0] { parts.append("padding \(padding[0])×\(padding[1])") }
    if dilation != [1, 1] { parts.append("dilation \(dilation[0])×\(dilation[1])") }
    if groups != 1 { parts.append("groups \(groups)") }
    return parts.joined(separator: " ")
  }
}
