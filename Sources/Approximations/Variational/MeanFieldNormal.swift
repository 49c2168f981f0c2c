//  MeanFieldNormal.swift — independent normals over θ.
//
//  Equations  (1) θ = μ + σ ε,  ε ~ N(0, I)
//             (2) log q(θ) = −½ Σ ((θ − μ)² / σ² + log 2πσ²),  over elements with σ > 0
//             (3) entropy  = Σ log σ + ½ n (1 + log 2π),  n their number
//             (4) KL(q ‖ N(c, s²)) = Σ log(s / σ) + (σ² + (μ − c)²) / 2s² − ½

public import Arrays
import Foundation

/// q = ∏ N(μᵢ, σᵢ²). An element with σ = 0 is a point.
public struct MeanFieldNormal: Sendable, Hashable {
  /// μ. Shape [P].
  public let means: DenseArray<Float>
  /// σ ≥ 0. Shape [P].
  public let deviations: DenseArray<Float>

  /// Precondition: vectors of one length; deviations ≥ 0.
  public init(means: DenseArray<Float>, deviations: DenseArray<Float>) {
    precondition(
      means.rank == 1 && means.shape == deviations.shape,
      "means of shape \(means.shape) with deviations of shape \(deviations.shape)")
    self.means = means
    self.deviations = deviations
  }

  /// Equation (1), row by row. Shape [count, P]. Draw s is a function of the seed and of s.
  public func draws(_ count: Int, seed: UInt64) -> DenseArray<Float> {
    let size = means.count
    var draws = DenseArray<Float>(repeating: 0, shape: [count, size])
    means.withUnsafeElements { mean in
      deviations.withUnsafeElements { deviation in
        draws.withUnsafeMutableElements { all in
          guard let mean = mean.baseAddress, let deviation = deviation.baseAddress else { return }
          for index in 0..<count {
            let row = UnsafeMutableBufferPointer(rebasing: all[index * size..<(index + 1) * size])
            var random = Philox(seed: seed, stream: UInt64(index))
            random.fillNormal(row)
            guard let start = row.baseAddress else { return }
            Kernels<Float>.multiplyAdd(start, deviation, mean, start, count: size)  // (1)
          }
        }
      }
    }
    return draws
  }

  /// Equation (3). Unit: nats.
  public var entropy: Double {
    deviations.elements.reduce(0) { $1 > 0 ? $0 + log(Double($1)) + 0.5 * (1 + log(2 * .pi)) : $0 }
  }
}
