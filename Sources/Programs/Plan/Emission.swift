//  Emission.swift — from an analysed program to a list of steps. Views name instructions as their buffers; `Placement`
//  gives them addresses afterwards.

import Arrays

struct Emission {
  private let analysis: Analysis
  private var program: Program { analysis.program }
  private(set) var steps: [Step] = []
  /// Values that live inside another: the part of a concatenation is written where it belongs.
  private(set) var embedded: [Int: (whole: Int, offset: Int)] = [:]
  private var views: [View]
  /// The fused kernel that each instruction belongs to, `nil` for all that is not fused.
  private var kernelOf: [Int?]

  /// Kernels longer than this are cut, so that their registers are enough.
  private static let longestKernel = 24

  init(_ analysis: Analysis) {
    self.analysis = analysis
    let count = analysis.program.instructions.count
    views = []
    kernelOf = Array(repeating: nil, count: count)
    for (index, instruction) in program.instructions.enumerated() {
      let own = View(buffer: index, shape: instruction.shape)
      let isView = analysis.kinds[index] == .view && !analysis.copiedViews.contains(index)
      views.append(isView ? Analysis.view(instruction, of: views[instruction.operands[0]]) : own)
    }
    let kernels = assignKernels()
    var members = [[Int]](repeating: [], count: (analysis.layers.max() ?? 0) + 1)
    for (index, layer) in analysis.layers.enumerated() { members[layer].append(index) }
    for (layer, indices) in members.enumerated() {
      for index in indices { emit(index) }
      for kernel in kernels[layer] ?? [] { emit(kernel: kernel) }
    }
  }

  /// Groups the fused instructions of each layer by the shape that they iterate over.
  private mutating func assignKernels() -> [Int: [[Int]]] {
    struct Key: Hashable {
      let layer: Int
      let shape: Shape
    }
    var open: [Key: (layerIndex: Int, length: Int)] = [:]
    var kernels: [Int: [[Int]]] = [:]
    var number = 0
    for index in program.instructions.indices where analysis.kinds[index] == .fused {
      let key = Key(layer: analysis.layers[index], shape: analysis.iteration(index))
      if let (place, length) = open[key], length < Self.longestKernel {
        kernels[key.layer]?[place].append(index)
        open[key] = (place, length + 1)
        kernelOf[index] = kernels[key.layer]?[place].first.flatMap { kernelOf[$0] }
      } else {
        kernels[key.layer, default: []].append([index])
        open[key] = ((kernels[key.layer]?.count ?? 1) - 1, 1)
        kernelOf[index] = number
        number += 1
      }
    }
    return kernels
  }

  /// Whether a fused instruction's result is read by anything but its own kernel.
  private func needsMemory(_ index: Int) -> Bool {
    analysis.isOutput[index]
      || analysis.consumers[index].contains { kernelOf[$0] != kernelOf[index] || kernelOf[$0] == nil }
  }

  // MARK: Fused kernels

  private mutating func emit(kernel members: [Int]) {
    var builder = KernelBuilder(iteration: analysis.iteration(members[0]))
    for index in members {
      let instruction = program.instructions[index]
      let operands = instruction.operands.map { operand in
        if let line = builder.lineOf[operand] { return line }
        return builder.read(
          operand, program.instructions[operand], views[operand], isSource: analysis.kinds[operand] == .source)
      }
      let operation: FusedKernel.Operation
      switch instruction.primitive {
      case .unary(let function): operation = .unary(function, operands[0])
      case .binary(let function): operation = .binary(function, operands[0], operands[1])
      case .select: operation = .select(operands[0], operands[1], operands[2])
      case .reduce(let reduction, _): operation = .reduce(reduction, operands[0], into: views[index])
      default: operation = .copy(operands[0])
      }
      let stores = needsMemory(index) && !Analysis.reducesAll(instruction)
      builder.add(operation, store: stores ? views[index] : nil, instruction: index)
    }
    steps.append(.fused(builder.kernel.combined()))
  }

  /// Gives a source or a strided view memory of its own.
  private mutating func materialise(_ index: Int) {
    let instruction = program.instructions[index]
    var builder = KernelBuilder(iteration: instruction.shape)
    if analysis.kinds[index] == .source {
      builder.addSource(instruction, index, store: views[index])
    } else {
      let operand = Analysis.view(instruction, of: views[instruction.operands[0]])
      steps.append(.copy(from: operand, to: views[index]))
      return
    }
    steps.append(.fused(builder.kernel))
  }

  // MARK: Steps

