//  Placement.swift — addresses for every value: inputs and outputs where the caller has them, all else in one arena.
//
//  A value occupies the arena from the step that writes it first to the step that reads it last. The largest are placed
//  first, each at the lowest address that is free for its whole life.

import Arrays
import CKernels

/// The numbers of a plan's buffers.
enum BufferNumber {
  static let partial = CREDENCE_PARTIAL_BUFFER
  static let local = CREDENCE_LOCAL_BUFFER
  static let arena = 0
  static let constants = 1
  static func input(_ index: Int) -> Int { 2 + index }
  static func output(_ index: Int, inputs: Int) -> Int { 2 + inputs + index }
}

struct Placement {
  /// Values start at multiples of this many elements: 64 bytes of the smallest element type.
  private static let alignment = 16

  private(set) var steps: [Step]
  private(set) var arenaCount = 0
  private(set) var constants: [Double] = []
  /// What the values would need without sharing, in elements.
  private(set) var unsharedCount = 0

  private var program: Program
  private var embedded: [Int: (whole: Int, offset: Int)]
  private var address: [Int: (buffer: Int, offset: Int)] = [:]

  init(_ emission: Emission, _ analysis: Analysis) {
    program = analysis.program
    embedded = emission.embedded
    let shared = Set(program.outputs.map { emission.view(of: $0).buffer }).union(embedded.keys)
    steps = RowBlocks.gather(emission.steps, root: { [embedded] in Self.root($0, embedded) }, isShared: shared.contains)
    placeInputs()
    placeOutputs(emission, analysis)
    placeArena()
    steps = steps.map { step in
      step.mapViews { view in
        var placed = view
        let home = resolve(view.buffer)
        placed.buffer = home.buffer
        placed.offset += home.offset
        return placed
      }
    }
    keepConstantsTwice()
  }

  /// As columns, and with a column of ones, where blocks of rows read them so.
  private mutating func keepConstantsTwice() {
    let places = program.instructions.enumerated().compactMap { index, instruction -> (start: Int, count: Int)? in
      guard case .array(let values) = instruction.primitive, let home = address[index] else { return nil }
      return (home.offset, values.count)
    }
    var turned = TurnedConstants(constants, places: places)
    for (index, step) in steps.enumerated() {
      if case .blocks(let blocks) = step { steps[index] = .blocks(turned.turned(blocks)) }
    }
    var joined = SumsBesideProducts(turned.constants)
    for (index, step) in steps.enumerated() {
      if case .blocks(let blocks) = step { steps[index] = .blocks(joined.joined(blocks)) }
    }
    constants = joined.constants
  }

  private static func root(_ value: Int, _ embedded: [Int: (whole: Int, offset: Int)]) -> Int {
    var value = value
    while let (whole, _) = embedded[value] { value = whole }
    return value
  }

  private func resolve(_ value: Int) -> (buffer: Int, offset: Int) {
    var value = value
    var offset = 0
    while let (whole, inner) = embedded[value] {
      value = whole
      offset += inner
    }
    guard let home = address[value] else { preconditionFailure("%\(value) has no address") }
    return (home.buffer, home.offset + offset)
  }

  private mutating func placeInputs() {
    for (index, instruction) in program.instructions.enumerated() {
      switch instruction.primitive {
      case .input(let number): address[index] = (BufferNumber.input(number), 0)
      case .array(let values):
        address[index] = (BufferNumber.constants, constants.count)
        constants += values
        constants += [Double](repeating: 0, count: (Self.alignment - values.count % Self.alignment) % Self.alignment)
      default: break
      }
    }
  }

  /// An output that has memory of its own is written where the caller wants it; any other is copied there at the end.
  private mutating func placeOutputs(_ emission: Emission, _ analysis: Analysis) {
    for (number, index) in program.outputs.enumerated() {
      let buffer = BufferNumber.output(number, inputs: program.inputShapes.count)
      let ownsMemory =
        analysis.kinds[index] == .step || analysis.kinds[index] == .fused || analysis.kinds[index] == .source
      if ownsMemory && address[index] == nil && embedded[index] == nil {
        address[index] = (buffer, 0)
      } else {
        // The copy names its target by a number behind all instructions.
        let target = program.instructions.count + number
        address[target] = (buffer, 0)
        steps.append(
          .copy(from: emission.view(of: index), to: View(buffer: target, shape: program.instructions[index].shape)))
      }
    }
  }

  private mutating func placeArena() {
    var lives: [Int: ClosedRange<Int>] = [:]
    for (time, step) in steps.enumerated() {
      for view in step.reads + step.writes {
        let value = Self.root(view.buffer, embedded)
        guard address[value] == nil else { continue }
        lives[value] = (lives[value]?.lowerBound ?? time)...time
      }
    }
    let arena = Arena(lives, alignment: Self.alignment) { program.instructions[$0].shape.count }
    for (value, start) in arena.start { address[value] = (BufferNumber.arena, start) }
    (arenaCount, unsharedCount) = (arena.count, arena.unsharedCount)
  }
}
