//  SpecialFunctionTests.swift — erf, log Φ, lgamma, digamma and trigamma against values computed with 60 digits.

import CKernels
import Foundation
import Testing

private struct SpecialFunctions: Decodable {
  /// x, lgamma, digamma, trigamma (absent where it overflows).
  let gammaFamily: [[Double?]]
  let erf: [[Double]]
  /// x and log Φ(x), to where Φ is far below the least number.
  let logNormalCumulative: [[Double]]

  static func load() throws -> SpecialFunctions {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    let data = try Data(contentsOf: folder.appending(path: "special_functions.json"))
    return try JSONDecoder().decode(SpecialFunctions.self, from: data)
  }
}

@Test(arguments: InstructionSet.available)
func errorFunctionIsExactToTwoUnits(set: InstructionSet) throws {
  for pair in try SpecialFunctions.load().erf {
    let y = Double.unary(CREDENCE_ERF, set, [pair[0]])[0]
    #expect(abs(y - pair[1]) <= 2 * pair[1].ulp, "erf \(pair[0])")
    let narrow = Float.unary(CREDENCE_ERF, set, [Float(pair[0])])[0]
    #expect(abs(narrow - Float(erf(Double(Float(pair[0]))))) <= 2 * narrow.ulp, "erf \(pair[0]) in float")
  }
}

/// Relative error, or absolute next to the zeros of the functions on the negative axis, where the argument's own rounding
/// is all that is known of the value.
private func agrees(_ y: Double, _ exact: Double, at x: Double) -> Bool {
  abs(y - exact) <= 1e-13 * (x < 0 ? max(abs(exact), 1) : abs(exact))
}

@Test(arguments: InstructionSet.available)
func gammaFamilyIsExactToTenToTheMinusThirteen(set: InstructionSet) throws {
  for row in try SpecialFunctions.load().gammaFamily {
    guard let x = row[0], let logGamma = row[1], let digamma = row[2] else { continue }
    // Next to a pole the condition number of the function is |x| / distance.
    let margin = x < 0 ? abs(x - x.rounded()) : 1
    guard margin > 1e-3 else { continue }
    #expect(agrees(Double.unary(CREDENCE_LGAMMA, set, [x])[0], logGamma, at: x), "lgamma \(x)")
    #expect(agrees(Double.unary(CREDENCE_DIGAMMA, set, [x])[0], digamma, at: x), "digamma \(x)")
    if let trigamma = row[3] {
      #expect(agrees(Double.unary(CREDENCE_TRIGAMMA, set, [x])[0], trigamma, at: x), "trigamma \(x)")
    }
  }
}

@Test(arguments: InstructionSet.available)
func normalTailsAreExactToTheRoundingOfTheirArguments(set: InstructionSet) throws {
  for pair in try SpecialFunctions.load().logNormalCumulative {
    let y = Double.unary(CREDENCE_LOG_NORMAL_CUMULATIVE, set, [pair[0]])[0]
    // In the upper tail the rounding of the argument counts x² times.
    let units = 4 + max(pair[0], 0) * max(pair[0], 0)
    #expect(abs(y - pair[1]) <= units * pair[1].ulp, "log Φ \(pair[0]): \(y)")
  }
  let ends: [Double] = [-.infinity, .infinity, .nan]
  let limits = Double.unary(CREDENCE_LOG_NORMAL_CUMULATIVE, set, ends)
  #expect(limits[0] == -.infinity && limits[1] == 0 && limits[2].isNaN)
}
