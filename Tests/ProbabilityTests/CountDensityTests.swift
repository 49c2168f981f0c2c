//  CountDensityTests.swift — densities of counts and of angles, and the logarithms that they are made of, against values that were
//  computed from their formulas with sixty digits.

import Arrays
import Foundation
import Probability
import Programs
import Testing

@Suite struct CountDensityTests {
  /// A value, and how it changes with the logarithm of each argument: derivatives times arguments.
  private func slopes(at arguments: [Double], _ body: @escaping @Sendable (Tensor) -> Tensor) -> [Double] {
    let found = LogDensity(dimension: arguments.count, body).valueAndGradient.run([DenseArray(arguments)])
    return [found[0].elements[0]] + zip(found[1].elements, arguments).map { $0 * ($1 == 0 ? 1 : $1) }
  }

  /// The largest difference, relative to the expected number where that is above 1.
  private func difference(_ found: [Double], _ value: Double, _ derivatives: [Double], at arguments: [Double]) -> Double
  {
    let expected = [value] + zip(derivatives, arguments).map { $0 * ($1 == 0 ? 1 : $1) }
    let differences = zip(found, expected).map { abs($0 - $1) / max(1, abs($1)) }
    return differences.contains { $0.isNaN } ? .infinity : differences.max() ?? .infinity
  }

  @Test(arguments: [
    (0.001, 0.002, 7.3132171044172354, -666.66994694640282, -166.66830561094595),
    (0.5, 3.0, 0.064538521137571172, -3.0666666666666667, -0.18037230554677605),
    (2.5, 1e8, -45.767019008157994, -17.717524123307122, -2.4999999812500002e-8),
    (1e8, 1e8, -138629444.05681731, -0.69314718305994532, -0.69314718305994532),
    (9.99, 10.01, -13.736218710401053, -0.71982361941094793, -0.71772029192401331),
    (1e-5, 40.0, 11.51288292962082, -100004.25352684286, -2.5315100637190212e-7),
    (300.0, 7.0, -33.416725930245229, -0.023103316845704794, -3.8524338638118749),
    (1e12, 1.0, -27.631021115928548, -1.0e-12, -28.208236780830581), (1e-60, 2.0, 138.15510557964274, -1e60, 0),
  ])
  func logBetaKeepsItsDigitsForLargeArguments(a: Double, b: Double, value: Double, byA: Double, byB: Double) {
    let found = slopes(at: [a, b]) { logBeta($0[0], $0[1]) }
    #expect(difference(found, value, [byA, byB], at: [a, b]) < 4e-14, "\(found)")
  }

  @Test(arguments: [
    (5.0, 2.0, 2.3025850929940457), (1000.0, 3.0, 18.9285038647141), (1e9, 4.0, 79.715009511437699),
    (1e9, 5e8, 693147169.97252104), (7.5, 2.25, 3.393861339202043), (0, 0, 0), (6, 6, 0), (6, 0, 0),
    (5, 6, -Double.infinity), (5, -1, -Double.infinity),
  ])
  func binomialCoefficientsOfLargeNumbersAndOfNothing(n: Double, k: Double, value: Double) {
    let found = slopes(at: [n, k]) { logChoose($0[0], $0[1]) }
    #expect(found[0] == value || abs(found[0] - value) < 1e-14 * max(1, abs(value)), "\(found)")
    #expect(found.dropFirst().allSatisfy { $0.isFinite })
  }

  @Test(arguments: [1e-3, 2.5, 9.2, 9.999, 10, 10.5, 30, 1e6, 1e12])
  func risingFactorialsAreProducts(x: Double) {
    var (product, slope) = (0.0, 0.0)
    for k in 0..<4 {
      let found = slopes(at: [x]) { logRisingFactorial($0[0], Tensor(Double(k))) }
      #expect(difference(found, product, [slope], at: [x]) < 1e-14, "\(found), \(product), \(slope)")
      product += log(x + Double(k))
      slope += 1 / (x + Double(k))
    }
  }