  private mutating func emit(_ index: Int) {
    switch analysis.kinds[index] {
    case .given, .absorbed, .fused: return
    case .source:
      let readers = analysis.consumers[index].filter { analysis.kinds[$0] != .fused }
      let fills = readers.allSatisfy { reader in
        guard case .constant = program.instructions[index].primitive,
          case .concatenate(let axis) = program.instructions[reader].primitive
        else { return false }
        return isFlat(reader, axis)
      }
      if analysis.isOutput[index] || !fills { materialise(index) }
    case .view: if analysis.copiedViews.contains(index) { materialise(index) }
    case .step: emitStep(index)
    }
  }

  private mutating func emitStep(_ index: Int) {
    let instruction = program.instructions[index]
    let x = instruction.operands.map { views[$0] }
    let shapes = instruction.operands.map { program.instructions[$0].shape }
    let out = views[index]
    switch instruction.primitive {
    case .linear: emitLinear(index, activation: nil, out: out)
    case .unary(let function): emitLinear(instruction.operands[0], activation: function, out: out)
    case .matmul(let left, let right): emitMatmul(x, shapes, left, right, instruction.shape, out)
    case .scatterSlice(let starts, let strides):
      steps.append(.fill(0, out))
      steps.append(.copy(from: x[0], to: out.sliced(starts: starts, strides: strides, shape: shapes[0])))
    case .concatenate(let axis): emitConcatenation(index, axis, x, shapes, out)
    case .reduce(let reduction, let axes):
      let extents = shapes[0].extents
      let first = axes.first ?? 0
      let last = axes.last ?? -1
      steps.append(
        .reduce(
          reduction, from: x[0], to: out, outer: extents[..<first].reduce(1, *),
          middle: extents[first...last].reduce(1, *), inner: extents[(last + 1)...].reduce(1, *)))
    case .softmax, .logSumExp, .softmaxCrossEntropy:
      let columns = shapes[0].extents.last ?? 1
      let rows = shapes[0].extents.dropLast().reduce(1, *)
      let function: Step.RowFunction =
        switch instruction.primitive {
        case .softmax: .softmax
        case .logSumExp: .logSumExp
        default: .crossEntropy
        }
      steps.append(
        .rows(function, Step.Rows(x: x[0], labels: x.count > 1 ? x[1] : nil, out: out, rows: rows, columns: columns)))
    case .gatherRows:
      let columns = shapes[0].extents.dropFirst().reduce(1, *)
      steps.append(
        .gatherRows(table: x[0], indices: x[1], to: out, rows: shapes[1][0], columns: columns, tableRows: shapes[0][0]))
    case .scatterAddRows:
      let columns = shapes[1].extents.dropFirst().reduce(1, *)
      steps.append(
        .scatterAddRows(
          indices: x[0], updates: x[1], to: out, rows: shapes[0][0], columns: columns, tableRows: instruction.shape[0]))
    case .convolution(let window):
      appendWindow(.convolution, x, out, images: shapes[0], results: instruction.shape, window)
    case .convolutionInputGradient(let window):
      appendWindow(.convolutionInputGradient, x, out, images: instruction.shape, results: shapes[1], window)
    case .convolutionWeightGradient(let window):
      appendWindow(.convolutionWeightGradient, x, out, images: shapes[0], results: shapes[1], window)
    case .maxPool(let window):
      appendWindow(.maxPool, x, out, images: shapes[0], results: instruction.shape, window)
    case .maxPoolScatter(let window):
      appendWindow(.maxPoolScatter, x, out, images: shapes[0], results: shapes[1], window)
    case .maxPoolGather(let window):
      appendWindow(.maxPoolGather, x, out, images: shapes[0], results: instruction.shape, window)
    case .cholesky: steps.append(.cholesky(from: x[0], to: out, n: instruction.shape[0]))
    case .triangularSolve(let transposed):
      steps.append(
        .triangularSolve(
          factor: x[0], right: x[1], to: out, n: shapes[0][0], columns: shapes[1][1], transposed: transposed))
    case .lowerTriangle: steps.append(.lowerTriangle(from: x[0], to: out, n: instruction.shape[0]))
    default: preconditionFailure("no step computes \(instruction.primitive)")
    }
  }

  private mutating func appendWindow(
    _ function: Step.WindowFunction, _ x: [View], _ out: View, images: Shape, results: Shape, _ window: Window
  ) {
    let b = x.count > 1 ? x[1] : nil
    steps.append(
      .window(function, Step.Windowed(a: x[0], b: b, out: out, images: images, results: results, window: window)))
  }

