//  FoldedConstantsTests.swift — what follows from constants alone is not computed in a run, and has the same value.

import Arrays
import Foundation
import Programs
import Testing

@Suite struct FoldedConstantsTests {
  private static let counts = DenseArray<Double>([0, 3, 1, 7, 2, 5], shape: [2, 3])

  private func run(_ program: Program, _ inputs: [DenseArray<Double>] = []) -> [[Double]] {
    program.run(inputs).map(\.elements)
  }

  @Test func theFactorialsOfDataAreNotInTheRun() {
    let program = Program(inputs: [[2, 3]]) { t in
      let counts = Tensor.constant(Self.counts)
      return [(counts * t[0] - exp(t[0]) - lgamma(counts + 1)).sum()]
    }
    let plan = Plan(program).description
    #expect(program.description.contains("logGamma"))
    #expect(!plan.contains("logGamma") && plan.contains("exp"), "\(plan)")
    let rates = [0.1, -0.4, 0.7, 1.9, 0, 1.2]
    let expected = zip(Self.counts.elements, rates).reduce(0) { sum, pair in
      sum + pair.0 * pair.1 - Foundation.exp(pair.1) - Foundation.lgamma(pair.0 + 1)
    }
    #expect(abs(run(program, [DenseArray(rates, shape: [2, 3])])[0][0] - expected) < 1e-13)
  }

  @Test func valuesOfEveryKindAreTheSame() {
    let weights = DenseArray<Double>([2, -1, 0.5, 3, 1, 1], shape: [3, 2])
    /// Products, reductions, movements and views, of constants or of inputs that hold the same numbers.
    func values(_ a: Tensor, _ b: Tensor) -> [Tensor] {
      let product = matmul(a, b)
      return [
        product, product.transposed([1, 0]), exp(a).sum(axes: [1]), a[1] + 1, (a * a).reshaped([6]),
        concatenate([a, a + 1], axis: 0), a.logSumExp(), a, lgamma(Tensor.constant(4.5)), (a - a).sum(),
      ]
    }
    let constants = Program(inputs: []) { _ in values(.constant(Self.counts), .constant(weights)) }
    let inputs = Program(inputs: [[2, 3], [3, 2]]) { values($0[0], $0[1]) }
    let (found, expected) = (run(constants), run(inputs, [Self.counts, weights]))
    for (index, pair) in zip(found, expected).enumerated() {
      #expect(pair.0 == pair.1, "output \(index): \(pair.0) for \(pair.1)")
    }
    let plan = Plan(constants).description
    #expect(!plan.contains("product") && !plan.contains("logGamma"), "\(plan)")
    #expect(abs(found[8][0] - Foundation.lgamma(4.5)) < 1e-15)
  }

  @Test func whatIsLargerThanItsConstantsIsComputedInTheRun() {
    let column = Tensor.constant(DenseArray((0..<80).map { Double($0) / 80 }, shape: [80, 1]))
    let row = Tensor.constant(DenseArray((0..<90).map { Double($0) / 90 }, shape: [1, 90]))
    let program = Program(inputs: [[80, 90]]) { t in [(t[0] * exp(log(column + 1) + row)).sum()] }
    let plan = Plan(program).description
    #expect(plan.contains("exp") && !plan.contains("log"), "\(plan)")
    let ones = DenseArray([Double](repeating: 1, count: 7200), shape: [80, 90])
    var (columns, rows) = (0.0, 0.0)
    for i in 0..<80 { columns += 1 + Double(i) / 80 }
    for j in 0..<90 { rows += Foundation.exp(Double(j) / 90) }
    #expect(abs(run(program, [ones])[0][0] / (columns * rows) - 1) < 1e-13)
  }

  @Test func randomNumbersAndNumbersOfPlacesStayInTheRun() {
    let program = Program(inputs: []) { _ in
      let noise = Tensor.random(.normal, shape: [2, 3], site: 1) * Tensor.constant(Self.counts)
      return [noise, Tensor.iota(shape: [3], axis: 0) + 1]
    }
    let plan = Plan(program)
    #expect(plan.description.contains("normal") && plan.description.contains("iota"), "\(plan)")
    let executor = Executor<Double>(plan)
    func draw(_ step: UInt64) -> [Double] {
      executor.run(key: RandomKey(seed: 1, step: step))
      return Array(executor.output(0))
    }
    #expect(draw(1) != draw(2))
    #expect(Array(executor.output(1)) == [1, 2, 3])
  }

  /// In 32 bits 10⁸ + 1 is 10⁸.
  @Test func constantsAreFoldedInDoublePrecision() {
    let large = Tensor.constant(DenseArray<Double>([1e8, 3e8], shape: [2]))
    let program = Program(inputs: [[1]]) { t in [t[0] * ((large + 1) - large).sum()] }
    #expect(program.run([DenseArray<Float>([2], shape: [1])])[0].elements == [4])
  }
}
