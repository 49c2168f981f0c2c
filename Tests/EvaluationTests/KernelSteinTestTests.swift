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
    #expect(wrong.probability < 0.01 && wrong.draws >= 300)
  }

  /// p of chains with a correlation of 0.9 from draw to draw, of the standard normal in four coordinates.
  private func probabilityOfDependentDraws(seed: UInt64) -> Double? {
    var generator = Philox(seed: seed)
    let z = generator.normal(shape: [4, 1000, 4], as: Double.self)
    var x = z.elements
    for row in 0..<4000 where row % 1000 != 0 {
      for axis in 4 * row..<4 * row + 4 { x[axis] = 0.9 * x[axis - 4] + 0.19.squareRoot() * x[axis] }
    }
    return KernelSteinTest(
      draws: DenseArray(x, shape: z.shape), gradients: DenseArray(x.map { -$0 }, shape: z.shape))?.probability
  }

  @Test func rightDrawsThatDependAreNotRejectedMoreOftenThanIndependentOnes() {
    let p = (1...200).compactMap { probabilityOfDependentDraws(seed: $0) }
    let (hundredths, twentieths) = (p.count { $0 <= 0.01 }, p.count { $0 <= 0.05 })
    // Of 200 with a probability of 1 %, and of 5 %, more than these in one of 1000 times.
    #expect(p.count == 200 && hundredths <= 7 && twentieths <= 20, "\(p.count): \(hundredths), \(twentieths)")
  }

  @Test func drawsWhoseSquaresDependAreThinnedByTheirSquares() throws {
    // The sign is new in each draw, and the size stays as it is for twenty.
    var generator = Philox(seed: 3)
    let sizes = (0..<4 * 100).map { _ in abs(generator.normal()) }
    let x = DenseArray<Double>(
      (0..<8000).map { (generator.uniform() < 0.5 ? -1 : 1) * sizes[$0 / 20] }, shape: [4, 2000, 1])
    let test = try #require(KernelSteinTest(draws: x, gradients: DenseArray(x.elements.map { -$0 }, shape: x.shape)))
    #expect(test.draws < 300, "\(test.draws)")
  }

  @Test func tooFewIndependentDrawsHaveNoTest() {
    let still = DenseArray<Double>(repeating: 1, shape: [4, 100, 1])
    #expect(KernelSteinTest(draws: still, gradients: still) == nil)
    var generator = Philox(seed: 2)
    let few = generator.normal(shape: [2, 5, 1], as: Double.self)
    #expect(KernelSteinTest(draws: few, gradients: few) == nil)
  }
}
