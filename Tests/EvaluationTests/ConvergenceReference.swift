//  ConvergenceReference.swift — golden values of convergence diagnostics.
//
//  `mcmc_diagnostics.json`: ArviZ 0.23.4, checked against code from the papers and NumPyro.

import Arrays
import Datasets
import Evaluation
import Foundation
import Testing

struct ConvergenceReference: Decodable {
  let diagnostics: [String: Values]
  let loo: LeaveOneOutValues
  let waic: CriterionValues
  let psisRaw: [String: Smoothing]
  let energy: [String: Energy]

  struct Values: Decodable {
    let mean, sd, rhat, rhatSplit, rhatFolded, rhatRankBulk: Double
    let essBulk, essTail, essMean, essMedian, essSd, essQuantile025: Double
    let mcseMean, mcseSd, mcseMedian, mcseQuantile095: Double
    let autocorrelationFirst6OfChain0: [Double]?
    let hdi94, hdi50: [Double]

    private enum CodingKeys: String, CodingKey {
      case mean, sd, rhat, rhatSplit, rhatFolded, rhatRankBulk
      case essBulk, essTail, essMean, essMedian, essSd, essQuantile025
      case mcseMean, mcseSd, mcseMedian, mcseQuantile095
      case autocorrelationFirst6OfChain0
      case hdi94 = "hdi0.94"
      case hdi50 = "hdi0.5"
    }
  }

  struct LeaveOneOutValues: Decodable {
    let elpdLoo, se, pLoo, lppd, elpdLooReff07: Double
    let pointwise, paretoK, paretoKReff07, smoothedLogWeightsObs0First10: [Double]
  }

  struct CriterionValues: Decodable {
    let elpdWaic, se, pWaic: Double
    let pointwise, pWaicPointwise: [Double]
  }

  struct Smoothing: Decodable {
    let logWeights: [Double]
    let khat: Double
    let first5SmoothedNormalisedLogWeights: [Double]
    let logsumexpSmoothedUnnormalised: Double
  }

  struct Energy: Decodable { let eBfmi: [Double] }

  static func load() throws -> ConvergenceReference {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode(ConvergenceReference.self, from: Data(contentsOf: try url("json")))
  }

  static func array(_ name: String) throws -> DenseArray<Double> {
    try SafetensorsFile(contentsOf: try url("safetensors").path).array(named: name).converted()
  }

  static func chains(_ name: String) throws -> Chains { Chains(try array("chains/\(name)")) }

  private static func url(_ type: String) throws -> URL {
    try #require(Bundle.module.url(forResource: "mcmc_diagnostics", withExtension: type, subdirectory: "Fixtures"))
  }
}

/// Whether two numbers agree relative to the second; not a number agrees with itself.
func sameDiagnostic(_ actual: Double, _ expected: Double, within tolerance: Double = 1e-8) -> Bool {
  if expected.isNaN || expected.isInfinite {
    return actual.isNaN == expected.isNaN && (actual.isNaN || actual == expected)
  }
  return abs(actual - expected) <= tolerance * max(abs(expected), 1e-3)
}
