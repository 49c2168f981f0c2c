//  FusedKernel.swift — a chain of elementwise operations, run tile by tile so that what is between them stays in cache.

import Arrays

/// A kernel over `count` elements in row-major order of `iteration`.
struct FusedKernel: Sendable {
  enum Operation: Sendable {
    /// A window of contiguous memory.
    case direct(View)
    /// Gathered through strides.
    case load(View)
    /// One element of memory, repeated.
    case spread(View)
    case constant(Double)
    case iota(count: Int, extent: Int)
    case random(RandomDistribution, site: UInt32)
    case unary(UnaryFunction, Int)
    case binary(BinaryFunction, Int, Int)
    case select(Int, Int, Int)
    /// x (1 − y²), for which one pass does instead of three: see `combined`.
    case tanhSlope(Int, Int)
    /// softplus x, with sigmoid x as the result of the line after it, `.follows`.
    case softplusAndSigmoid(Int)
    case follows(Int)
    case copy(Int)
    /// Of one value over all elements, into memory.
    case reduce(Reduction, Int, into: View)
  }

  struct Line: Sendable {
    var operation: Operation
    /// Contiguous memory that the result is written to; otherwise it lives in a register.
    var store: View?
    /// The instruction that this line computes.
    var instruction: Int
  }

  let iteration: Shape
  /// Each line reads results of lines before it, by number.
  var lines: [Line]
  /// In a block of rows: the elements of one row, so that random numbers know their place among all rows.
  var elementsPerRow = 0

  var count: Int { iteration.count }

  /// The register of each line, and how many there are. A register is free again after the last line that reads it, except
  /// that constants keep theirs, since they are filled once for many tiles. Reductions count their partial results instead.
  func registers() -> (of: [Int], count: Int) {
    var lastUse = Array(lines.indices)
    for (index, line) in lines.enumerated() { for operand in line.operands { lastUse[operand] = index } }
    var free: [Int] = []
    var count = 0
    var reductions = 0
    var register = [Int](repeating: 0, count: lines.count)
    for (index, line) in lines.enumerated() {
      if case .reduce = line.operation {
        register[index] = reductions
        reductions += 1
      } else if !line.isKept, let reused = free.popLast() {
        register[index] = reused
      } else {
        register[index] = count
        count += 1
      }
      for candidate in Set(line.operands + [index]) where lastUse[candidate] == index && lines[candidate].freesRegister
      {
        free.append(register[candidate])
      }
    }
    return (register, count)
  }
}

extension FusedKernel.Line {
  var operands: [Int] {
    switch operation {
    case .unary(_, let x), .copy(let x), .reduce(_, let x, _), .softplusAndSigmoid(let x), .follows(let x): [x]
    case .binary(_, let x, let y), .tanhSlope(let x, let y): [x, y]
    case .select(let condition, let x, let y): [condition, x, y]
    default: []
    }
  }

  /// Whether the tile is filled once and read for many tiles.
  var isKept: Bool {
    switch operation {
    case .constant, .spread: true
    default: false
    }
  }

  /// Whether another line may take the register when nothing reads this one any more.
  var freesRegister: Bool {
    if case .reduce = operation { return false }
    return !isKept
  }
}
