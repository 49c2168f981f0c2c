//  EdgeTests.swift — infinities, zeros and NaN; and that an element's result does not depend on its position.

import CKernels
import Testing

private let allUnary = (0..<CREDENCE_UNARY_COUNT.rawValue).map { credence_unary(rawValue: $0) }
private let allBinary = (0..<CREDENCE_BINARY_COUNT.rawValue).map { credence_binary(rawValue: $0) }

private func checkNotANumber<Element: KernelElement>(_ set: InstructionSet, as type: Element.Type) {
  for function in allUnary where function != CREDENCE_STEP {
    #expect(Element.unary(function, set, [1, .nan, 2])[1].isNaN, "unary \(function.rawValue)")
  }
  for function in [
    CREDENCE_ADD, CREDENCE_SUBTRACT, CREDENCE_MULTIPLY, CREDENCE_DIVIDE, CREDENCE_MAXIMUM, CREDENCE_MINIMUM,
  ] {
    let z = Element.binary(function, set, [.nan, 1, 1], [1, .nan, 2])
    #expect(z[0].isNaN && z[1].isNaN && !z[2].isNaN, "binary \(function.rawValue)")
  }
  for n in [1, 3, 17, 100] {
    var x = [Element](repeating: 1, count: n)
    x[n / 2] = .nan
    #expect(Element.maximum(set, x).isNaN && Element.sum(set, x).isNaN)
    #expect(Element.softmax(set, x, rows: 1).allSatisfy { $0.isNaN })
    #expect(Element.logSumExp(set, x, rows: 1)[0].isNaN)
  }
}

@Test(arguments: InstructionSet.available)
func notANumberIsNeverLost(set: InstructionSet) {
  checkNotANumber(set, as: Float.self)
  checkNotANumber(set, as: Double.self)
}

private func checkLimits<Element: KernelElement>(_ set: InstructionSet, as type: Element.Type) {
  let ends: [Element] = [-.infinity, .infinity, 0, -0.0, -1]
  func values(_ function: credence_unary) -> [Element] { Element.unary(function, set, ends) }
  #expect(values(CREDENCE_EXP)[0...3] == [0, .infinity, 1, 1])
  #expect(values(CREDENCE_EXPM1)[0...2] == [-1, .infinity, 0])
  #expect(values(CREDENCE_EXPM1)[3].sign == .minus)
  #expect(values(CREDENCE_LOG)[1...3] == [.infinity, -.infinity, -.infinity])
  #expect(values(CREDENCE_LOG)[0].isNaN && values(CREDENCE_LOG)[4].isNaN)
  #expect(values(CREDENCE_LOG1P)[1...2] == [.infinity, 0])
  #expect(values(CREDENCE_LOG1P)[4] == -.infinity && values(CREDENCE_LOG1P)[0].isNaN)
  #expect(values(CREDENCE_TANH)[0...3] == [-1, 1, 0, 0] && values(CREDENCE_TANH)[3].sign == .minus)
  #expect(values(CREDENCE_SIGMOID)[0...3] == [0, 1, 0.5, 0.5])
  #expect(values(CREDENCE_SOFTPLUS)[0...1] == [0, .infinity])
  #expect(values(CREDENCE_RELU)[0...4] == [0, .infinity, 0, 0, 0])
  #expect(values(CREDENCE_STEP) == [0, 1, 0, 0, 0])
  #expect(values(CREDENCE_SIGN) == [-1, 1, 0, 0, -1])
  #expect(values(CREDENCE_ERF)[0...2] == [-1, 1, 0])
  #expect(values(CREDENCE_SINE)[0].isNaN && values(CREDENCE_COSINE)[1].isNaN)
  #expect(values(CREDENCE_LGAMMA)[2] == .infinity && values(CREDENCE_LGAMMA)[4] == .infinity)
  #expect(values(CREDENCE_DIGAMMA)[2] == -.infinity && values(CREDENCE_DIGAMMA)[4].isNaN)
  #expect(values(CREDENCE_TRIGAMMA)[2] == .infinity && values(CREDENCE_TRIGAMMA)[4] == .infinity)
  let tiny = Element.leastNonzeroMagnitude
  #expect(Element.unary(CREDENCE_EXPM1, set, [tiny]) == [tiny] && Element.unary(CREDENCE_LOG1P, set, [tiny]) == [tiny])
}

@Test(arguments: InstructionSet.available)
func functionsHaveTheirLimits(set: InstructionSet) {
  checkLimits(set, as: Float.self)
  checkLimits(set, as: Double.self)
}

private func bits<Element: KernelElement>(_ x: [Element]) -> [Element.RawSignificand] {
  x.map { $0.significandBitPattern &* 4 &+ ($0.sign == .minus ? 1 : 0) &+ ($0.isNaN ? 2 : 0) }
}

private func checkPositions<Element: KernelElement>(_ set: InstructionSet, as type: Element.Type) {
  var generator = SystemlessGenerator(state: 3)
  let x = (0..<67).map { _ in Element(Double.random(in: -3...9, using: &generator)) }
  let y = (0..<67).map { _ in Element(Double.random(in: -3...9, using: &generator)) }
  for function in allUnary {
    let whole = bits(Element.unary(function, set, x))
    for cut in [1, 3, 8, 17, 32, 66] {
      let parts = Element.unary(function, set, Array(x[..<cut])) + Element.unary(function, set, Array(x[cut...]))
      #expect(bits(parts) == whole, "unary \(function.rawValue) cut at \(cut)")
    }
  }
  for function in allBinary {
    let whole = bits(Element.binary(function, set, x, y))
    for cut in [1, 5, 33] {
      let parts =
        Element.binary(function, set, Array(x[..<cut]), Array(y[..<cut]))
        + Element.binary(function, set, Array(x[cut...]), Array(y[cut...]))
      #expect(bits(parts) == whole, "binary \(function.rawValue) cut at \(cut)")
    }
  }
}

@Test(arguments: InstructionSet.available)
func resultsDoNotDependOnPosition(set: InstructionSet) {
  checkPositions(set, as: Float.self)
  checkPositions(set, as: Double.self)
}

private func checkSoftplusBesideSigmoid<Element: KernelElement>(_ set: InstructionSet, as type: Element.Type) {
  var generator = SystemlessGenerator(state: 5)
  let x =
    [-.infinity, .infinity, 0, -0.0, .nan, -700, 700, -90, 90]
    + (0..<58).map { _ in Element(Double.random(in: -30...30, using: &generator)) }
  for count in [x.count, 1, 7, 32] {
    let both = Element.softplusAndSigmoid(set, Array(x[..<count]))
    #expect(bits(both.softplus) == bits(Element.unary(CREDENCE_SOFTPLUS, set, Array(x[..<count]))))
    #expect(bits(both.sigmoid) == bits(Element.unary(CREDENCE_SIGMOID, set, Array(x[..<count]))))
  }
}

@Test(arguments: InstructionSet.available)
func softplusBesideSigmoidHasTheBitsOfEach(set: InstructionSet) {
  checkSoftplusBesideSigmoid(set, as: Float.self)
  checkSoftplusBesideSigmoid(set, as: Double.self)
}
