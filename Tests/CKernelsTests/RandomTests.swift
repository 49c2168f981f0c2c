//  RandomTests.swift — Philox against its published answers; random fills as functions of the index; their distributions.

import CKernels
import Foundation
import Testing

private let key = credence_random_key(seed: 11, stream: 22, step: 33, site: 44)

/// Source: the known-answer tests that accompany Salmon et al. (2011).
@Test(arguments: [
  (counter: UInt32(0), key: UInt32(0), answer: [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8] as [UInt32]),
  (counter: .max, key: .max, answer: [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
])
func philoxGivesItsPublishedAnswers(counter: UInt32, key: UInt32, answer: [UInt32]) {
  var out = [UInt32](repeating: 0, count: 4)
  credence_philox([counter, counter, counter, counter], [key, key], &out)
  #expect(out == answer)
}

private func checkSplits<Element: KernelElement>(_ set: InstructionSet, as type: Element.Type) {
  for distribution in [CREDENCE_UNIFORM, CREDENCE_NORMAL, CREDENCE_COARSE_UNIFORM] {
    let whole = Element.random(distribution, set, key: key, start: 0, count: 301)
    for (start, count) in [(0, 1), (1, 1), (63, 2), (5, 200), (64, 64), (100, 201), (300, 1), (17, 0)] {
      let part = Element.random(distribution, set, key: key, start: UInt64(start), count: count)
      #expect(part == Array(whole[start..<start + count]), "\(start) ..< \(start + count)")
    }
    let far = UInt64(1) << 40
    let next = Element.random(distribution, set, key: key, start: far, count: 10)
    #expect(next != Array(whole[..<10]))
  }
}

@Test(arguments: InstructionSet.available)
func anElementIsAFunctionOfItsIndex(set: InstructionSet) {
  checkSplits(set, as: Float.self)
  checkSplits(set, as: Double.self)
}

@Test func everyPartOfTheKeyCounts() {
  let first = Double.random(CREDENCE_UNIFORM, .baseline, key: key, start: 0, count: 8)
  var others = [key, key, key, key, key]
  others[0].seed += 1
  others[1].stream += 1
  others[2].step += 1
  others[3].site += 1
  others[4].stream = key.step  // exchanged
  others[4].step = key.stream
  var seen: Set<[Double]> = [first]
  for other in others { seen.insert(Double.random(CREDENCE_UNIFORM, .baseline, key: other, start: 0, count: 8)) }
  #expect(seen.count == 6)
}

@Test(arguments: InstructionSet.available)
func instructionSetsAgreeOnUniformsExactlyAndOnNormalsToRounding(set: InstructionSet) {
  let ours = Float.random(CREDENCE_UNIFORM, set, key: key, start: 3, count: 500)
  #expect(ours == Float.random(CREDENCE_UNIFORM, .baseline, key: key, start: 3, count: 500))
  let coarse = Float.random(CREDENCE_COARSE_UNIFORM, set, key: key, start: 3, count: 500)
  #expect(coarse == Float.random(CREDENCE_COARSE_UNIFORM, .baseline, key: key, start: 3, count: 500))
  #expect(coarse.map(Double.init) == Double.random(CREDENCE_COARSE_UNIFORM, set, key: key, start: 3, count: 500))
  let normal = Double.random(CREDENCE_NORMAL, set, key: key, start: 3, count: 500)
  let baseline = Double.random(CREDENCE_NORMAL, .baseline, key: key, start: 3, count: 500)
  for (x, y) in zip(normal, baseline) { #expect(abs(x - y) <= 1e-14 * max(1, abs(y))) }
}

/// The Kolmogorov-Smirnov distance times the square root of n. Above 1.95 with probability 0.001 under the hypothesis.
private func kolmogorovSmirnov(_ x: [Double], _ distribution: (Double) -> Double) -> Double {
  let n = Double(x.count)
  var distance = 0.0
  for (i, value) in x.sorted().enumerated() {
    let p = distribution(value)
    distance = max(distance, p - Double(i) / n, Double(i + 1) / n - p)
  }
  return distance * n.squareRoot()
}

private func checkDistributions<Element: KernelElement>(_ set: InstructionSet, as type: Element.Type) {
  let n = 400_000
  let uniform = Element.random(CREDENCE_UNIFORM, set, key: key, start: 9, count: n).map(Double.init)
  #expect(uniform.allSatisfy { $0 > 0 && $0 < 1 })
  #expect(kolmogorovSmirnov(uniform) { $0 } < 1.95)
  let coarse = Element.random(CREDENCE_COARSE_UNIFORM, set, key: key, start: 9, count: n).map(Double.init)
  #expect(coarse.allSatisfy { $0 > 0 && $0 < 1 && $0 * 131_072 == ($0 * 131_072).rounded() })
  #expect(kolmogorovSmirnov(coarse) { $0 } < 1.95)
  // Both halves of a word and neighbouring words are uncorrelated; the variance is 1 / 12.
  for lag in [1, 16, 64, 128] {
    let correlation = (0..<n - lag).reduce(0) { $0 + (coarse[$1] - 0.5) * (coarse[$1 + lag] - 0.5) } * 12 / Double(n)
    #expect(abs(correlation) < 4 / Double(n).squareRoot(), "lag \(lag)")
  }
  let normal = Element.random(CREDENCE_NORMAL, set, key: key, start: 9, count: n).map(Double.init)
  #expect(kolmogorovSmirnov(normal) { 0.5 * erfc(-$0 / 2.0.squareRoot()) } < 1.95)
  // Moments within four standard errors: the variances of x, x^2, x^3 and x^4 are 1, 2, 15 and 96.
  for (power, exact, variance) in [(1, 0.0, 1.0), (2, 1, 2), (3, 0, 15), (4, 3, 96)] {
    let moment = normal.reduce(0) { $0 + pow($1, Double(power)) } / Double(n)
    #expect(abs(moment - exact) < 4 * (variance / Double(n)).squareRoot(), "moment \(power)")
  }
  // Neighbours and the two numbers of a pair, 16 apart, are uncorrelated.
  for lag in [1, 16, 32, 64] {
    let correlation = (0..<n - lag).reduce(0) { $0 + normal[$1] * normal[$1 + lag] } / Double(n)
    #expect(abs(correlation) < 4 / Double(n).squareRoot(), "lag \(lag)")
    func excess(_ i: Int) -> Double { normal[i] * normal[i] - 1 }
    let squares = (0..<n - lag).reduce(0) { $0 + excess($1) * excess($1 + lag) }
    #expect(abs(squares / Double(n)) < 4 * 2 / Double(n).squareRoot(), "squares, lag \(lag)")
  }
}

@Test(arguments: InstructionSet.available)
func fillsHaveTheirDistributions(set: InstructionSet) {
  checkDistributions(set, as: Float.self)
  checkDistributions(set, as: Double.self)
}
