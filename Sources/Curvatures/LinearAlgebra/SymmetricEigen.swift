//  SymmetricEigen.swift — the eigendecomposition of a symmetric matrix, by LAPACK.
//
//  M = Σᵢ λᵢ uᵢ uᵢᵀ with λ ascending and uᵢ orthonormal. Divide and conquer, about 9 n³ multiply-adds.

public import Arrays
import COpenBLAS

/// Eigenvalues and eigenvectors of a symmetric matrix.
public struct SymmetricEigen<Element: Scalar>: Sendable {
  /// Ascending. Shape [n].
  public let values: DenseArray<Element>
  /// One eigenvector a row. Shape [n, n].
  public let vectors: DenseArray<Element>

  package init(values: DenseArray<Element>, vectors: DenseArray<Element>) {
    self.values = values
    self.vectors = vectors
  }

  /// Decomposes a matrix of which the lower triangle is read. Precondition: square and finite.
  public init(_ matrix: DenseArray<Element>) {
    let n = matrix.shape[0]
    precondition(matrix.shape == [n, n], "the eigenvalues of a matrix of shape \(matrix.shape)")
    var vectors = matrix
    var values = DenseArray<Element>(repeating: 0, shape: [n])
    let info = n == 0 ? 0 : Self.decompose(n, &vectors, &values)
    precondition(info == 0, "the eigendecomposition of a matrix of shape \(matrix.shape) did not converge: \(info)")
    self.values = values
    self.vectors = vectors
  }

  /// A row-major lower triangle is a column-major upper one, and eigenvectors in columns are rows to us.
  private static func decompose(
    _ n: Int, _ vectors: inout DenseArray<Element>, _ values: inout DenseArray<Element>
  ) -> Int32 {
    var (size, info) = (Int32(n), Int32(0))
    var (workCount, indexCount) = (Int32(1 + 6 * n + 2 * n * n), Int32(3 + 5 * n))
    var work = [Element](repeating: 0, count: Int(workCount))
    var indices = [Int32](repeating: 0, count: Int(indexCount))
    vectors.withUnsafeMutableElements { vectors in
      values.withUnsafeMutableElements { values in
        work.withUnsafeMutableBufferPointer { work in
          guard let a = UnsafeMutableRawPointer(vectors.baseAddress),
            let w = UnsafeMutableRawPointer(values.baseAddress),
            let space = UnsafeMutableRawPointer(work.baseAddress)
          else { return }
          if Element.self == Float.self {
            ssyevd_(
              "V", "U", &size, a.assumingMemoryBound(to: Float.self), &size, w.assumingMemoryBound(to: Float.self),
              space.assumingMemoryBound(to: Float.self), &workCount, &indices, &indexCount, &info)
          } else {
            dsyevd_(
              "V", "U", &size, a.assumingMemoryBound(to: Double.self), &size, w.assumingMemoryBound(to: Double.self),
              space.assumingMemoryBound(to: Double.self), &workCount, &indices, &indexCount, &info)
          }
        }
      }
    }
    return info
  }
}

extension SymmetricEigen {
  /// Decomposes several matrices, each on one thread, the largest first.
  package static func all(_ matrices: [DenseArray<Element>], threads: Int) -> [SymmetricEigen] {
    EigenQueue(matrices).run(threads: threads)
  }
}
