//  AccuracyTests.swift — the elementwise functions against the C library, in units in the last place.
//
//  `Float` is held against the C library in double, `Double` against its own precision: there the reference may itself be
//  off by one unit, and composed references (sigmoid, softplus) by two.

import CKernels
import Foundation
import Testing

/// A function, what it is compared with, and the intervals of arguments.
struct Reference: Sendable, CustomTestStringConvertible {
  let name: String
  let function: credence_unary
  let value: @Sendable (Double) -> Double
  let intervals: [ClosedRange<Double>]
  var testDescription: String { name }

  static let all: [Reference] = [
    Reference("exp", CREDENCE_EXP, [-1...1, -110...90, -750...711], { exp($0) }),
    Reference("expm1", CREDENCE_EXPM1, [-1e-3...1e-3, -2...2, -45...90, -40...711], { expm1($0) }),
    Reference("log", CREDENCE_LOG, [0.5...2, 0...1e6, 0...1e-300, 0...1e-40], { log($0) }),
    Reference("log1p", CREDENCE_LOG1P, [-1e-3...1e-3, -1...3, 0...1e6], { log1p($0) }),
    Reference("sine", CREDENCE_SINE, [-1e-3...1e-3, -10...10, -2e6...2e6], { sin($0) }),
    Reference("cosine", CREDENCE_COSINE, [-1e-3...1e-3, -10...10, -2e6...2e6], { cos($0) }),
    Reference("tanh", CREDENCE_TANH, [-1e-3...1e-3, -1...1, -25...25], { tanh($0) }),
    Reference("sigmoid", CREDENCE_SIGMOID, [-1...1, -40...40, -745...0], { sigmoid($0) }),
    Reference("softplus", CREDENCE_SOFTPLUS, [-1...1, -40...40, -745...0], { max($0, 0) + log1p(exp(-abs($0))) }),
    Reference("erf", CREDENCE_ERF, [-1e-3...1e-3, -1...1, -6...6], { erf($0) }),
    Reference("square root", CREDENCE_SQUARE_ROOT, [0...10, 0...1e-300], { $0.squareRoot() }),
    Reference("reciprocal square root", CREDENCE_RECIPROCAL_SQUARE_ROOT, [1e-30...10], { 1 / $0.squareRoot() }),
    Reference("floor", CREDENCE_FLOOR, [-10...10, -1e15...1e15], { $0.rounded(.down) }),
  ]

  init(
    _ name: String, _ function: credence_unary, _ intervals: [ClosedRange<Double>],
    _ value: @escaping @Sendable (Double) -> Double
  ) {
    self.name = name
    self.function = function
    self.value = value
    self.intervals = intervals
  }

  private static func sigmoid(_ x: Double) -> Double { x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x)) }
}

/// The largest error over `count` random arguments of an interval, and where, in units in the last place of the result.
func largestError<Element: KernelElement>(
  of reference: Reference, on interval: ClosedRange<Double>, _ set: InstructionSet, as type: Element.Type
) -> (units: Double, argument: Double) {
  var generator = SystemlessGenerator(state: 42)
  let x = (0..<20_001).map { _ in Element(Double.random(in: interval, using: &generator)) }
  let y = Element.unary(reference.function, set, x)
  var worst = (units: 0.0, argument: 0.0)
  for (argument, result) in zip(x, y) {
    let exact = reference.value(Double(argument))
    let rounded = Element(exact)
    if rounded.isNaN || rounded.isInfinite || result.isNaN || result.isInfinite {
      if !(rounded == result || (rounded.isNaN && result.isNaN)) { worst = (.infinity, Double(argument)) }
      continue
    }
    let error = abs(Double(result) - exact) / Double(rounded.ulp)
    if error > worst.units { worst = (error, Double(argument)) }
  }
  return worst
}

@Test(arguments: InstructionSet.available, Reference.all)
func floatFunctionsAreWithinThreeUnits(set: InstructionSet, reference: Reference) {
  for interval in reference.intervals {
    let worst = largestError(of: reference, on: interval, set, as: Float.self)
    #expect(worst.units <= 3, "\(reference.name) at \(worst.argument)")
  }
}

@Test(arguments: InstructionSet.available, Reference.all)
func doubleFunctionsAreWithinFourUnits(set: InstructionSet, reference: Reference) {
  for interval in reference.intervals {
    let worst = largestError(of: reference, on: interval, set, as: Double.self)
    #expect(worst.units <= 4, "\(reference.name) at \(worst.argument)")
  }
}

@Test(arguments: InstructionSet.available)
func powersAreWithinTwoUnits(set: InstructionSet) {
  var generator = SystemlessGenerator(state: 7)
  let x = (0..<5000).map { _ in Float.random(in: 0...8, using: &generator) } + [0, -2, -2, .infinity, 0, 1, -8]
  let y = (0..<5000).map { _ in Float.random(in: -40...40, using: &generator) } + [0, 3, 0.5, -1, -1, .infinity, 1 / 3]
  for (i, z) in Float.binary(CREDENCE_POWER, set, x, y).enumerated() {
    let exact = pow(Double(x[i]), Double(y[i])), rounded = Float(exact)
    let agrees = rounded.isFinite ? abs(Double(z) - exact) <= 2 * Double(rounded.ulp) : z == rounded
    #expect(agrees || (rounded.isNaN && z.isNaN), "\(x[i]) to the \(y[i]): \(z), exactly \(exact)")
  }
  let wide = Double.binary(CREDENCE_POWER, set, x.map(Double.init), y.map(Double.init))
  for (i, z) in wide.enumerated() {
    let exact = pow(Double(x[i]), Double(y[i]))
    #expect(z == exact || (z.isNaN && exact.isNaN))
  }
}

/// A generator of test arguments that is the same everywhere: SplitMix64 [Steele, Lea and Flood 2014].
struct SystemlessGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
