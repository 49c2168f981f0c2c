//  LimitedMemoryBFGSTests.swift — the quasi-Newton method on functions whose minimum is known.

import Arrays
import Foundation
import Optimization
import Testing

/// Σ 100 (x₂ᵢ₊₁ − x₂ᵢ²)² + (1 − x₂ᵢ)²; minimum 0 at 1.
private func rosenbrock<Element: Scalar>(
  _ x: UnsafeBufferPointer<Element>, _ g: UnsafeMutableBufferPointer<Element>
) -> Double {
  var value = 0.0
  for i in stride(from: 0, to: x.count, by: 2) {
    let a = Double(x[i]), valley = Double(x[i + 1]) - a * a
    value += 100 * valley * valley + (1 - a) * (1 - a)
    g[i] = Element(-400 * a * valley - 2 * (1 - a))
    g[i + 1] = Element(200 * valley)
  }
  return value
}

@Suite struct LimitedMemoryBFGSTests {
  @Test(arguments: [2, 100]) func theRosenbrockValleyIsFollowedToItsEnd(count: Int) {
    let start = (0..<count).map { $0 % 2 == 0 ? -1.2 : 1.0 }
    let minimum = LimitedMemoryBFGS(gradientTolerance: 1e-8).minimize(from: start, rosenbrock)
    #expect(minimum.outcome == .gradientVanished)
    #expect(minimum.position.allSatisfy { abs($0 - 1) < 1e-8 })
    #expect(minimum.gradientMaximum <= 1e-8 && minimum.value < 1e-15)
    #expect(minimum.evaluations < 100)
  }

  @Test func floatReachesItsPrecision() {
    let minimum = LimitedMemoryBFGS(gradientTolerance: 1e-3).minimize(from: [-1.2, 1] as [Float], rosenbrock)
    #expect(minimum.position.allSatisfy { abs($0 - 1) < 2e-3 })
  }

  /// ½ Σ λᵢ (xᵢ − i)², λ from 1 to 10⁶: the error of xᵢ is the gradient's over λᵢ.
  @Test func anIllConditionedQuadraticIsSolved() {
    let count = 12
    func curvature(_ i: Int) -> Double {
      var product = 1.0
      for _ in 0..<i { product *= 3.5 }  // 3.5¹¹ is about 10⁶
      return product
    }
    let curvatures = (0..<count).map(curvature)
    let minimum = LimitedMemoryBFGS(history: 20, iterationLimit: 500, gradientTolerance: 1e-7).minimize(
      from: [Double](repeating: 0, count: count)
    ) { x, g in
      var value = 0.0
      for i in 0..<count {
        let difference = x[i] - Double(i)
        g[i] = curvatures[i] * difference
        value += 0.5 * g[i] * difference
      }
      return value
    }
    #expect(minimum.outcome == .gradientVanished)
    for i in 0..<count { #expect(abs(minimum.position[i] - Double(i)) <= 1.1e-7 / curvatures[i] + 1e-13) }
  }

  @Test func limitsAndBrokenFunctionsAreReported() {
    let short = LimitedMemoryBFGS(iterationLimit: 3).minimize(from: [-1.2, 1.0], rosenbrock)
    #expect(short.outcome == .iterationLimitReached && short.iterations == 3)
    let broken = LimitedMemoryBFGS().minimize(from: [1.0]) { _, g in
      g[0] = 1
      return .nan
    }
    #expect(broken.outcome == .notFinite)
    let atMinimum = LimitedMemoryBFGS().minimize(from: [1.0, 1.0], rosenbrock)
    #expect(atMinimum.outcome == .gradientVanished && atMinimum.evaluations == 1)
    // A gradient of the wrong sign: no step length can decrease the function.
    let wrong = LimitedMemoryBFGS().minimize(from: [3.0]) { x, g in
      g[0] = -2 * x[0]
      return x[0] * x[0]
    }
    #expect(wrong.outcome == .lineSearchFailed && wrong.position == [3])
  }

  @Test func stepsNeverEnterWhereTheFunctionIsNotFinite() {
    // x − log x for x > 0: from 50, steps that double their length leave the domain.
    let minimum = LimitedMemoryBFGS().minimize(from: [50.0]) { x, g in
      guard x[0] > 0 else {
        g[0] = .nan
        return .infinity
      }
      g[0] = 1 - 1 / x[0]
      return x[0] - log(x[0])
    }
    #expect(abs(minimum.position[0] - 1) < 1e-5)
  }
}
