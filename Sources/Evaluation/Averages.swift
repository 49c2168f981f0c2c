//  Averages.swift — means and the logarithm of a sum of exponentials.

import Foundation

/// The mean; not a number for no values.
func average(_ values: [Double], _ term: (Double) -> Double = { $0 }) -> Double {
  var sum = 0.0
  for value in values { sum += term(value) }
  return sum / Double(values.count)
}

/// log Σ exp(terms), without overflow: the largest term is taken out. −∞ for no terms.
package func logSumOfExponentials(_ terms: [Double]) -> Double {
  guard let largest = terms.max(), largest.isFinite else { return terms.reduce(-.infinity) { log(exp($0) + exp($1)) } }
  var sum = 0.0
  for term in terms { sum += exp(term - largest) }
  return largest + log(sum)
}
