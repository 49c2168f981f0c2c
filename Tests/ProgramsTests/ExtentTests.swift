//  ExtentTests.swift — axes of extent 0 and 1, where loops run never or once.

import Arrays
import Programs
import Testing

@Suite struct ExtentTests {
  /// The elements of one result.
  private func run(_ inputs: [DenseArray<Double>], _ function: @escaping ([Tensor]) -> Tensor) -> DenseArray<Double> {
    Program(inputs: inputs.map(\.shape)) { [function($0)] }.run(inputs)[0]
  }

  @Test(arguments: [(0, 3, 2), (3, 0, 2), (3, 2, 0), (0, 0, 0), (1, 1, 1), (1, 5, 1), (5, 1, 4), (1, 4, 3)])
  func productsMatchLoopsAndHaveTheirDerivatives(rows: Int, depth: Int, columns: Int) {
    let (a, b) = (sample([rows, depth]), sample([depth, columns], seed: 2))
    let product = run([a, b]) { matmul($0[0], $0[1]) }
    #expect(product.shape == [rows, columns])
    for i in 0..<rows {
      for j in 0..<columns {
        let exact = (0..<depth).reduce(0.0) { $0 + a[i, $1] * b[$1, j] }
        #expect(abs(product[i, j] - exact) < 1e-14)
      }
    }
    expectGradient(at: [a, b]) { sin(matmul($0[0], $0[1])) }
    let bias = sample([columns], seed: 3)
    let weight = sample([columns, depth], seed: 4)
    let outputs = run([a, weight, bias]) { linear($0[0], weight: $0[1], bias: $0[2]) }
    #expect(outputs.shape == [rows, columns])
    for i in 0..<rows {
      for j in 0..<columns {
        let exact = (0..<depth).reduce(bias.elements[j]) { $0 + a[i, $1] * weight[j, $1] }
        #expect(abs(outputs[i, j] - exact) < 1e-14)
      }
    }
    expectGradient(at: [a, weight, bias]) { tanh(linear($0[0], weight: $0[1], bias: $0[2])) }
  }

  @Test(arguments: [0, 1, 4]) func softmaxAndLogSumExpOfOneEntryAreOneAndTheEntry(rows: Int) {
    let x = sample([rows, 1], low: -3, high: 3)
    #expect(run([x]) { $0[0].softmax() }.elements == [Double](repeating: 1, count: rows))
    #expect(run([x]) { $0[0].logSumExp() }.elements == x.elements)
    #expect(run([x]) { $0[0].logSoftmax() }.elements == [Double](repeating: 0, count: rows))
    expectGradient(at: [x]) { sin($0[0].softmax()) + sin($0[0].logSumExp()).reshaped([rows, 1]) }
    let wide = sample([rows, 3])
    #expect(run([wide]) { $0[0].softmax() }.shape == [rows, 3])
    expectGradient(at: [wide]) { sin($0[0].logSoftmax()) }
  }

  @Test func emptyPartsOfAConcatenationLeaveNoTrace() {
    let (a, none, one) = (sample([2, 3]), DenseArray<Double>([], shape: [2, 0]), sample([2, 1], seed: 5))
    let joined = run([a, none, one]) { concatenate([$0[1], $0[0], $0[1], $0[2]], axis: 1) }
    #expect(joined.shape == [2, 4])
    for row in 0..<2 {
      #expect((0..<4).map { joined[row, $0] } == [a[row, 0], a[row, 1], a[row, 2], one[row, 0]])
    }
    expectGradient(at: [a, none, one]) { sin(concatenate([$0[1], $0[0], $0[2]], axis: 1)) }
    #expect(run([none]) { concatenate([$0[0], $0[0]], axis: 1) }.shape == [2, 0])
  }

  @Test func rowsAreGatheredFromATableOfOneAndNoneFromAnyTable() {
    let table = sample([1, 3])
    let thrice = run([table]) { $0[0].gatherRows(at: .constant(DenseArray([0.0, 0, 0]))) }
    #expect(thrice.elements == table.elements + table.elements + table.elements)
    expectGradient(at: [table]) { sin($0[0].gatherRows(at: .constant(DenseArray([0.0, 0])))) }
    let nowhere = run([sample([4, 3])]) { $0[0].gatherRows(at: .constant(DenseArray<Double>([]))) }
    #expect(nowhere.shape == [0, 3])
    let scattered = run([DenseArray<Double>([], shape: [0, 3])]) {
      $0[0].scatterAddRows(at: .constant(DenseArray<Double>([])), rows: 2)
    }
    #expect(scattered.elements == [Double](repeating: 0, count: 6))
  }

  @Test(arguments: [0, 1, 2]) func convolutionsOfOnePixelAreProducts(images: Int) {
    let (x, w) = (sample([images, 3, 1, 1]), sample([2, 3, 1, 1], seed: 2))
    let y = run([x, w]) { convolution($0[0], weight: $0[1]) }
    let product = run([x.reshaped([images, 3]), w.reshaped([2, 3])]) { matmul($0[0], $0[1], transposeRight: true) }
    #expect(y.shape == [images, 2, 1, 1])
    #expect(zip(y.elements, product.elements).allSatisfy { abs($0 - $1) < 1e-14 })
    expectGradient(at: [x, w]) { sin(convolution($0[0], weight: $0[1])) }
    let line = sample([images, 1, 1, 5])
    let kernel = sample([1, 1, 1, 3], seed: 3)
    let z = run([line, kernel]) { convolution($0[0], weight: $0[1], padding: [0, 1]) }
    #expect(z.shape == [images, 1, 1, 5])
    for image in 0..<images {
      for column in 0..<5 {
        let exact = (0..<3).reduce(0.0) { sum, tap in
          let place = column + tap - 1
          return (0..<5).contains(place) ? sum + line[image, 0, 0, place] * kernel.elements[tap] : sum
        }
        #expect(abs(z[image, 0, 0, column] - exact) < 1e-14)
      }
    }
    expectGradient(at: [line, kernel]) { sin(convolution($0[0], weight: $0[1], padding: [0, 1])) }
  }

  @Test func theFactorOfOneNumberIsItsRootAndOfNoneIsEmpty() {
    let one = DenseArray([2.25], shape: [1, 1])
    #expect(run([one]) { $0[0].choleskyFactor }.elements == [1.5])
    expectGradient(at: [one]) { sin($0[0].choleskyFactor) }
    #expect(run([one, sample([1, 0])]) { $0[0].choleskyFactor.triangularSolve($0[1]) }.shape == [1, 0])
    let none = DenseArray<Double>([], shape: [0, 0])
    #expect(run([none]) { $0[0].choleskyFactor }.shape == [0, 0])
    let b = sample([1, 3])
    let solved = run([one, b]) { $0[0].choleskyFactor.triangularSolve($0[1]) }
    #expect(zip(solved.elements, b.elements).allSatisfy { abs($0 - $1 / 1.5) < 1e-15 })
    expectGradient(at: [one, b]) { sin($0[0].choleskyFactor.triangularSolve($0[1])) }
  }
}
