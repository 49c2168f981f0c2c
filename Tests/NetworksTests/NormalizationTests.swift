import Arrays
import GoldenValues
import Networks
import Programs
import Testing

@Suite struct NormalizationTests {
  /// (x − mean) / √(biased variance + 1e−5) over positions, by loops.
  private func normalise(_ x: inout DenseArray<Double>, at positions: [Int], scale: [Double], shift: [Double]) {
    let values = positions.map { x.elements[$0] }
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(values.count)
    x.withUnsafeMutableElements { elements in
      for (index, position) in positions.enumerated() {
        elements[position] = scale[index] * (values[index] - mean) / (variance + 1e-5).squareRoot() + shift[index]
      }
    }
  }

  @Test func layerNormalisationIsOverTheLastAxisOfEachExample() {
    let network = Network(inputs: [2, 5]) { LayerNormalization() }
    let theta = sample([10])
    let x = sample([3, 2, 5], seed: 2)
    var expected = x
    for row in 0..<6 {
      normalise(
        &expected, at: Array(row * 5..<row * 5 + 5), scale: Array(theta.elements[..<5]),
        shift: Array(theta.elements[5...]))
    }
    #expect(relativeDifference(evaluate(network, theta, x), expected) < 1e-12)
  }

  @Test func groupNormalisationIsOverChannelsOfAGroupOfEachExample() {
    let network = Network(inputs: [4, 3, 2]) { GroupNormalization(groups: 2) }
    let theta = sample([8])
    let x = sample([3, 4, 3, 2], seed: 2)
    var expected = x
    for group in 0..<6 {
      let positions = Array(group * 12..<group * 12 + 12)
      let channels = positions.map { $0 / 6 % 4 }
      normalise(
        &expected, at: positions, scale: channels.map { theta.elements[$0] },
        shift: channels.map { theta.elements[4 + $0] })
    }
    #expect(relativeDifference(evaluate(network, theta, x), expected) < 1e-12)
  }

  @Test func batchNormalisationIsOverExamplesAndPositionsOfEachChannel() {
    let network = Network(inputs: [2, 3]) { BatchNormalization() }
    let theta = sample([4])
    let x = sample([5, 2, 3], seed: 2)
    var expected = x
    for channel in 0..<2 {
      let positions = x.elements.indices.filter { $0 / 3 % 2 == channel }
      normalise(
        &expected, at: positions, scale: positions.map { _ in theta.elements[channel] },
        shift: positions.map { _ in theta.elements[2 + channel] })
    }
    #expect(relativeDifference(evaluate(network, theta, x, mode: .training), expected) < 1e-12)
  }

  /// With means of zero and variances of one the initial running statistics only divide by √(1 + ε).
  @Test(arguments: [NetworkMode.evaluation, .sampling])
  func batchNormalisationOutsideOfTrainingUsesRunningStatistics(_ mode: NetworkMode) {
    let network = Network(inputs: 2) { BatchNormalization() }
    let y = evaluate(network, DenseArray([2.0, 1, 0, 3]), DenseArray(rows: [[4.0, 5]]), mode: mode)
    let root = 1.00001.squareRoot()
    #expect(relativeDifference(y, DenseArray(rows: [[8 / root, 5 / root + 3]])) < 1e-14)
  }
}
