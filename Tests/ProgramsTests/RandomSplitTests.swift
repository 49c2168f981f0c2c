import Arrays
import Programs
import Testing

@Suite struct RandomSplitTests {
  private static let shapes: [Shape] = [[12, 5], [7, 12], [12], [7]]

  /// Two layers with a mask between them, and an output that no mask reaches.
  private static func outputs(_ t: [Tensor]) -> [Tensor] {
    let hidden = tanh(linear(Tensor.constant(0.5, shape: [4, 5]) + 1, weight: t[0], bias: t[2]))
    let mask = Tensor.random(.coarseUniform, shape: [4, 12], site: 3) .< 0.4
    return [linear(hidden * mask, weight: t[1], bias: t[3]), exp(t[3])]
  }

  private static let inputs = shapes.enumerated().map { Tensor.input($0.offset, shape: $0.element) }

  private static func numbers() -> [DenseArray<Double>] {
    var random = Philox(seed: 4)
    return shapes.map { random.normal(shape: $0) }
  }

  @Test func bothPartsTogetherGiveWhatTheWholeGives() {
    let whole = Program(inputShapes: Self.shapes, outputs: Self.outputs(Self.inputs))
    let split = RandomSplit(inputs: Self.shapes, outputs: Self.outputs(Self.inputs))
    let numbers = Self.numbers()
    let fixed = split.fixed.run(numbers)
    for step in 0..<3 {
      let key = RandomKey(seed: 7, stream: 1, step: UInt64(step))
      #expect(split.random.run(numbers + fixed, key: key) == whole.run(numbers, key: key))
    }
  }

  @Test func whatNoRandomNumberReachesIsInTheFixedPart() {
    let split = RandomSplit(inputs: Self.shapes, outputs: Self.outputs(Self.inputs))
    func products(_ program: Program) -> Int { program.instructions.filter { $0.primitive == .linear }.count }
    #expect(products(split.fixed) == 1 && products(split.random) == 1)
    #expect(!split.fixed.description.contains("site"))
    #expect(split.fixed.outputShapes == [[4, 12], [7]])
  }
}
