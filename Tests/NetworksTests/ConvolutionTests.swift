import Arrays
import GoldenValues
import Networks
import Programs
import Testing

@Suite struct ConvolutionTests {
  /// The definition, as loops. Images [N, C, H, W], weight [O, C / g, h, w], bias [O].
  private func loops(
    _ x: DenseArray<Double>, _ weight: DenseArray<Double>, _ bias: [Double], stride: [Int], padding: [Int],
    dilation: [Int], groups: Int, rows: Int, columns: Int
  ) -> DenseArray<Double> {
    let channels = weight.shape[0]
    let (inGroup, outGroup) = (weight.shape[1], channels / groups)
    var y = DenseArray(repeating: 0.0, shape: [x.shape[0], channels, rows, columns])
    for n in 0..<x.shape[0] {
      for o in 0..<channels {
        for row in 0..<rows {
          for column in 0..<columns {
            var sum = bias[o]
            for c in 0..<inGroup {
              for i in 0..<weight.shape[2] {
                for j in 0..<weight.shape[3] {
                  let r = row * stride[0] + i * dilation[0] - padding[0]
                  let s = column * stride[1] + j * dilation[1] - padding[1]
                  guard r >= 0, r < x.shape[2], s >= 0, s < x.shape[3] else { continue }
                  sum += weight[o, c, i, j] * x[n, o / outGroup * inGroup + c, r, s]
                }
              }
            }
            y[n, o, row, column] = sum
          }
        }
      }
    }
    return y
  }

  @Test func convolutionOfImagesIsItsDefinition() {
    let network = Network(inputs: [4, 7, 9]) {
      Convolution2D(6, size: [3, 2], stride: [2, 1], padding: [1, 0], dilation: [1, 3], groups: 2)
    }
    #expect(network.outputShape == [6, 4, 6])
    let theta = sample([network.parameterCount])
    let x = sample([2, 4, 7, 9], seed: 2)
    let weight = DenseArray(Array(theta.elements[..<72]), shape: [6, 2, 3, 2])
    let expected = loops(
      x, weight, Array(theta.elements[72...]), stride: [2, 1], padding: [1, 0], dilation: [1, 3], groups: 2, rows: 4,
      columns: 6)
    #expect(relativeDifference(evaluate(network, theta, x), expected) < 1e-13)
  }

  @Test func convolutionOfSequencesIsThatOfImagesOfHeightOne() {
    let network = Network(inputs: [3, 11]) { Convolution1D(5, size: 3, stride: 2, padding: 2, dilation: 2) }
    #expect(network.outputShape == [5, 6])
    let theta = sample([network.parameterCount])
    let x = sample([2, 3, 11], seed: 2)
    let expected = loops(
      x.reshaped([2, 3, 1, 11]), DenseArray(Array(theta.elements[..<45]), shape: [5, 3, 1, 3]),
      Array(theta.elements[45...]), stride: [1, 2], padding: [0, 2], dilation: [1, 2], groups: 1, rows: 1, columns: 6)
    #expect(relativeDifference(evaluate(network, theta, x), expected.reshaped([2, 5, 6])) < 1e-13)
  }

  @Test func maximumPoolingIgnoresItsPadding() {
    let network = Network(inputs: [1, 3, 3]) { MaxPool(2, stride: 2, padding: 1) }
    let x = DenseArray([-1.0, -2, -3, -4, -5, -6, -7, -8, -9], shape: [1, 1, 3, 3])
    #expect(evaluate(network, DenseArray([]), x) == DenseArray([-1.0, -2, -4, -5], shape: [1, 1, 2, 2]))
  }

  @Test func averagePoolingCountsItsPaddingAsZeros() {
    let network = Network(inputs: [1, 3, 3]) { AveragePool(2, stride: 2, padding: 1) }
    let x = DenseArray([4.0, 8, 12, 16, 20, 24, 28, 32, 36], shape: [1, 1, 3, 3])
    #expect(evaluate(network, DenseArray([]), x) == DenseArray([1.0, 5, 11, 28], shape: [1, 1, 2, 2]))
  }

  @Test func windowsOfPoolingNeedNotBeSquare() {
    let x = DenseArray((0..<24).map { Double($0 * 7 % 24) }, shape: [1, 1, 4, 6])
    let largest = Network(inputs: [1, 4, 6]) { MaxPool([2, 3], stride: [2, 1], padding: [0, 1]) }
    let mean = Network(inputs: [1, 4, 6]) { AveragePool([1, 3]) }
    func element(_ row: Int, _ column: Int) -> Double { (0..<6).contains(column) ? x[0, 0, row, column] : -.infinity }
    let maxima = (0..<2).flatMap { row in
      (0..<6).map { column in
        (0..<2).flatMap { i in (-1...1).map { element(2 * row + i, column + $0) } }.reduce(-.infinity, max)
      }
    }
    #expect(evaluate(largest, DenseArray([]), x) == DenseArray(maxima, shape: [1, 1, 2, 6]))
    let means = (0..<4).flatMap { row in
      (0..<2).map { part in (0..<3).reduce(0.0) { $0 + x[0, 0, row, 3 * part + $1] } / 3 }
    }
    #expect(relativeDifference(evaluate(mean, DenseArray([]), x), DenseArray(means, shape: [1, 1, 4, 2])) < 1e-15)
  }

  @Test func poolingOfSequencesRunsAlongTheirOneAxis() {
    let x = DenseArray([1.0, 5, 3, 2, 0, 4, 8, 6], shape: [1, 2, 4])
    let largest = Network(inputs: [2, 4]) { MaxPool(2) }
    #expect(evaluate(largest, DenseArray([]), x) == DenseArray([5.0, 3, 4, 8], shape: [1, 2, 2]))
    let mean = Network(inputs: [2, 4]) { AveragePool(2) }
    #expect(evaluate(mean, DenseArray([]), x) == DenseArray([3.0, 2.5, 2, 7], shape: [1, 2, 2]))
  }

  @Test func globalAveragePoolingIsTheMeanOfEachChannel() {
    let network = Network(inputs: [2, 2, 2]) { GlobalAveragePool() }
    let x = DenseArray((0..<8).map(Double.init), shape: [1, 2, 2, 2])
    #expect(evaluate(network, DenseArray([]), x) == DenseArray([1.5, 5.5], shape: [1, 2]))
  }
}
