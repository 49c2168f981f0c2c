//  Reference.swift — golden log densities, and running a function of tensors on numbers.

import Arrays
import Foundation
import Programs
import Testing

/// One distribution of the file of golden values.
struct ReferenceDistribution: Decodable {
  /// A number, or a list of numbers.
  enum Parameter: Decodable {
    case number(Double)
    case list([Double])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else {
        self = .list(try container.decode([Double].self))
      }
    }
  }

  let params: [String: Parameter]
  let x: [Double]
  let logDensities: [Double]

  private enum CodingKeys: String, CodingKey {
    case params, x
    case logDensities = "log_prob"
  }

  func number(_ name: String) throws -> Double {
    guard case .number(let value) = try #require(params[name]) else { throw ReferenceError.notANumber(name) }
    return value
  }

  func list(_ name: String) throws -> [Double] {
    guard case .list(let values) = try #require(params[name]) else { throw ReferenceError.notANumber(name) }
    return values
  }

  static func named(_ name: String) throws -> ReferenceDistribution {
    let url = try #require(
      Bundle.module.url(forResource: "distributions", withExtension: "json", subdirectory: "Fixtures"))
    let all = try JSONDecoder().decode([String: ReferenceDistribution].self, from: Data(contentsOf: url))
    return try #require(all[name])
  }
}

enum ReferenceError: Error { case notANumber(String) }

/// The elements of a function's result at given inputs.
func evaluate(_ inputs: [DenseArray<Double>], _ function: ([Tensor]) -> Tensor) -> [Double] {
  Program(inputs: inputs.map(\.shape)) { [function($0)] }.run(inputs)[0].elements
}

/// The largest difference, each relative to its own expected value. Infinite when counts differ or on NaN.
func relativeDifference(_ actual: [Double], _ expected: [Double]) -> Double {
  guard actual.count == expected.count else { return .infinity }
  let worst = zip(actual, expected).map { abs($0 - $1) / max(abs($1), 1e-300) }.reduce(0) { $1 <= $0 ? $0 : $1 }
  return worst.isNaN ? .infinity : worst
}

/// The natural logarithm of a number.
func logOf(_ x: Double) -> Double { Foundation.log(x) }

/// exp(x) − 1 of a number.
func expMinusOne(_ x: Double) -> Double { Foundation.expm1(x) }
