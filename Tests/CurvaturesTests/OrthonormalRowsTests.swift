//  OrthonormalRowsTests.swift — a basis stays orthonormal whatever the rows are that it is made of.

import Arrays
import Curvatures
import Probability
import Testing

@Suite struct OrthonormalRowsTests {
  private func inner<Element: Scalar>(_ a: DenseArray<Element>, _ i: Int, _ b: DenseArray<Element>, _ j: Int) -> Double
  {
    (0..<a.shape[1]).reduce(0) { $0 + Double(a[i, $1]) * Double(b[j, $1]) }
  }

  private func check<Element: Scalar>(_ rows: DenseArray<Element>, rounding: Double) {
    let basis = orthonormalRows(rows)
    let count = rows.shape[0]
    for i in 0..<count {
      for j in 0..<count { #expect(abs(inner(basis, i, basis, j) - (i == j ? 1 : 0)) < rounding) }
      // Each row lies in the space of the basis.
      let length = inner(rows, i, rows, i)
      let within = (0..<count).reduce(0) { $0 + inner(rows, i, basis, $1) * inner(rows, i, basis, $1) }
      #expect(abs(within - length) <= rounding * length)
    }
  }

  @Test func rowsThatAreNearlyOneAreTurnedIntoABasis() {
    var random = Philox(seed: 3)
    let (first, others): (DenseArray<Double>, DenseArray<Double>) = (
      random.normal(shape: [1, 20]), random.normal(shape: [6, 20])
    )
    // Lengths 10⁰ to 10⁻⁵ beside the first row: their squares are beyond the rounding of one.
    let rows = DenseArray(
      (0..<120).map {
        first.elements[$0 % 20] + Double(sign: .plus, exponent: -5 * ($0 / 20), significand: 1) * others.elements[$0]
      },
      shape: [6, 20])
    check(rows, rounding: 1e-13)
    check(rows.converted(to: Float.self), rounding: 1e-5)
  }

  @Test func rowsThatDependOnEachOtherAreCompleted() {
    check(DenseArray<Double>([1, 2, 0, 2, 4, 0, 0, 0, 0], shape: [3, 3]), rounding: 1e-14)
    check(DenseArray<Float>(repeating: 0, shape: [2, 5]), rounding: 1e-6)
  }
}
