//  SingularValueDecomposition.swift — A = U diag(s) Vᵀ, the thin form.
//
//  Notation   A  [m, n]     r = min(m, n)     U  [m, r]     s  [r], descending     V  [n, r]
//
//  LAPACK's dgesvd, by implicit QR iterations: each singular value has an error of the rounding of the greatest one. Row-major A
//  is column-major Aᵀ = V diag(s) Uᵀ, so that the two factors exchange places and nothing is copied. Cost about 6 m n r flops,
//  and more where both extents are large.

internal import COpenBLAS

/// The thin singular value decomposition of a matrix.
public struct SingularValueDecomposition: Sendable {
  /// U. Shape [m, r], orthonormal columns.
  public let left: DenseArray<Double>
  /// s, descending. Shape [r].
  public let values: [Double]
  /// Vᵀ. Shape [r, n], orthonormal rows.
  public let rightTransposed: DenseArray<Double>

  /// Not a number throughout where A is not finite. Precondition: a matrix with at least one element.
  public init(_ matrix: DenseArray<Double>) {
    precondition(matrix.rank == 2 && matrix.count > 0, "a decomposition of shape \(matrix.shape): it needs a matrix")
    let (m, n) = (matrix.shape[0], matrix.shape[1])
    let r = min(m, n)
    var a = matrix.elements
    var s = [Double](repeating: .nan, count: r)
    var u = [Double](repeating: .nan, count: m * r)
    var v = [Double](repeating: .nan, count: r * n)
    if a.allSatisfy(\.isFinite) {
      var rows = Int32(n)
      var columns = Int32(m)
      var rank = Int32(r)
      var info: Int32 = 0
      var size: Int32 = -1
      var best = 0.0
      // In LAPACK's column-major view, the matrix is Aᵀ: its left vectors are V, [n, r], its right ones Uᵀ, [r, m].
      dgesvd_("S", "S", &rows, &columns, &a, &rows, &s, &v, &rows, &u, &rank, &best, &size, &info)
      size = Int32(best)
      var work = [Double](repeating: 0, count: Int(size))
      dgesvd_("S", "S", &rows, &columns, &a, &rows, &s, &v, &rows, &u, &rank, &work, &size, &info)
      if info != 0 {
        s = s.map { _ in .nan }
      }
    }
    values = s
    left = DenseArray(u, shape: [m, r])
    rightTransposed = DenseArray(v, shape: [r, n])
  }
}
