//  IndefinitePrecision.swift — a precision that belongs to no normal distribution.

import Curvatures

extension CurvatureError {
  /// Λ has a direction without a positive precision.
  static let indefinite = CurvatureError.unsupported(
    "the precision of the posterior is not positive definite: an exact Hessian away from a mode need not be; take the "
      + "Gauss–Newton matrix, or train longer")
}
