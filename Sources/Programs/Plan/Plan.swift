//  Plan.swift — how a program is run: fused kernels, products, and the memory that they share.

public import Arrays

/// A program prepared to be run: independent of the element type, of the number of threads and of the data.
///
/// Chains of elementwise operations are fused into kernels that work on tiles in cache; reshapes, broadcasts,
/// transposes and slices are strides; `linear` takes its bias and activation along; intermediates share one arena. What follows
/// from constants alone is computed here, in 64 bits, and not in each run.
public struct Plan: Sendable {
  public let program: Program
  let steps: [Step]
  let constants: [Double]
  let arenaCount: Int
  private let unsharedCount: Int

  public init(_ program: Program) { self.init(program, running: FoldedConstants.folded(program)) }

  /// The plan of a program whose constants are left as they are.
  init(unfolded program: Program) { self.init(program, running: program) }

  /// - Parameter folded: What is run in the program's place.
  private init(_ program: Program, running folded: Program) {
    let analysis = Analysis(folded)
    let placement = Placement(Emission(analysis), analysis)
    self.program = program
    steps = placement.steps
    constants = placement.constants
    arenaCount = placement.arenaCount
    unsharedCount = placement.unsharedCount
  }

  /// The bytes of the arena that all intermediates share.
  public func arenaBytes<Element: Scalar>(of element: Element.Type) -> Int { arenaCount * MemoryLayout<Element>.stride }

  /// The number of steps.
  public var stepCount: Int { steps.count }
}

extension Plan: CustomStringConvertible {
  /// One line a step, with what was fused, and what the memory comes to.
  public var description: String {
    var lines = steps.enumerated().map { number, step in "\(number): \(describe(step))" }
    lines.append(
      "arena: \(arenaCount) elements (\(arenaBytes(of: Float.self)) bytes in float32), \(unsharedCount) without sharing"
    )
    return lines.joined(separator: "\n")
  }

  private func describe(_ step: Step) -> String {
    switch step {
    case .fused(let kernel):
      let names = kernel.lines.compactMap { line -> String? in
        switch line.operation {
        case .direct, .load, .spread, .constant: nil
        case .iota: "iota"
        case .random(let distribution, _): "\(distribution)"
        case .unary(let function, _): "\(function)"
        case .binary(let function, _, _): "\(function)"
        case .select: "select"
        case .tanhSlope: "tanhSlope"
        case .softplusAndSigmoid: "softplus+sigmoid"
        case .follows: nil
        case .copy: "copy"
        case .reduce(let reduction, _, _): "\(reduction)"
        }
      }
      return "fused \(kernel.iteration): \(names.joined(separator: " ")) → \(name(step.writes))"
    case .product(let p):
      let bias = p.bias == nil ? "" : " + bias"
      let slope = p.slope == nil ? "" : " × tanhSlope"
      let product = "\(p.batch == 1 ? "" : "\(p.batch) × ")[\(p.m), \(p.k)] [\(p.k), \(p.n)]\(bias)\(slope)"
      return "product \(p.activation.map { "\($0)(\(product))" } ?? product) → \(name(step.writes))"
    case .copy(let from, _): return "copy \(Shape(from.extents)) → \(name(step.writes))"
    case .fill(let value, let to): return "fill \(Shape(to.extents)) with \(value) → \(name(step.writes))"
    case .reduce(let reduction, _, _, let outer, let middle, let inner):
      return "\(reduction) [\(outer), \(middle), \(inner)] over the middle → \(name(step.writes))"
    case .rows(let function, let rows): return "\(function) [\(rows.rows), \(rows.columns)] → \(name(step.writes))"
    case .gatherRows(_, _, _, let rows, let columns, _):
      return "gather \(rows) rows of \(columns) → \(name(step.writes))"
    case .scatterAddRows(_, _, _, let rows, let columns, _):
      return "scatter-add \(rows) rows of \(columns) → \(name(step.writes))"
    case .window(let function, let w): return "\(function) \(w.images) \(w.window) → \(name(step.writes))"
    case .cholesky(_, _, let n): return "cholesky [\(n), \(n)] → \(name(step.writes))"
    case .triangularSolve(_, _, _, let n, let columns, _):
      return "triangular solve [\(n), \(n)], [\(n), \(columns)] → \(name(step.writes))"
    case .lowerTriangle(_, _, let n): return "lower triangle [\(n), \(n)] → \(name(step.writes))"
    case .blocks(let blocks):
      let head = "\(blocks.blockCount) blocks of \(blocks.rows) rows, \(blocks.localCount) elements each → "
      return ([head + name(step.writes)] + blocks.whole.map { "     " + describe($0) }).joined(separator: "\n")
    }
  }

  private func name(_ views: [View]) -> String {
    let inputs = program.inputShapes.count
    return views.map { view in
      switch view.buffer {
      case BufferNumber.local: "block+\(view.offset)"
      case BufferNumber.partial: "sums+\(view.offset)"
      case BufferNumber.arena: "arena+\(view.offset)"
      case BufferNumber.constants: "constants+\(view.offset)"
      case let buffer where buffer < BufferNumber.output(0, inputs: inputs): "input \(buffer - 2)"
      case let buffer: "output \(buffer - 2 - inputs)" + (view.offset == 0 ? "" : "+\(view.offset)")
      }
    }.joined(separator: ", ")
  }
}