  @Test(arguments: [
    (0.0, 1.2, 2.5, -2.1125740487116747, -1.4261384121710519, -0.27457425461624913),
    (7.0, 1.2, 2.5, -3.1623273189645147, 1.5806740337500028, 0.017282002773035339),
    (7.0, -40.0, 0.6, -277.6178661484657, 6.9999999999999999, -8.1651289531724317),
    (0.0, -40.0, 0.6, -4.248354255291589e-18, -4.248354255291589e-18, -2.5067380386741879e-35),
    (3.0, 600.0, 2.0, -1197.2274112777602, -2.0, -597.22351948610672),
    (12.0, 2.0, 1e8, -3.3762705482885241, 4.6109435603641434, -4.6304006316572059e-16),
    (1e6, 14.0, 0.01, -18.471202324476151, -0.0016847127949554505, 95.939696611025035),
    (250.0, 5.5, 1e6, -3.7372749551514762, 5.3067692121670067, 1.1088794954185095e-10),
  ])
  func negativeBinomialByItsLogMean(
    count: Double, logMean: Double, shape: Double, value: Double, byLogMean: Double, byShape: Double
  ) {
    let arguments = [logMean, shape]
    let found = slopes(at: arguments) { count.logDensity(.negativeBinomial(logMean: $0[0], shape: $0[1])) }
    // What cancels is k log φ, and k here is up to a million.
    let tolerance = count > 1e5 ? 1e-10 : 1e-13
    #expect(difference(found, value, [byLogMean, byShape], at: arguments) < tolerance, "\(found)")
    let mean = exp(logMean)
    let byMean = slopes(at: [mean, shape]) { count.logDensity(.negativeBinomial(mean: $0[0], shape: $0[1])) }
    #expect(difference(byMean, value, [byLogMean / mean, byShape], at: [mean, shape]) < 10 * tolerance, "\(byMean)")
  }

  @Test(arguments: [
    (0.0, 9.0, 0.7, 2.2, -1.1759008426110713, -1.5514335862447935, 0.27488009754550811),
    (4.0, 9.0, 0.7, 2.2, -2.4838874205131304, 1.1060137770849229, -0.19269487871576345),
    (9.0, 9.0, 0.7, 2.2, -4.7853903760886959, 1.8882847209720051, -1.5514335862447935),
    (4.0, 9.0, 3e8, 1e8, -3.2459181584550997, -9.166666508333336e-9, 2.7499999225000027e-8),
    (30.0, 1e6, 2.0, 5e4, -4.1187356914718179, -0.017248671290674184, 9.5229886619627331e-6),
  ])
  func betaBinomialAgreesWithItsFormula(
    count: Double, trials: Double, a: Double, b: Double, value: Double, byA: Double, byB: Double
  ) {
    let found = slopes(at: [a, b]) { count.logDensity(.betaBinomial(trials, $0[0], $0[1])) }
    #expect(difference(found, value, [byA, byB], at: [a, b]) < (trials > 1e5 ? 1e-9 : 1e-13), "\(found)")
  }

  @Test func moreSuccessesThanTrialsAreImpossibleAndHarmNoOtherTerm() {
    // One of the numbers of trials that a sum goes through, as for a population of unknown size.
    for distribution: @Sendable (Tensor) -> Distribution in [
      { .binomial([4.0, 6], $0[0]) }, { .binomial([4.0, 6], logits: $0[0]) }, { .betaBinomial([4.0, 6], $0[0], 0.5) },
    ] {
      let found = slopes(at: [0.3]) { Tensor(5).logDensities(distribution($0)).logSumExp() }
      let alone = slopes(at: [0.3]) { Tensor(5).logDensities(distribution($0))[1] }
      #expect(zip(found, alone).allSatisfy { abs($0 - $1) < 1e-13 }, "\(found), \(alone)")
      #expect(slopes(at: [0.3]) { Tensor(5).logDensities(distribution($0))[0] }[0] == -.infinity)
    }
  }

  /// All ways to share n among three kinds.
  private static func shares(of n: Int) -> [[Double]] {
    (0...n).flatMap { first in (0...n - first).map { [first, $0, n - first - $0].map(Double.init) } }
  }

