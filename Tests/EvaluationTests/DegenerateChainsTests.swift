//  DegenerateChainsTests.swift — chains that stand still, that jump between two numbers, or that lie far from zero.

import Evaluation
import Foundation
import Testing

@Suite struct DegenerateChainsTests {
  private func findings(_ draws: [[Double]]) -> [ConvergenceFinding] {
    ConvergenceFinding.all(in: [ConvergenceSummary(Chains(draws), name: "x")])
  }

  /// −1 and 1, so many of 100 the latter, spread over the chain.
  private func signs(_ ones: Int) -> [Double] { (0..<100).map { $0 * 37 % 100 < ones ? 1 : -1 } }

  @Test func chainsThatStandStillAtDifferentPlacesDisagree() {
    let chains = [0, 1, 2, 3.1].map { [Double](repeating: $0, count: 100) }
    #expect(Chains(chains).rHat == .infinity)
    let found = findings(chains)
    #expect(found.contains(.chainsDisagree(["x"], worst: .infinity)) && !found.contains(.constant(["x"])), "\(found)")
    #expect(found.contains(.stuckChains([0, 1, 2, 3], of: ["x"])))
    #expect(
      ConvergenceFinding.chainsDisagree(["x"], worst: .infinity).problem
        == "The chains disagree on x: each stands still, and not all at one place.")
  }

  /// The absolute deviations from a median of 0 are all 1: R-hat is that of locations. Computed from the equations in NumPy.
  @Test(arguments: [([2, 2, 98, 98], 3.761079), ([50, 50, 50, 50], 0.990856)])
  func asManyOfOneNumberAsOfAnotherHaveAnRHat(ones: [Int], expected: Double) {
    let chains = Chains(ones.map(signs))
    #expect(chains.mean == 0)
    #expect(chains.foldedRHat.isNaN && abs(chains.rHat - expected) < 1e-6, "\(chains.rHat)")
  }

  @Test func whatCannotBeKnownIsSaid() {
    let chain = (0..<101).map { $0 == 50 ? 1.0 : 0 }
    let found = findings([chain, chain, chain, chain])
    #expect(found.contains(.undefined(["x"])), "\(found)")
  }

  @Test func deviationsFarFromZeroKeepTheirDigits() {
    let near = (0..<4).map { chain in (0..<400).map { Foundation.sin(Double($0 * 7 + chain * 13)) } }
    // Above 2⁴⁰ a draw keeps 12 bits: the near ones are given as many. The mean is known to half of 2⁻¹², a sum of the draws as they are
    // only to some 2⁻³.
    let rounded = near.map { $0.map { ($0 * 4096).rounded() / 4096 } }
    let (close, far) = (Chains(rounded), Chains(rounded.map { $0.map { $0 + 0x1.8p40 } }))
    #expect(abs(far.mean - 0x1.8p40 - close.mean) < 2e-4)
    #expect(abs(far.standardDeviation / close.standardDeviation - 1) < 2e-8)
  }

  /// Draws of a place and a unit: multiples of 2⁻¹⁰, so that powers of two and their sums change no digit.
  private func draws(place: Double, unit: Double) -> Chains {
    Chains(
      (0..<4).map { chain in
        (0..<200).map { index in
          let walk = sin(Double(index * index + 7 * chain)) + 0.5 * sin(0.3 * Double(index))
          return ((walk * 1024).rounded() / 1024 + place) * unit
        }
      })
  }

  @Test(arguments: [(0.0, 0x1p-700), (0, 0x1p660), (0x1p36, 1), (-0x1p36, 0x1p-600), (0, 0x1.8p-1040)])
  func theUnitAndThePlaceOfDrawsDoNotMatter(place: Double, unit: Double) {
    let (plain, other) = (draws(place: 0, unit: 1), draws(place: place, unit: unit))
    func alike(_ value: (Chains) -> Double, from origin: Double = 0, unit: Double = 1) -> Bool {
      let (expected, found) = (value(plain), value(other))
      return expected.isFinite && abs((found / unit - origin) / expected - 1) < 1e-8
    }
    #expect(alike { $0.rHat } && alike { $0.splitRHat } && alike { $0.foldedRHat })
    #expect(alike { $0.bulkEffectiveSampleSize } && alike { $0.tailEffectiveSampleSize })
    #expect(alike { $0.meanEffectiveSampleSize } && alike { $0.standardDeviationEffectiveSampleSize })
    #expect(alike({ $0.standardDeviation }, unit: unit) && alike({ $0.meanError }, unit: unit))
    #expect(alike({ $0.standardDeviationError }, unit: unit) && alike({ $0.medianError }, unit: unit))
    #expect(abs(other.mean / unit - place - plain.mean) < 1e-4)
    #expect(alike { $0.autocorrelation(lags: 3)[1][2] })
  }

  @Test func theGreatestNumbersHaveAMean() {
    let chains = Chains([[-1, 1, -0.5, 0.5], [1, -1, 0.25, 0.75]].map { $0.map { $0 * 0x1p1023 } })
    #expect(chains.mean == 0x1p1020 && chains.standardDeviation.isFinite)
  }
}