  private mutating func emitLinear(_ index: Int, activation: UnaryFunction?, out: View) {
    let operands = program.instructions[index].operands.map { views[$0] }
    let (x, weight) = (operands[0], operands[1])
    steps.append(
      .product(
        Step.Product(
          a: x, b: weight.transposed([1, 0]), bias: operands[2], activation: activation, out: out, batch: 1,
          m: x.extents[0], n: weight.extents[0], k: x.extents[1], strides: (0, 0, 0))))
  }

  private mutating func emitMatmul(
    _ x: [View], _ shapes: [Shape], _ left: Bool, _ right: Bool, _ shape: Shape, _ out: View
  ) {
    func matrix(_ view: View, _ shape: Shape, _ transposed: Bool) -> View {
      let rank = shape.rank
      let flat = View(
        buffer: view.buffer, offset: view.offset, extents: Array(view.extents[(rank - 2)...]),
        strides: Array(view.strides[(rank - 2)...]))
      return transposed ? flat.transposed([1, 0]) : flat
    }
    let (a, b) = (matrix(x[0], shapes[0], left), matrix(x[1], shapes[1], right))
    let (m, n, k) = (a.extents[0], b.extents[1], a.extents[1])
    let batch = shape.extents.dropLast(2).reduce(1, *)
    steps.append(
      .product(
        Step.Product(
          a: a, b: b, bias: nil, activation: nil, out: out, batch: batch, m: m, n: n, k: k,
          strides: (m * n, m * k, k * n))))
  }

  private mutating func emitConcatenation(_ index: Int, _ axis: Int, _ parts: [View], _ shapes: [Shape], _ out: View) {
    let isFlat = isFlat(index, axis)
    var start = 0
    for (position, part) in parts.enumerated() {
      let operand = program.instructions[index].operands[position]
      var starts = [Int](repeating: 0, count: out.extents.count)
      starts[axis] = start
      start += shapes[position][axis]
      let place = out.sliced(starts: starts, strides: starts.map { _ in 1 }, shape: shapes[position])
      let root = part.buffer
      let isWhole = part.isContiguous && part.offset == 0 && part.count == program.instructions[root].shape.count
      let isOwn = analysis.kinds[root] == .step || analysis.kinds[root] == .fused
      if isFlat && isWhole && isOwn && !analysis.isOutput[root] && embedded[root] == nil && part.count > 0 {
        embedded[root] = (index, place.offset)
      } else if case .constant(let value) = program.instructions[operand].primitive, isFlat {
        steps.append(.fill(value, place))
      } else {
        steps.append(.copy(from: part, to: place))
      }
    }
  }

  /// Whether the parts of a concatenation lie one behind the other in memory.
  private func isFlat(_ concatenation: Int, _ axis: Int) -> Bool {
    program.instructions[concatenation].shape.extents[..<axis].allSatisfy { $0 == 1 }
  }

  /// Where an instruction's value lies.
  func view(of index: Int) -> View { views[index] }
}

/// Collects the lines of one kernel; each value is read or made once.
private struct KernelBuilder {
  private(set) var kernel: FusedKernel
  private(set) var lineOf: [Int: Int] = [:]

  init(iteration: Shape) { kernel = FusedKernel(iteration: iteration, lines: []) }

  mutating func add(_ operation: FusedKernel.Operation, store: View?, instruction: Int) {
    kernel.lines.append(FusedKernel.Line(operation: operation, store: store, instruction: instruction))
    lineOf[instruction] = kernel.lines.count - 1
  }

  /// The line that has an operand computed elsewhere.
  mutating func read(_ index: Int, _ instruction: Program.Instruction, _ view: View, isSource: Bool) -> Int {
    if isSource {
      addSource(instruction, index, store: nil)
    } else if view.isContiguous {
      add(.direct(view), store: nil, instruction: index)
    } else if view.isSpread {
      add(.spread(view), store: nil, instruction: index)
    } else {
      add(.load(view), store: nil, instruction: index)
    }
    return kernel.lines.count - 1
  }

  mutating func addSource(_ instruction: Program.Instruction, _ index: Int, store: View?) {
    switch instruction.primitive {
    case .constant(let value): add(.constant(value), store: store, instruction: index)
    case .iota(let axis):
      let count = instruction.shape.extents[(axis + 1)...].reduce(1, *)
      add(.iota(count: count, extent: instruction.shape[axis]), store: store, instruction: index)
    case .random(let distribution, let site): add(.random(distribution, site: site), store: store, instruction: index)
    default: preconditionFailure("\(instruction.primitive) is no source")
    }
  }
}
