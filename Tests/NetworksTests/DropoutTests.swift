import Arrays
import Networks
import Programs
import Testing

@Suite struct DropoutTests {
  private let network = Network(inputs: 1000) { Dropout(0.3) }
  private let ones = DenseArray(repeating: 1.0, shape: [100, 1000])

  @Test func dropoutDoesNothingInEvaluation() {
    #expect(evaluate(network, DenseArray([]), ones) == ones)
  }

  /// 10⁵ independent zeros with probability 0.3: the share has a standard deviation of 0.00145.
  @Test(arguments: [NetworkMode.training, .sampling]) func dropoutZeroesItsShareAndScalesTheRest(_ mode: NetworkMode) {
    let y = evaluate(network, DenseArray([]), ones, mode: mode, key: RandomKey(seed: 1, stream: 0, step: 0))
    let zeros = y.elements.filter { $0 == 0 }.count
    #expect(abs(Double(zeros) / 100_000 - 0.3) < 5 * 0.00145)
    #expect(y.elements.allSatisfy { $0 == 0 || abs($0 - 1 / 0.7) < 1e-14 })
  }

  @Test func dropoutMasksAreAFunctionOfTheKey() {
    func run(_ step: UInt64) -> DenseArray<Double> {
      evaluate(network, DenseArray([]), ones, mode: .training, key: RandomKey(seed: 1, stream: 0, step: step))
    }
    #expect(run(0) == run(0))
    #expect(run(0) != run(1))
  }

  /// Two layers with one mask would keep 70 % of the elements, independent ones 49 %.
  @Test func dropoutLayersOfANetworkHaveIndependentMasks() {
    let twice = Network(inputs: 1000) {
      Dropout(0.3)
      Dropout(0.3)
    }
    let y = evaluate(twice, DenseArray([]), ones, mode: .training)
    let kept = Double(y.elements.filter { $0 != 0 }.count) / 100_000
    #expect(abs(kept - 0.49) < 5 * 0.0016)
  }

  /// The backward pass regenerates the mask: the gradient of Σ y is 1 / (1 − p) where the mask kept, else 0.
  @Test func gradientPassesWhereTheMaskKept() {
    let program = Program(inputs: [[8, 1000]]) { t in
      let y = network.apply(.constant(0, shape: [0]), t[0], mode: .training).outputs
      return [y, gradient(of: y.sum(), withRespectTo: t[0])]
    }
    let results = program.run([DenseArray(repeating: 1.0, shape: [8, 1000])])
    #expect(results[0] == results[1])
  }
}
