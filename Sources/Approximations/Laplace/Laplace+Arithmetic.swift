//  Laplace+Arithmetic.swift — where a curvature is computed in double precision.
//
//  Notation   P  parameters     N  rows     M K  rows of a root of the curvature     r  directions of a curvature of low rank
//             μ₁  the largest eigenvalue of the curvature F     δ  precision of the prior
//
//  The data determine what has μ > δ, and at small noise, or with inputs of unlike scales, μ₁/δ is 10⁶ and more. Sums in single
//  precision are off by some 10⁻⁷ μ₁: they make such directions up, or lose them. A curvature that is exact is therefore
//  computed in double precision, at twice the time; and so are the others where that is no time at all.
//
//  Bounds     functional     M K P ≤ 10⁷ numbers
//             low rank       max(N, 1000) P ≤ 10⁸ multiply-adds a pass, and (r + 8) P ≤ 10⁷ numbers
//             Kronecker      max(N, 1000) P ≤ 10⁸
//
//  A dense curvature always is, and a diagonal one needs it nowhere: each of its sums has terms of one sign.

import Arrays
import Curvatures
import Networks
import Probability

extension Laplace {
  /// N K P up to which the rows of a curvature's root are kept in double precision, and up to which they are the default.
  static let mostExactNumbers = 10_000_000
  private static let mostExactWork = 1e8

  /// Whether the curvature of a model and so many rows is computed in double precision; without rows, whether that of few is.
  ///
  /// Precondition: the method has a structure.
  func isDouble(for model: BayesianModel, rows: Int?) -> Bool {
    let count = Double(model.parameterCount)
    let isLittleWork = Double(max(rows ?? 0, 1000)) * count <= Self.mostExactWork
    switch settledStructure {
    case .dense, .subnetwork, .lastLayer(.dense): return true
    case .diagonal, .lastLayer(.diagonal): return false
    case .kronecker, .lastLayer(.kronecker): return isLittleWork
    case .lowRank(let rank): return isLittleWork && Double(rank + 8) * count <= Double(Self.mostExactNumbers)
    case .functional(let examples):
      let numbers = Double(min(examples, rows ?? examples)) * Double(curvature.columns(of: model)) * count
      return numbers <= Double(Self.mostExactNumbers)
    }
  }
}

extension Curvature {
  /// K, the columns of the curvature's root in the outputs; of a Hessian, which has none, the outputs.
  func columns(of model: BayesianModel) -> Int {
    let outputs = model.network.outputShape[0]
    switch self {
    case .gaussNewton:
      if case .categorical = model.likelihood.family { return max(outputs - 1, 1) }
      return outputs
    case .hessian: return outputs
    case .sampledFisher(let draws): return draws
    case .empiricalFisher: return 1
    }
  }
}
