//  Conditionals.swift — what is known in closed form of the targets: conditionals for Gibbs samplers, and a reference for ellipses.

import Arrays
import Foundation
import Sampling
import Testing

enum Conditionals {
  /// Coordinates μ, log τ, θ₁ … θ₈ with yⱼ ~ N(μ + τ θⱼ, σⱼ²).
  static let schools: GibbsSampler = {
    let y = [28.0, 8, -3, 7, -1, 1, 18, 12]
    let precisions = [15.0, 10, 16, 11, 9, 11, 10, 18].map { 1 / ($0 * $0) }
    return GibbsSampler([
      .conditional { u, generator in
        let tau = exp(u[1])
        for j in 0..<8 {
          let precision = 1 + tau * tau * precisions[j]
          let mean = tau * (y[j] - u[0]) * precisions[j] / precision
          u[2 + j] = mean + generator.normal() / precision.squareRoot()
        }
      },
      .conditional { u, generator in
        let tau = exp(u[1])
        let precision = precisions.reduce(1.0 / 25, +)
        let sum = (0..<8).reduce(0) { $0 + (y[$1] - tau * u[2 + $1]) * precisions[$1] }
        u[0] = sum / precision + generator.normal() / precision.squareRoot()
      },
      .metropolis(1..<2),
    ])
  }()

  /// x | v is normal, and v is not.
  static let funnel = GibbsSampler([
    .conditional { x, generator in for i in 1..<3 { x[i] = exp(0.5 * x[0]) * generator.normal() } }, .metropolis(0..<1),
  ])

  /// Each coordinate given its neighbours: z = (x − m)/s is a stationary first-order process.
  static func gaussian() throws -> GibbsSampler {
    let data = try TargetReference.named(TargetName.gaussian.rawValue).data
    let (mean, sd, rho) = (try #require(data.mean), try #require(data.sd), try #require(data.rho))
    let last = mean.count - 1
    return GibbsSampler([
      .conditional { x, generator in
        func z(_ i: Int) -> Double { (x[i] - mean[i]) / sd[i] }
        for i in 0...last {
          let isInner = i > 0 && i < last
          let spread = ((1 - rho * rho) / (isInner ? 1 + rho * rho : 1)).squareRoot()
          let centre =
            isInner ? rho * (z(i - 1) + z(i + 1)) / (1 + rho * rho) : rho * z(i == 0 ? 1 : last - 1)
          x[i] = mean[i] + sd[i] * (centre + spread * generator.normal())
        }
      }
    ])
  }

  /// Ellipses about a shifted mean, with so many times the covariance.
  static func ellipses(widenedBy factor: Double) throws -> EllipticalSliceSampler {
    let data = try TargetReference.named(TargetName.gaussian.rawValue).data
    let (mean, sd, rho) = (try #require(data.mean), try #require(data.sd), try #require(data.rho))
    let covariance = sd.indices.flatMap { i in
      sd.indices.map { factor * sd[i] * sd[$0] * pow(rho, Double(abs(i - $0))) }
    }
    return try #require(
      EllipticalSliceSampler(mean: zip(mean, sd).map { $0 + 0.1 * $1 }, covariance: covariance))
  }
}
