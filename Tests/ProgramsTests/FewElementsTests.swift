//  FewElementsTests.swift — kernels over few elements run without tiles, to the same bits.

import Arrays
import Programs
import Testing

@Suite struct FewElementsTests {
  /// Every operation that such kernels know, and some that they call.
  private static let chain: @Sendable (Tensor, Tensor) -> [Tensor] = { x, y in
    let a = exp(-x) * y + 0.3
    let b = log1p(a.squared) / (2 - y)
    let c = select(x .< y, tanh(b), log(a.squared + 1))
    let d = maximum(c, sigmoid(x) - pow(b + 3, y)) * (1 - tanh(y).squared)
    return [a, d, softplus(d) - sqrt(abs(c)), 1 / b]
  }

  private func results<Element: Scalar>(_ count: Int, of type: Element.Type) -> [[Element]] {
    let (x, y) = (sample([64], seed: 5), sample([64], seed: 6))
    let program = Program(inputs: [[count], [count]]) { Self.chain($0[0], $0[1]) }
    let inputs = [x, y].map { DenseArray(Array($0.elements[..<count]), shape: [count]).converted(to: type) }
    return Executor<Element>(Plan(program)).run(inputs).map(\.elements)
  }

  @Test(arguments: 1...17) func fewElementsHaveTheBitsThatManyHave(count: Int) {
    for (few, many) in zip(results(count, of: Double.self), results(64, of: Double.self)) {
      #expect(few == Array(many[..<count]))
    }
    for (few, many) in zip(results(count, of: Float.self), results(64, of: Float.self)) {
      #expect(few == Array(many[..<count]))
    }
  }

  @Test(arguments: [3, 16, 17, 3000]) func softplusAndItsDerivativeAreOneOperation(count: Int) {
    func program(_ results: @escaping (Tensor) -> [Tensor]) -> Plan {
      Plan(Program(inputs: [[count]]) { t in results(t[0] * 9) })
    }
    let orders = [
      program { [softplus($0) * 2, 3 - sigmoid($0)] }, program { [3 - sigmoid($0), softplus($0) * 2] },
      program { [3 - sigmoid($0), softplus($0) * 2 + $0] },
    ]
    let x = sample([count], seed: 7).converted(to: Float.self)
    for plan in orders {
      #expect(plan.description.contains("softplus+sigmoid") && !plan.description.contains(" sigmoid"), "\(plan)")
    }
    func run(_ plan: Plan) -> [[Float]] { Executor<Float>(plan).run([x]).map(\.elements) }
    let (twice, rest) = (run(program { [softplus($0) * 2] })[0], run(program { [3 - sigmoid($0)] })[0])
    #expect(run(orders[0]) == [twice, rest] && run(orders[1]) == [rest, twice])
    #expect(run(orders[2]) == [rest, run(program { [softplus($0) * 2 + $0] })[0]])
  }

  @Test(arguments: 1...17) func reductionsOfFewElementsAreThoseOfMemory(count: Int) {
    // A maximum over one axis of two is a step of its own.
    let fused = Program(inputs: [[count]]) { t in
      [(t[0] * 3).sum(), (t[0] * 3).max(), t[0].slice(axis: 0, 0..<1).sum()]
    }
    let apart = Program(inputs: [[count]]) { t in
      let rows = concatenate([(t[0] * 3).reshaped([1, count]), (t[0] * 3).reshaped([1, count])], axis: 0)
      return [rows.max(axes: [1])]
    }
    let x = sample([count], seed: 8)
    let (first, second) = (fused.run([x]), apart.run([x]))
    #expect(first[1].elements[0] == second[0].elements[0])
    let sum: Double = x.elements.reduce(0, +)
    #expect(abs(first[0].elements[0] - 3 * sum) < 1e-13)
    #expect(first[2].elements[0] == x.elements[0])
  }

  @Test func stridedAndSpreadOperandsAreRead() {
    let program = Program(inputs: [[2, 5], [1]]) { t in
      let columns = t[0].transposed([1, 0])
      return [columns.slice(axis: 1, 0..<1).reshaped([5]) * t[1].broadcast(to: [5]), columns * 2.0]
    }
    let (x, s) = (sample([2, 5]), sample([1], seed: 2))
    let result = program.run([x, s])
    let scale = s.elements[0]
    let first: [Double] = x.elements[..<5].map { $0 * scale }
    #expect(result[0].elements == first)
    let turned: [Double] = (0..<5).flatMap { [2 * x.elements[$0], 2 * x.elements[5 + $0]] }
    #expect(result[1].elements == turned)
  }
}