  @Test func countsByKindHaveMassOneAndTheirMeans() {
    let p = [0.2, 0.5, 0.3]
    let cases: [(Distribution, [Double])] = [
      (.multinomial(p), p), (.multinomial(logits: p.map { log($0) + 3 }), p),
      (.multinomial([0, 0.4, 0.6]), [0, 0.4, 0.6]), (.dirichletMultinomial(p.map { 2.5 * $0 }), p),
    ]
    for n in [0, 1, 7] {
      let shares = Self.shares(of: n)
      for (index, (distribution, expected)) in cases.enumerated() {
        let densities = evaluate([]) { _ in exp(shares.logDensities(distribution)) }
        #expect(abs(densities.reduce(0, +) - 1) < 1e-13, "case \(index) of \(n)")
        for kind in 0..<3 {
          let mean = zip(densities, shares).reduce(0) { $0 + $1.0 * $1.1[kind] }
          #expect(abs(mean - Double(n) * expected[kind]) < 1e-12, "case \(index) of \(n)")
        }
      }
    }
  }

  @Test func countsByKindAgreeWithTheirFormulas() {
    let counts = [3.0, 0, 5]
    let values = evaluate([]) { _ in
      stack([
        counts.logDensity(.multinomial([0.2, 0.5, 0.3])), counts.logDensity(.dirichletMultinomial([0.7, 1.5, 2.2])),
        [1e8, 3e8, 6e8 + 5].logDensity(.multinomial([0.1, 0.3, 0.6])),
      ])
    }
    #expect(abs(values[0] + 6.8228260681968319) < 1e-13)
    #expect(abs(values[1] + 4.1176846577766255) < 1e-13)
    // Shares of 10⁹ to rounding are known to 10⁻⁷, and so is their density.
    #expect(abs(values[2] + 20.552451181735013) < 1e-5)
    // Of a count for one kind in two it is binomial.
    let pair = evaluate([]) { _ in
      stack([[4.0, 5].logDensity(.multinomial([0.3, 0.7])), 4.0.logDensity(.binomial(9, 0.3))])
    }
    #expect(abs(pair[0] - pair[1]) < 1e-13)
  }

  @Test(arguments: [
    (0.4, 1.0, 0.0, -1.8378770664093455, 0.0, 0.82533561490967831),
    (0.4, 1.0, 0.3, -1.6126510705584839, 0.1693927420185106, 0.67699818796880305),
    (-2.0, 1.0, 7.5, -14.854409498987961, 1.0584000604490042, -1.9207172309495725),
    (3.1, -3.1, 24.9, 0.5972681935220819, 2.0689261301556603, 0.016832680287657009),
    (3.1, -3.1, 25.0, 0.598947354171848, 2.07723507043741, 0.016750643532701559),
    (0.4, 1.0, 80.0, -12.70264841842068, 45.171397871602827, -0.16839460480318953),
    (1.0001, 1.0, 1e7, 7.0901092798161642, -999.9999983332232, 4.5000001254167893e-8),
  ])
  func anglesAgreeWithTheirFormula(
    x: Double, direction: Double, concentration: Double, value: Double, byX: Double, byConcentration: Double
  ) {
    let arguments = [x, concentration]
    let found = slopes(at: arguments) { $0[0].logDensity(.vonMises(direction, concentration: $0[1])) }
    #expect(difference(found, value, [byX, byConcentration], at: arguments) < 1e-13, "\(found)")
  }

  @Test(arguments: [0, 0.7, 24, 26, 55, 300.0]) func aTurnHasMassOneWhereverItBegins(concentration: Double) {
    // The trapezoidal rule over a period.
    let count = 400
    let angles = (0..<count).map { 5 + 2 * Double.pi * Double($0) / Double(count) }
    let densities = evaluate([]) { _ in exp(angles.logDensities(.vonMises(1, concentration: concentration))) }
    #expect(abs(densities.reduce(0, +) * 2 * Double.pi / Double(count) - 1) < 1e-13)
  }

  @Test func countsThatCannotBeEndTheProgram() async {
    await #expect(processExitsWith: .failure) { _ = [1.5, 0].logDensity(.multinomial([0.5, 0.5])) }
    await #expect(processExitsWith: .failure) { _ = (-1.0).logDensity(.betaBinomial(5, 1, 1)) }
    await #expect(processExitsWith: .failure) { _ = 0.5.logDensity(.negativeBinomial(logMean: 0, shape: 1)) }
  }
}
