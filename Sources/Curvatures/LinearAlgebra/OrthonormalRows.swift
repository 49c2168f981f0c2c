//  OrthonormalRows.swift — an orthonormal basis of the space that the rows of a matrix span, by LAPACK.
//
//  Yᵀ = Qᵀ U with U upper triangular, by Householder reflections: Q is orthonormal to the rounding whatever the lengths of the
//  rows and the angles between them. Through Y Yᵀ all directions would be lost that are shorter than the root of the rounding.
//  Where rows depend on each other, others complete the basis.
//
//  Cost       4 r² P multiply-adds; a row-major Y is a column-major Yᵀ, so that nothing is copied.

package import Arrays
import COpenBLAS

/// Rows that are orthonormal and span those of a matrix. Shape [r, P] → [r, P].
///
/// Precondition: r ≤ P, and finite.
package func orthonormalRows<Element: Scalar>(_ matrix: DenseArray<Element>) -> DenseArray<Element> {
  let (r, p) = (matrix.shape[0], matrix.shape[1])
  precondition(r <= p, "\(r) orthonormal rows of \(p) numbers")
  guard r > 0 else { return matrix }
  var basis = matrix
  var (length, count, info) = (Int32(p), Int32(r), Int32(0))
  var workCount = Int32(64 * r)
  var reflections = [Element](repeating: 0, count: r)
  var work = [Element](repeating: 0, count: Int(workCount))
  basis.withUnsafeMutableElements { basis in
    reflections.withUnsafeMutableBufferPointer { reflections in
      work.withUnsafeMutableBufferPointer { work in
        guard let a = UnsafeMutableRawPointer(basis.baseAddress),
          let tau = UnsafeMutableRawPointer(reflections.baseAddress),
          let space = UnsafeMutableRawPointer(work.baseAddress)
        else { return }
        if Element.self == Float.self {
          let (a, tau) = (a.assumingMemoryBound(to: Float.self), tau.assumingMemoryBound(to: Float.self))
          let space = space.assumingMemoryBound(to: Float.self)
          sgeqrf_(&length, &count, a, &length, tau, space, &workCount, &info)
          sorgqr_(&length, &count, &count, a, &length, tau, space, &workCount, &info)
        } else {
          let (a, tau) = (a.assumingMemoryBound(to: Double.self), tau.assumingMemoryBound(to: Double.self))
          let space = space.assumingMemoryBound(to: Double.self)
          dgeqrf_(&length, &count, a, &length, tau, space, &workCount, &info)
          dorgqr_(&length, &count, &count, a, &length, tau, space, &workCount, &info)
        }
      }
    }
  }
  precondition(info == 0, "an orthonormal basis of a matrix of shape \(matrix.shape): \(info)")
  return basis
}
