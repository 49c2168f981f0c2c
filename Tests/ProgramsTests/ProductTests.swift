import Arrays
import Programs
import Testing

@Suite struct ProductTests {
  @Test(arguments: [false, true], [false, true]) func matmulMatchesLoopsAndItsDerivativesHold(
    _ left: Bool, _ right: Bool
  ) {
    let (a, b) = (sample(left ? [5, 3] : [3, 5]), sample(right ? [4, 5] : [5, 4], seed: 2))
    let product = Program(inputs: [a.shape, b.shape]) {
      [matmul($0[0], $0[1], transposeLeft: left, transposeRight: right)]
    }.run([a, b])[0]
    for i in 0..<3 {
      for j in 0..<4 {
        let exact = (0..<5).reduce(0.0) { $0 + (left ? a[$1, i] : a[i, $1]) * (right ? b[j, $1] : b[$1, j]) }
        #expect(abs(product[i, j] - exact) < 1e-14)
      }
    }
    expectGradient(at: [a, b]) { sin(matmul($0[0], $0[1], transposeLeft: left, transposeRight: right)) }
    let (c, d) = (sample(left ? [2, 5, 3] : [2, 3, 5]), sample(right ? [2, 4, 5] : [2, 5, 4], seed: 2))
    expectGradient(at: [c, d]) { sin(matmul($0[0], $0[1], transposeLeft: left, transposeRight: right)) }
  }

  @Test func aProductReadsTransposesAndSlicesInPlace() {
    let (a, b) = (sample([7, 5]), sample([6, 9], seed: 2))
    let program = Program(inputs: [a.shape, b.shape]) { t in
      [matmul(t[0].transposed, t[1].slice(axis: 0, 0..<6, stride: 1).slice(axis: 1, 2..<9).transposed)]
    }
    #expect(Plan(program).stepCount == 1)
    let product = program.run([a, b])[0]
    for i in 0..<5 {
      for j in 0..<6 {
        let exact = (0..<7).reduce(0.0) { $0 + a[$1, i] * b[j, 2 + $1] }
        #expect(abs(product[i, j] - exact) < 1e-14)
      }
    }
  }

  @Test func linearTakesBiasAndActivationAlong() {
    // No pre-activation of this seed is near the kink of relu.
    let inputs = [sample([6, 5], seed: 4), sample([4, 5], seed: 2), sample([4], seed: 3)]
    for activation in [relu, tanh, sigmoid] as [(Tensor) -> Tensor] {
      let program = Program(inputs: inputs.map(\.shape)) { [activation(linear($0[0], weight: $0[1], bias: $0[2]))] }
      #expect(Plan(program).stepCount == 1)
      let apart = Program(inputs: inputs.map(\.shape)) {
        [activation(matmul($0[0], $0[1], transposeRight: true) + $0[2])]
      }
      #expect(zip(program.run(inputs)[0].elements, apart.run(inputs)[0].elements).allSatisfy { abs($0 - $1) < 1e-14 })
      expectGradient(at: inputs) { activation(linear($0[0], weight: $0[1], bias: $0[2])).squared }
    }
  }

  @Test(arguments: [
    Window(size: [3, 3]), Window(size: [3, 2], stride: [2, 1], padding: [1, 1]),
    Window(size: [2, 3], padding: [0, 2], dilation: [2, 1]),
    Window(size: [3, 3], padding: [1, 1], groups: 2), Window(size: [1, 1], stride: [2, 2], groups: 4),
  ]) func convolutionMatchesLoopsAndItsDerivativesHold(_ window: Window) {
    let (x, w) = (sample([2, 4, 6, 5]), sample([8, 4 / window.groups] + Shape(window.size), seed: 2))
    let function = { (t: [Tensor]) in
      convolution(
        t[0], weight: t[1], stride: window.stride, padding: window.padding, dilation: window.dilation,
        groups: window.groups)
    }
    let y = Program(inputs: [x.shape, w.shape]) { [function($0)] }.run([x, w])[0]
    let perGroup = 8 / window.groups
    for place in 0..<y.count {
      let (j, rest) = (place % y.shape[3], place / y.shape[3])
      let (i, o, n) = (rest % y.shape[2], rest / y.shape[2] % 8, rest / y.shape[2] / 8)
      var exact = 0.0
      for c in 0..<4 / window.groups {
        for p in 0..<window.size[0] {
          for q in 0..<window.size[1] {
            let row = i * window.stride[0] + p * window.dilation[0] - window.padding[0]
            let column = j * window.stride[1] + q * window.dilation[1] - window.padding[1]
            guard row >= 0, row < 6, column >= 0, column < 5 else { continue }
            exact += x[n, o / perGroup * (4 / window.groups) + c, row, column] * w[o, c, p, q]
          }
        }
      }
      #expect(abs(y.elements[place] - exact) < 1e-13)
    }
    expectGradient(at: [x, w]) { sin(function($0)) }
    expectGradient(at: [x, w]) { t in
      gradient(of: sin(function(t)).sum(), withRespectTo: t).reduce(.constant(0)) { $0 + $1.squared.sum() }
    }
  }

  @Test func poolingHasItsDerivatives() {
    let x = separated([2, 3, 6, 7])
    expectGradient(at: [x]) { sin(maxPool($0[0], size: [2, 3], stride: [2, 2], padding: [1, 0])) }
    expectGradient(at: [x]) { sin(averagePool($0[0], size: [2, 2])) }
    expectGradient(at: [x]) { t in
      sin(gradient(of: maxPool(t[0], size: [2, 2]).squared.sum(), withRespectTo: t[0]))
    }
  }

  @Test func triangularFactorsHaveTheirDerivatives() {
    let (a, b) = (sample([4, 4]), sample([4, 3], seed: 2))
    let positive = { (t: Tensor) in
      matmul(t, t, transposeRight: true)
        + Tensor.constant(DenseArray((0..<16).map { $0 % 5 == 0 ? 2.0 : 0 }, shape: [4, 4]))
    }
    expectGradient(at: [a]) { sin(positive($0[0]).choleskyFactor) }
    expectGradient(at: [a]) { log(positive($0[0]).choleskyFactor.diagonal) }
    for transposed in [false, true] {
      let solve = { (t: [Tensor]) in positive(t[0]).choleskyFactor.triangularSolve(t[1], transposed: transposed) }
      expectGradient(at: [a, b]) { sin(solve($0)) }
      expectGradient(at: [a, b]) { t in gradient(of: sin(solve(t)).sum(), withRespectTo: t[1]).squared }
    }
    let result = Program(inputs: [[4, 4]]) { t in
      let l = positive(t[0]).choleskyFactor
      return [matmul(l, l, transposeRight: true) - positive(t[0]), l]
    }.run([a])
    #expect(result[0].elements.allSatisfy { abs($0) < 1e-13 })
    #expect(result[1][0, 1] == 0)
  }

  @Test func aMatrixThatIsNotPositiveDefiniteHasNoFactor() {
    let a = DenseArray([1.0, 2, 2, 1], shape: [2, 2])
    #expect(Program(inputs: [[2, 2]]) { [$0[0].choleskyFactor] }.run([a])[0].elements.allSatisfy { $0.isNaN })
  }
}

extension Shape {
  fileprivate static func + (a: Shape, b: Shape) -> Shape { Shape(a.extents + b.extents) }
}
