//  Kernels+Float.swift — the kernels of `Float`.

import CKernels

extension Float: KernelElement {
  private static func table(_ set: InstructionSet) -> UnsafePointer<credence_float_kernels> {
    guard let table = credence_float_table_for(set.raw) else { preconditionFailure("no \(set) on this processor") }
    return table
  }

  static func unary(_ function: credence_unary, _ set: InstructionSet, _ x: [Float]) -> [Float] {
    var y = [Float](repeating: .nan, count: x.count)
    credence_float_unary(table(set), function)?(x, &y, x.count)
    return y
  }

  static func softplusAndSigmoid(_ set: InstructionSet, _ x: [Float]) -> (softplus: [Float], sigmoid: [Float]) {
    var (y, z) = (x, x)
    table(set).pointee.softplus_and_sigmoid(x, &y, &z, x.count)
    return (y, z)
  }

  static func binary(_ function: credence_binary, _ set: InstructionSet, _ x: [Float], _ y: [Float]) -> [Float] {
    var z = [Float](repeating: .nan, count: x.count)
    credence_float_binary(table(set), function)?(x, y, &z, x.count)
    return z
  }

  static func random(
    _ distribution: credence_distribution, _ set: InstructionSet, key: credence_random_key, start: UInt64, count: Int
  ) -> [Float] {
    var y = [Float](repeating: .nan, count: count)
    withUnsafePointer(to: key) { credence_float_random(table(set), distribution)?($0, start, &y, count) }
    return y
  }

  static func sum(_ set: InstructionSet, _ x: [Float]) -> Float { table(set).pointee.sum(x, x.count) }
  static func maximum(_ set: InstructionSet, _ x: [Float]) -> Float { table(set).pointee.maximum(x, x.count) }
  static func dot(_ set: InstructionSet, _ x: [Float], _ y: [Float]) -> Float {
    table(set).pointee.dot(x, y, x.count)
  }

  static func softmax(_ set: InstructionSet, _ x: [Float], rows: Int) -> [Float] {
    var y = x
    table(set).pointee.softmax(x, &y, rows, x.count / rows)
    return y
  }

  static func logSumExp(_ set: InstructionSet, _ x: [Float], rows: Int) -> [Float] {
    var y = [Float](repeating: .nan, count: rows)
    table(set).pointee.log_sum_exp(x, &y, rows, x.count / rows)
    return y
  }

  static func crossEntropy(_ set: InstructionSet, _ x: [Float], labels: [Float]) -> [Float] {
    var y = labels
    table(set).pointee.cross_entropy(x, labels, &y, labels.count, x.count / labels.count)
    return y
  }

  static func transpose(_ set: InstructionSet, _ x: [Float], rows: Int, columns: Int) -> [Float] {
    var y = [Float](repeating: .nan, count: x.count)
    table(set).pointee.transpose(x, columns, &y, rows, rows, columns)
    return y
  }

  static func product(_ set: InstructionSet, _ a: [Float], _ b: [Float], m: Int, n: Int, k: Int) -> [Float] {
    var c = [Float](repeating: .nan, count: m * n)
    var workspace = [Float](repeating: .nan, count: table(set).pointee.product_workspace(m, n, k))
    table(set).pointee.product(
      m, n, k, a, k, 1, b, n, 1, &c, n, false, nil, false, CREDENCE_IDENTITY_ACTIVATION, &workspace)
    return c
  }
}
