//  Lowering.swift — the steps of a plan as the plain data that the engine runs.

import Arrays
import CKernels

/// Owns the memory of lowered steps. Freed together.
final class LoweredSteps {
  let steps: UnsafeMutableBufferPointer<credence_step>
  private var memory: [UnsafeMutableRawPointer] = []

  init(_ plan: Plan) {
    steps = .allocate(capacity: plan.steps.count)
    for (index, step) in plan.steps.enumerated() { steps.initializeElement(at: index, to: lower(step)) }
  }

  deinit {
    for block in memory { block.deallocate() }
    steps.deallocate()
  }

  /// Keeps values in memory that lives as long as the steps.
  private func kept<Value>(_ values: [Value]) -> UnsafePointer<Value>? {
    let block = UnsafeMutableBufferPointer<Value>.allocate(capacity: values.count)
    _ = block.initialize(fromContentsOf: values)
    if let base = block.baseAddress { memory.append(UnsafeMutableRawPointer(base)) }
    return UnsafePointer(block.baseAddress)
  }

  private func lower(_ step: Step) -> credence_step {
    var s = credence_step()
    switch step {
    case .fused(let kernel): lower(kernel, into: &s)
    case .product(let p): lower(p, into: &s)
    case .copy(let from, let to):
      s.kind = Int32(CREDENCE_STEP_COPY.rawValue)
      (s.a, s.out, s.n) = (from.lowered, to.lowered, to.count)
    case .fill(let value, let to):
      s.kind = Int32(CREDENCE_STEP_FILL.rawValue)
      (s.value, s.out, s.n) = (value, to.lowered, to.count)
      precondition(to.isContiguous, "a fill of strided memory")
    case .reduce(let reduction, let from, let to, let outer, let middle, let inner):
      s.kind = Int32(CREDENCE_STEP_REDUCE.rawValue)
      (s.a, s.out, s.m, s.n, s.k, s.flag) = (from.lowered, to.lowered, outer, middle, inner, reduction == .maximum)
    case .rows(let function, let rows):
      let kind =
        switch function {
        case .softmax: CREDENCE_STEP_SOFTMAX
        case .logSumExp: CREDENCE_STEP_LOG_SUM_EXP
        case .crossEntropy: CREDENCE_STEP_CROSS_ENTROPY
        }
      s.kind = Int32(kind.rawValue)
      (s.a, s.out, s.m, s.n) = (rows.x.lowered, rows.out.lowered, rows.rows, rows.columns)
      if let labels = rows.labels { s.b = labels.lowered }
    case .gatherRows(let table, let indices, let to, let rows, let columns, let tableRows):
      s.kind = Int32(CREDENCE_STEP_GATHER_ROWS.rawValue)
      (s.a, s.b, s.out, s.m, s.n, s.k) = (table.lowered, indices.lowered, to.lowered, rows, columns, tableRows)
    case .scatterAddRows(let indices, let updates, let to, let rows, let columns, let tableRows):
      s.kind = Int32(CREDENCE_STEP_SCATTER_ADD_ROWS.rawValue)
      (s.a, s.b, s.out, s.m, s.n, s.k) = (indices.lowered, updates.lowered, to.lowered, rows, columns, tableRows)
    case .window(let function, let w): lower(function, w, into: &s)
    case .cholesky(let from, let to, let n):
      s.kind = Int32(CREDENCE_STEP_CHOLESKY.rawValue)
      (s.a, s.out, s.n) = (from.lowered, to.lowered, n)
    case .triangularSolve(let factor, let right, let to, let n, let columns, let transposed):
      s.kind = Int32(CREDENCE_STEP_TRIANGULAR_SOLVE.rawValue)
      (s.a, s.b, s.out, s.n, s.k, s.flag) = (factor.lowered, right.lowered, to.lowered, n, columns, transposed)
    case .lowerTriangle(let from, let to, let n):
      s.kind = Int32(CREDENCE_STEP_LOWER_TRIANGLE.rawValue)
      (s.a, s.out, s.n) = (from.lowered, to.lowered, n)
    case .blocks(let blocks):
      s.kind = Int32(CREDENCE_STEP_BLOCKS.rawValue)
      s.blocks = kept([lower(blocks)])
    }
    return s
  }

  private func lower(_ blocks: RowBlocks) -> credence_blocks {
    let sums = blocks.sums.map { sum in
      credence_row_sum(
        out: sum.out.lowered, offset: sum.area + sum.column, rows: sum.rows, columns: sum.columns, stride: sum.stride,
        turned: sum.turned)
    }
    return credence_blocks(
      whole: kept(blocks.whole.map(lower)), last: kept(blocks.last.map(lower)), step_count: blocks.whole.count,
      task_count: blocks.taskCount, block_count: blocks.blockCount, rows: blocks.rows, sums: kept(sums),
      sum_count: sums.count,
      local_count: blocks.localCount, partial_count: blocks.partialCount, work: blocks.work)
  }

