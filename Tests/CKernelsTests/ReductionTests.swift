//  ReductionTests.swift — sums, rows, transposes and products against plain loops in double.

import CKernels
import Foundation
import Testing

private func numbers<Element: KernelElement>(_ count: Int, _ seed: UInt64) -> [Element] {
  var generator = SystemlessGenerator(state: seed)
  return (0..<count).map { _ in Element(Double.random(in: -2...2, using: &generator)) }
}

private func checkSums<Element: KernelElement>(_ set: InstructionSet, as type: Element.Type) {
  for n in [0, 1, 2, 7, 16, 31, 64, 65, 1000] {
    let x: [Element] = numbers(n, 1), y: [Element] = numbers(n, 2)
    let tolerance = Double(Element.ulpOfOne) * Double(n)
    #expect(abs(Double(Element.sum(set, x)) - x.reduce(0) { $0 + Double($1) }) <= 2 * tolerance)
    let product = zip(x, y).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    #expect(abs(Double(Element.dot(set, x, y)) - product) <= 4 * tolerance)
    #expect(Element.maximum(set, x) == x.max() ?? -.infinity)
  }
}

@Test(arguments: InstructionSet.available)
func sumsAndMaximaAgreeWithLoops(set: InstructionSet) {
  checkSums(set, as: Float.self)
  checkSums(set, as: Double.self)
}

private func checkRows<Element: KernelElement>(_ set: InstructionSet, as type: Element.Type) {
  for columns in [1, 2, 3, 10, 16, 33] {
    let rows = 4
    var x: [Element] = numbers(rows * columns, 3)
    for j in 0..<columns { x[columns + j] += 1000 }  // a row that would overflow without its shift
    let softmax = Element.softmax(set, x, rows: rows), total = Element.logSumExp(set, x, rows: rows)
    let labels = (0..<rows).map { Element($0 % columns) }
    let entropy = Element.crossEntropy(set, x, labels: labels)
    for r in 0..<rows {
      let row = x[r * columns..<(r + 1) * columns].map(Double.init), shift = row.max() ?? 0
      let exact = shift + log(row.reduce(0) { $0 + exp($1 - shift) })
      let tolerance = 8 * Double(Element.ulpOfOne)
      #expect(abs(Double(total[r]) - exact) <= tolerance * max(1, abs(exact)))
      #expect(abs(Double(entropy[r]) - (exact - row[r % columns])) <= tolerance * max(1, abs(exact)))
      for j in 0..<columns {
        #expect(abs(Double(softmax[r * columns + j]) - exp(row[j] - exact)) <= 100 * tolerance)
      }
    }
  }
  #expect(Element.logSumExp(set, [-.infinity, -.infinity], rows: 1) == [-.infinity])
  #expect(Element.logSumExp(set, [0, .infinity], rows: 1) == [.infinity])
  let outside = Element.crossEntropy(set, [1, 2, 3, 4, 5, 6], labels: [3, -1])
  #expect(outside.allSatisfy { $0.isNaN })
}

@Test(arguments: InstructionSet.available)
func rowsAgreeWithLoopsAndDoNotOverflow(set: InstructionSet) {
  checkRows(set, as: Float.self)
  checkRows(set, as: Double.self)
}

private func checkMatrices<Element: KernelElement>(_ set: InstructionSet, as type: Element.Type) {
  for (m, n, k) in [(1, 1, 1), (3, 5, 2), (17, 33, 9), (70, 130, 300), (16, 64, 64), (5, 10, 0)] {
    let a: [Element] = numbers(m * k, 4), b: [Element] = numbers(k * n, 5)
    let turned = Element.transpose(set, b, rows: k, columns: n)
    #expect((0..<n).allSatisfy { j in (0..<k).allSatisfy { turned[j * k + $0] == b[$0 * n + j] } })
    let c = Element.product(set, a, b, m: m, n: n, k: k)
    var worst = 0.0
    for i in 0..<m {
      for j in 0..<n {
        let exact = (0..<k).reduce(0.0) { $0 + Double(a[i * k + $1]) * Double(b[$1 * n + j]) }
        worst = max(worst, abs(Double(c[i * n + j]) - exact))
      }
    }
    #expect(worst <= Double(Element.ulpOfOne) * 4 * Double(k), "\(m) x \(k) times \(k) x \(n)")
  }
}

@Test(arguments: InstructionSet.available)
func transposesAndProductsAgreeWithLoops(set: InstructionSet) {
  checkMatrices(set, as: Float.self)
  checkMatrices(set, as: Double.self)
}
