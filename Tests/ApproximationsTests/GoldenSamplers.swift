//  GoldenSamplers.swift — golden values of samplers and of averaged weights, from independent float64 implementations.

import Foundation
import GoldenValues
import Testing

struct GoldenSamplers: Decodable {
  struct Trajectory: Decodable { let noise, trajectory: [[Double]] }

  struct Averaging: Decodable {
    let snapshots, runningMeans, deviationColumns, covariance: [[Double]]
    let mean, secondMoment, diagonal: [Double]
    let logDensity: Density
    let sample: Sample

    struct Density: Decodable {
      let x: [Double]
      let value: Double
    }

    struct Sample: Decodable { let z1, z2, value: [Double] }

    private enum CodingKeys: String, CodingKey {
      case snapshots, mean, covariance, sample
      case runningMeans = "swa_running_mean"
      case deviationColumns = "deviation_columns"
      case secondMoment = "second_moment"
      case diagonal = "diag_variance"
      case logDensity = "log_prob"
    }
  }

  struct Cycles: Decodable {
    let lr: [Double]
    let samples: [Bool]
  }

  let matrix: [[Double]]
  let c, x0, sawtooth: [Double]
  let sgld, psgld, sghmc: Trajectory
  let averaging: Averaging
  let cyclical: Cycles

  private enum CodingKeys: String, CodingKey {
    case matrix = "A"
    case averaging = "swa_swag"
    case c, x0, sawtooth, sgld, psgld, sghmc, cyclical
  }

  static func load() throws -> GoldenSamplers {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    return try JSONDecoder().decode(
      GoldenSamplers.self, from: Data(contentsOf: folder.appending(path: "optimizers.json")))
  }

  /// A (x − c), the gradient of the quadratic.
  func gradient(_ x: [Double]) -> [Double] {
    matrix.map { row in zip(row, zip(x, c)).reduce(0) { $0 + $1.0 * ($1.1.0 - $1.1.1) } }
  }
}

/// The largest difference relative to the largest entry of the second.
func relativeDifference(_ a: [Double], _ b: [Double]) -> Double {
  guard a.count == b.count else { return .infinity }
  return (zip(a, b).map { abs($0 - $1) }.max() ?? 0) / (b.map(abs).max() ?? 1)
}