  private func lower(_ p: Step.Product, into s: inout credence_step) {
    s.kind = Int32(CREDENCE_STEP_PRODUCT.rawValue)
    (s.a, s.b, s.out) = (p.a.loweredUnmerged, p.b.loweredUnmerged, p.out.lowered)
    if let bias = p.bias {
      s.c = bias.lowered
      s.has_bias = true
      s.flag = p.biasOfRows
    }
    (s.batch, s.m, s.n, s.k) = (p.batch, p.m, p.n, p.k)
    (s.batch_out, s.batch_a, s.batch_b) = (p.strides.out, p.strides.a, p.strides.b)
    let activation =
      switch p.activation {
      case .relu: CREDENCE_RELU_ACTIVATION
      case .tanh: CREDENCE_TANH_ACTIVATION
      case .sigmoid: CREDENCE_SIGMOID_ACTIVATION
      default: CREDENCE_IDENTITY_ACTIVATION
      }
    s.activation = Int32(activation.rawValue)
    if let slope = p.slope {
      s.c = slope.lowered
      s.has_bias = true
      s.activation = Int32(CREDENCE_TANH_SLOPE.rawValue)
    }
  }

  private func lower(_ function: Step.WindowFunction, _ w: Step.Windowed, into s: inout credence_step) {
    let kind =
      switch function {
      case .convolution: CREDENCE_STEP_CONVOLUTION
      case .convolutionInputGradient: CREDENCE_STEP_CONVOLUTION_INPUT_GRADIENT
      case .convolutionWeightGradient: CREDENCE_STEP_CONVOLUTION_WEIGHT_GRADIENT
      case .maxPool: CREDENCE_STEP_MAX_POOL
      case .maxPoolScatter: CREDENCE_STEP_MAX_POOL_SCATTER
      case .maxPoolGather: CREDENCE_STEP_MAX_POOL_GATHER
      }
    s.kind = Int32(kind.rawValue)
    (s.a, s.out) = (w.a.lowered, w.out.lowered)
    if let b = w.b { s.b = b.lowered }
    s.window = credence_window(
      images: w.images[0], channels: w.images[1], height: w.images[2], width: w.images[3], outputs: w.results[1],
      out_height: w.results[2], out_width: w.results[3], groups: w.window.groups,
      size: (w.window.size[0], w.window.size[1]), stride: (w.window.stride[0], w.window.stride[1]),
      padding: (w.window.padding[0], w.window.padding[1]), dilation: (w.window.dilation[0], w.window.dilation[1]))
  }

  private func lower(_ kernel: FusedKernel, into s: inout credence_step) {
    let (registers, count) = kernel.registers()
    precondition(count <= Int(CREDENCE_MAX_REGISTERS), "a fused kernel needs \(count) registers")
    var operations: [credence_operation] = []
    for (index, line) in kernel.lines.enumerated() {
      var o = credence_operation()
      o.result = Int32(registers[index])
      if let store = line.store {
        o.stored = true
        o.view = store.lowered
      }
      func set(_ kind: credence_operation_kind, _ code: UInt8 = 0) {
        o.kind = Int32(kind.rawValue)
        o.code = Int32(code)
      }
      switch line.operation {
      case .direct(let view):
        set(CREDENCE_OP_DIRECT)
        o.view = view.lowered
      case .load(let view):
        set(CREDENCE_OP_LOAD)
        o.view = view.lowered
      case .spread(let view):
        set(CREDENCE_OP_SPREAD)
        o.view = view.lowered
      case .constant(let value):
        set(CREDENCE_OP_CONSTANT)
        o.value = value
      case .iota(let count, let extent):
        set(CREDENCE_OP_IOTA)
        (o.count, o.extent) = (Swift.max(count, 1), Swift.max(extent, 1))
      case .random(let distribution, let site):
        set(CREDENCE_OP_RANDOM, distribution.rawValue)
        o.site = site
      case .unary(let function, let x):
        set(CREDENCE_OP_UNARY, function.rawValue)
        o.x = Int32(registers[x])
      case .binary(let function, let x, let y):
        set(CREDENCE_OP_BINARY, function.rawValue)
        (o.x, o.y) = (Int32(registers[x]), Int32(registers[y]))
      case .select(let condition, let x, let y):
        set(CREDENCE_OP_SELECT)
        (o.x, o.y, o.z) = (Int32(registers[condition]), Int32(registers[x]), Int32(registers[y]))
      case .tanhSlope(let x, let y):
        set(CREDENCE_OP_TANH_SLOPE)
        (o.x, o.y) = (Int32(registers[x]), Int32(registers[y]))
      case .softplusAndSigmoid(let x):
        set(CREDENCE_OP_SOFTPLUS_AND_SIGMOID, UnaryFunction.softplus.rawValue)
        o.x = Int32(registers[x])
      case .follows(let x):
        set(CREDENCE_OP_FOLLOWS, UnaryFunction.sigmoid.rawValue)
        o.x = Int32(registers[x])
      case .copy(let x):
        set(CREDENCE_OP_COPY)
        o.x = Int32(registers[x])
      case .reduce(let reduction, let x, let into):
        set(reduction == .sum ? CREDENCE_OP_SUM : CREDENCE_OP_MAXIMUM)
        o.x = Int32(registers[x])
        o.view = into.lowered
      }
      operations.append(o)
    }
    s.kind = Int32(CREDENCE_STEP_FUSED.rawValue)
    (s.n, s.m) = (kernel.count, kernel.elementsPerRow)
    s.operations = kept(operations)
    s.operation_count = Int32(kernel.lines.count)
    if let few = FewOperations(operations, elements: kernel.count) { s.few = kept(few.operations) }
    s.register_count = Int32(count)
  }
}
