import Arrays
import Networks
import Probability
import Testing

@Suite struct InitialiserTests {
  /// For n draws of variance v, the sample mean has deviation √(v / n), and the sample variance v √((k − 1) / n) with k the
  /// kurtosis, 3 for the normal and 1.8 for the uniform; 3 bounds both.
  @Test func variancesAreThoseOfTheirFormulas() {
    let (fanIn, fanOut) = (50, 200)
    let expected: [(Initialiser, Double)] = [
      (.leCun(.normal), 1 / 50.0), (.leCun(.uniform), 1 / 50.0), (.he(.normal), 2 / 50.0), (.he(.uniform), 2 / 50.0),
      (.glorot(.normal), 2 / 250.0), (.glorot(.uniform), 2 / 250.0), (.normal(3), 9), (.uniform(3), 3),
      (.automatic, 1 / 50.0),
    ]
    for (initialiser, variance) in expected {
      var generator = SplitMix(state: 7)
      let values = initialiser.values(shape: [fanOut, fanIn], fanIn: fanIn, fanOut: fanOut, using: &generator)
      let n = Double(values.count)
      let mean = values.reduce(0, +) / n
      let moment = values.map { $0 * $0 }.reduce(0, +) / n
      #expect(values.count == 10_000)
      #expect(abs(mean) < 5 * (variance / n).squareRoot(), "\(initialiser)")
      #expect(abs(moment - variance) < 5 * variance * (2 / n).squareRoot(), "\(initialiser)")
    }
  }

  @Test func uniformDrawsStayWithinTheirBounds() {
    var generator = SplitMix(state: 7)
    let bound = (3 * 2 / 50.0).squareRoot()
    let values = Initialiser.he(.uniform).values(shape: [10_000], fanIn: 50, fanOut: 1, using: &generator)
    #expect(values.allSatisfy { abs($0) < bound })
    #expect((values.map(abs).max() ?? 0) > 0.99 * bound)
  }

  /// M Mᵀ = gain² I for the shorter side.
  @Test(arguments: [[5, 8], [8, 5], [6, 6], [40, 30]]) func orthogonalMatricesAreOrthogonal(_ shape: [Int]) {
    let (rows, columns) = (shape[0], shape[1])
    var generator = SplitMix(state: 3)
    let m = Initialiser.orthogonal(gain: 2).values(shape: Shape(shape), fanIn: 1, fanOut: 1, using: &generator)
    let short = min(rows, columns)
    func entry(_ vector: Int, _ index: Int) -> Double {
      rows <= columns ? m[vector * columns + index] : m[index * columns + vector]
    }
    var worst = 0.0
    for a in 0..<short {
      for b in 0..<short {
        let product = (0..<max(rows, columns)).reduce(0.0) { $0 + entry(a, $1) * entry(b, $1) }
        worst = max(worst, abs(product - (a == b ? 4 : 0)))
      }
    }
    #expect(m.count == rows * columns)
    #expect(worst < 1e-13)
  }

  /// Each weight's sample variance tells which initialiser was chosen.
  @Test func automaticInitialisersFollowTheActivation() throws {
    let network = Network(inputs: 100) {
      Dense(100)
      LayerNormalization()
      Activation.relu
      Dense(300)
      Activation.tanh
      Dense(100)
      Dense(100)
    }
    var generator = SplitMix(state: 1)
    let theta: DenseArray<Double> = network.initialParameters(using: &generator)
    func variance(_ name: String) throws -> Double {
      let range = try #require(network.layout[name]).range
      return theta.elements[range].map { $0 * $0 }.reduce(0, +) / Double(range.count)
    }
    let expected = [
      "0.dense.weight": 2 / 100.0, "3.dense.weight": 2 / 400.0, "5.dense.weight": 1 / 300.0,
      "6.dense.weight": 1 / 100.0,
    ]
    for (name, value) in expected {
      #expect(abs(try variance(name) / value - 1) < 5 * (2 / 10_000.0).squareRoot(), "\(name)")
    }
    #expect(try variance("0.dense.bias") == 0)
    #expect(try variance("1.layerNormalization.scale") == 1)
    #expect(try variance("1.layerNormalization.shift") == 0)
  }

  @Test func initialParametersAreAFunctionOfTheGenerator() {
    let network = Network.multilayerPerceptron(inputs: 3, hidden: [4], outputs: 1)
    func draw(_ seed: UInt64) -> DenseArray<Float> {
      var generator = SplitMix(state: seed)
      return network.initialParameters(using: &generator)
    }
    #expect(draw(1) == draw(1))
    #expect(draw(1) != draw(2))
  }

  /// A generator that only gives its extremes must not give infinities.
  @Test(arguments: [UInt64.min, UInt64.max]) func extremeGeneratorsGiveFiniteNormals(_ word: UInt64) {
    struct Constant: RandomNumberGenerator {
      let word: UInt64
      mutating func next() -> UInt64 { word }
    }
    var generator = Constant(word: word)
    let values = Initialiser.normal(1).values(shape: [4], fanIn: 1, fanOut: 1, using: &generator)
    #expect(values.allSatisfy { $0.isFinite })
  }
}
