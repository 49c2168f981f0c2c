import Arrays
import Programs
import Testing

@Suite struct ReductionTests {
  static let axes: [[Int]] = [[0], [1], [2], [0, 1], [1, 2], [0, 2], [0, 1, 2]]

  @Test(arguments: axes) func sumsAndMaximaMatchLoops(_ axes: [Int]) {
    let x = sample([4, 3, 5])
    let program = Program(inputs: [x.shape]) { [$0[0].sum(axes: axes), $0[0].max(axes: axes), $0[0].mean(axes: axes)] }
    let result = program.run([x])
    var sums = [Double](repeating: 0, count: result[0].count)
    var maxima = [Double](repeating: -.infinity, count: result[0].count)
    for i in 0..<4 {
      for j in 0..<3 {
        for k in 0..<5 {
          let kept = zip([i, j, k], x.shape.extents).enumerated().filter { !axes.contains($0.offset) }.map(\.element)
          let place = kept.reduce(0) { $0 * $1.1 + $1.0 }
          sums[place] += x[i, j, k]
          maxima[place] = max(maxima[place], x[i, j, k])
        }
      }
    }
    let count = Double(x.count / result[0].count)
    for (index, sum) in sums.enumerated() {
      #expect(abs(result[0].elements[index] - sum) < 1e-13)
      #expect(result[1].elements[index] == maxima[index])
      #expect(abs(result[2].elements[index] - sum / count) < 1e-13)
    }
  }

  @Test(arguments: axes) func derivativesHold(_ axes: [Int]) {
    let x = sample([4, 3, 5])
    expectGradient(at: [x]) { $0[0].sum(axes: axes).squared }
    expectGradient(at: [separated([4, 3, 5])]) { $0[0].max(axes: axes).squared }
  }

  @Test func softmaxAndItsRelativesHaveTheirDerivatives() {
    let x = sample([4, 7], low: -3, high: 3)
    let labels = DenseArray([0.0, 3, 6, 2])
    expectGradient(at: [x]) { sin($0[0].softmax()) }
    expectGradient(at: [x]) { sin($0[0].logSumExp()) }
    expectGradient(at: [x]) { sin($0[0].logSoftmax()) }
    let loss = { (x: [Tensor]) in softmaxCrossEntropy(logits: x[0], labels: .constant(labels)).squared }
    expectGradient(at: [x], loss)
    expectGradient(at: [x]) { x in sin(gradient(of: loss(x).sum(), withRespectTo: x[0])) }
  }

  @Test func softmaxNeitherOverflowsNorUnderflows() {
    let x = DenseArray([1000.0, 1000, -1000], shape: [1, 3])
    let result = Program(inputs: [x.shape]) { [$0[0].softmax(), $0[0].logSumExp(), $0[0].logSoftmax()] }.run([x])
    #expect(result[0].elements == [0.5, 0.5, 0])
    #expect(abs(result[1].elements[0] - 1000.6931471805599) < 1e-9)
    #expect(abs(result[2].elements[2] + 2000.6931471805599) < 1e-9)
  }
}
