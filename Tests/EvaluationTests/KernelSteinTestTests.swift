//  KernelSteinTestTests.swift — draws of a density pass, draws of another do not.

import Arrays
import Evaluation
import Testing

@Suite struct KernelSteinTestTests {
  /// Normal draws of some deviation, and the gradient of the standard normal at each.
  private func test(deviation: Double, seed: UInt64) -> KernelSteinTest? {
    var generator = Philox(seed: seed)
    let z = generator.normal(shape: [4, 200, 3], as: Double.self)
    let x = DenseArray(z.elements.map { deviation * $0 }, shape: z.shape)
    return KernelSteinTest(draws: x, gradients: DenseArray(x.elements.map { -$0 }, shape: x.shape))
  }

  @Test func chanceProbabilitiesOfRightDrawsAreSpreadOut() throws {
    let p = try (1...20).map { try #require(test(deviation: 1, seed: $0)).probability }
    #expect(p.count { $0 < 0.1 } <= 6 && p.count { $0 > 0.5 } >= 5, "\(p)")
  }

  @Test func drawsOfAnotherScaleAreSeen() throws {
    let wrong = try #require(test(deviation: 1.3, seed: 1))
    #expect(wrong.probability < 0.01 && wrong.draws >= 400)
  }

  @Test func tooFewIndependentDrawsHaveNoTest() {
    let still = DenseArray<Double>(repeating: 1, shape: [4, 100, 1])
    #expect(KernelSteinTest(draws: still, gradients: still) == nil)
    var generator = Philox(seed: 2)
    let few = generator.normal(shape: [2, 5, 1], as: Double.self)
    #expect(KernelSteinTest(draws: few, gradients: few) == nil)
  }
}
