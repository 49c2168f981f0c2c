import Arrays
import Programs
import Testing

@Suite struct ElementwiseTests {
  /// Each function with an interval on which it is smooth; those with a kink on both sides of it.
  static let functions: [(name: String, low: Double, high: Double, apply: @Sendable (Tensor) -> Tensor)] = [
    ("negate", -2, 2, { -$0 }), ("abs", 0.1, 2, { abs($0) }), ("square", -2, 2, { $0.squared }),
    ("reciprocal", 0.5, 2, { pow($0, -1) }), ("sqrt", 0.5, 2, { sqrt($0) }), ("rsqrt", 0.5, 2, { rsqrt($0) }),
    ("exp", -2, 2, { exp($0) }), ("expm1", -2, 2, { expm1($0) }), ("log", 0.5, 3, { log($0) }),
    ("log1p", -0.4, 3, { log1p($0) }), ("sin", -3, 3, { sin($0) }), ("cos", -3, 3, { cos($0) }),
    ("tanh", -2, 2, { tanh($0) }), ("sigmoid", -4, 4, { sigmoid($0) }), ("softplus", -4, 4, { softplus($0) }),
    ("relu", 0.1, 2, { relu($0) }), ("relu below 0", -2, -0.1, { relu($0) }),
    ("leakyRelu", 0.1, 2, { leakyRelu($0) }), ("leakyRelu below 0", -2, -0.1, { leakyRelu($0) }),
    ("elu", 0.1, 2, { elu($0) }), ("elu below 0", -2, -0.1, { elu($0) }), ("abs below 0", -2, -0.1, { abs($0) }),
    ("gelu", -2, 2, { gelu($0) }), ("silu", -2, 2, { silu($0) }), ("erf", -2, 2, { erf($0) }),
    ("logNormalCumulative", -60, 4, { logNormalCumulative($0) }),
    ("lgamma", 0.5, 5, { lgamma($0) }), ("digamma", 0.5, 5, { digamma($0) }), ("pow 2.5", 0.5, 2, { pow($0, 2.5) }),
  ]

  @Test(arguments: functions.indices) func derivativeIsTheLimitOfDifferences(_ index: Int) {
    let (name, low, high, apply) = Self.functions[index]
    let error = gradientError(at: [sample([3, 5], low: low, high: high)]) { apply($0[0]) }
    #expect(error < 1e-7, "\(name)")
  }

  /// The derivative of digamma is a primitive without one of its own, as the derivative of lgamma has two.
  static let withoutSecondDerivative: Set = ["digamma"]

  @Test(arguments: functions.indices.filter { !withoutSecondDerivative.contains(functions[$0].name) })
  func secondDerivativeIsTheLimitOfDifferences(_ index: Int) {
    let (name, low, high, apply) = Self.functions[index]
    let error = gradientError(at: [sample([7], low: low, high: high)]) { x in
      gradient(of: apply(x[0]).sum(), withRespectTo: x[0]) * sin(x[0])
    }
    #expect(error < 1e-7, "\(name)")
  }

  @Test func binaryDerivativesHoldUnderBroadcasting() {
    let (a, b) = (sample([4, 1, 3], low: 0.5, high: 2), sample([2, 1], seed: 2, low: 0.5, high: 2))
    let operations: [(Tensor, Tensor) -> Tensor] = [
      { $0 + $1 }, { $0 - $1 }, { $0 * $1 }, { $0 / $1 }, { maximum($0, $1) }, { minimum($0, $1) }, { pow($0, $1) },
      { select($0 .< $1, $0 * $1, $0) },
    ]
    for operation in operations {
      expectGradient(at: [a, b]) { operation($0[0], $0[1]) }
      expectGradient(at: [a, b]) { x in
        gradient(of: operation(x[0], x[1]).squared.sum(), withRespectTo: x).reduce(.constant(0)) {
          $0 + ($1 * sin($1)).sum()
        }
      }
    }
  }

  @Test func tiesOfMaximumShareTheDerivative() {
    let program = Program(inputs: [[2], [2]]) { gradient(of: maximum($0[0], $0[1]).sum(), withRespectTo: $0) }
    let result = program.run([DenseArray([1.0, 3]), DenseArray([1.0, 2])])
    #expect(result[0].elements == [0.5, 1])
    #expect(result[1].elements == [0.5, 0])
  }

  @Test func comparisonsGiveOneOrZero() {
    let program = Program(inputs: [[3], [3]]) { x in
      [x[0] .< x[1], x[0] .<= x[1], x[0] .> x[1], x[0] .>= x[1], x[0] .== x[1]]
    }
    let result = program.run([DenseArray([1.0, 2, 3]), DenseArray([2.0, 2, 2])]).map(\.elements)
    #expect(result == [[1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 1, 1], [0, 1, 0]])
  }

  @Test func noDerivativePassesAStop() {
    let program = Program(inputs: [[2]]) {
      [gradient(of: ($0[0] * $0[0].stoppingGradient).sum(), withRespectTo: $0[0])]
    }
    #expect(program.run([DenseArray([3.0, 4])])[0].elements == [3, 4])
  }

  @Test func emptyAxesAndAxesOfSizeOneWork() {
    let program = Program(inputs: [[0, 3], [1, 3]]) { x in
      [
        x[0] * x[1], (x[0] * x[1]).sum(), x[0].sum(axes: [0]), x[1].sum(axes: [0]),
        gradient(of: (x[0] * x[1]).sum(), withRespectTo: x[1]),
      ]
    }
    let result = program.run([DenseArray<Double>([], shape: [0, 3]), sample([1, 3])])
    #expect(result[0].count == 0)
    #expect(result[1].elements == [0])
    #expect(result[2].elements == [0, 0, 0])
    #expect(result[3].elements == sample([1, 3]).elements)
    #expect(result[4].elements == [0, 0, 0])
  }

  @Test func aLongArrayCrossesTilesAndTasks() {
    let n = 70_001
    let x = sample([n])
    let program = Program(inputs: [[n]]) { [$0[0] * 2 + 1, ($0[0] * 2 + 1).sum(), $0[0].max()] }
    let result = program.run([x])
    #expect(zip(result[0].elements, x.elements).allSatisfy { $0 == $1 * 2 + 1 })
    let exact = x.elements.reduce(0) { $0 + $1 * 2 + 1 }
    #expect(abs(result[1].elements[0] - exact) < 1e-9 * abs(exact) + 1e-9)
    #expect(result[2].elements[0] == x.elements.max())
  }
}
