//  Kernels.swift — the tables of kernels as Swift functions on arrays.

import CKernels

/// An instruction set that this processor has.
enum InstructionSet: UInt32, CaseIterable, Sendable, CustomStringConvertible {
  case baseline, avx2, avx512

  static let available = allCases.filter { credence_float_table_for($0.raw) != nil }

  var raw: credence_instruction_set { credence_instruction_set(rawValue: rawValue) }
  var description: String { ["baseline", "avx2", "avx512"][Int(rawValue)] }
}

/// An element type of the kernels.
protocol KernelElement: BinaryFloatingPoint, Sendable where RawSignificand: FixedWidthInteger {
  static func unary(_ function: credence_unary, _ set: InstructionSet, _ x: [Self]) -> [Self]
  static func softplusAndSigmoid(_ set: InstructionSet, _ x: [Self]) -> (softplus: [Self], sigmoid: [Self])
  static func binary(_ function: credence_binary, _ set: InstructionSet, _ x: [Self], _ y: [Self]) -> [Self]
  static func random(
    _ distribution: credence_distribution, _ set: InstructionSet, key: credence_random_key, start: UInt64, count: Int
  ) -> [Self]
  static func sum(_ set: InstructionSet, _ x: [Self]) -> Self
  static func maximum(_ set: InstructionSet, _ x: [Self]) -> Self
  static func dot(_ set: InstructionSet, _ x: [Self], _ y: [Self]) -> Self
  static func softmax(_ set: InstructionSet, _ x: [Self], rows: Int) -> [Self]
  static func logSumExp(_ set: InstructionSet, _ x: [Self], rows: Int) -> [Self]
  static func crossEntropy(_ set: InstructionSet, _ x: [Self], labels: [Self]) -> [Self]
  static func transpose(_ set: InstructionSet, _ x: [Self], rows: Int, columns: Int) -> [Self]
  static func product(_ set: InstructionSet, _ a: [Self], _ b: [Self], m: Int, n: Int, k: Int) -> [Self]
}
