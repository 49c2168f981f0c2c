//  Kernels.swift — the vector loops of `CKernels` for either element type.
//
//  Every function works on contiguous memory, allocates nothing, and gives the same bits however a range is cut, except
//  for the reductions, whose bits depend on the count.

package import CKernels

/// The kernels of one element type, of the active instruction set.
package enum Kernels<Element: Scalar> {
  package typealias Elements = UnsafePointer<Element>
  package typealias MutableElements = UnsafeMutablePointer<Element>

  /// Σ xᵢ yᵢ.
  package static func dot(_ x: Elements, _ y: Elements, count: Int) -> Element {
    let (x, y) = (UnsafeRawPointer(x), UnsafeRawPointer(y))
    if Element.self == Float.self {
      return Element(
        credence_float_table().pointee.dot(
          x.assumingMemoryBound(to: Float.self), y.assumingMemoryBound(to: Float.self), count))
    }
    return Element(
      credence_double_table().pointee.dot(
        x.assumingMemoryBound(to: Double.self), y.assumingMemoryBound(to: Double.self), count))
  }

  /// zᵢ = f(xᵢ, yᵢ). The three may be the same memory.
  package static func binary(
    _ function: credence_binary, _ x: Elements, _ y: Elements, _ z: MutableElements, count: Int
  ) {
    let (x, y, z) = (UnsafeRawPointer(x), UnsafeRawPointer(y), UnsafeMutableRawPointer(z))
    if Element.self == Float.self {
      credence_float_binary(credence_float_table(), function)(
        x.assumingMemoryBound(to: Float.self), y.assumingMemoryBound(to: Float.self),
        z.assumingMemoryBound(to: Float.self), count)
    } else {
      credence_double_binary(credence_double_table(), function)(
        x.assumingMemoryBound(to: Double.self), y.assumingMemoryBound(to: Double.self),
        z.assumingMemoryBound(to: Double.self), count)
    }
  }

  /// zᵢ = xᵢ yᵢ + aᵢ. All may be the same memory.
  package static func multiplyAdd(_ x: Elements, _ y: Elements, _ a: Elements, _ z: MutableElements, count: Int) {
    let (x, y, a) = (UnsafeRawPointer(x), UnsafeRawPointer(y), UnsafeRawPointer(a))
    let z = UnsafeMutableRawPointer(z)
    if Element.self == Float.self {
      credence_float_table().pointee.multiply_add(
        x.assumingMemoryBound(to: Float.self), y.assumingMemoryBound(to: Float.self),
        a.assumingMemoryBound(to: Float.self), z.assumingMemoryBound(to: Float.self), count)
    } else {
      credence_double_table().pointee.multiply_add(
        x.assumingMemoryBound(to: Double.self), y.assumingMemoryBound(to: Double.self),
        a.assumingMemoryBound(to: Double.self), z.assumingMemoryBound(to: Double.self), count)
    }
  }

  /// Σ log v and Σ 1 / v over v = b a + shift, for each b with each a. Precondition: every v > 0.
  package static func kroneckerSums(
    _ b: [Element], _ a: UnsafeBufferPointer<Element>, shift: Double
  ) -> (logarithms: Double, inverses: Double) {
    var (logarithms, inverses) = (0.0, 0.0)
    b.withUnsafeBufferPointer { b in
      guard let left = UnsafeRawPointer(b.baseAddress), let right = UnsafeRawPointer(a.baseAddress) else { return }
      if Element.self == Float.self {
        credence_float_table().pointee.kronecker_sums(
          left.assumingMemoryBound(to: Float.self), b.count, right.assumingMemoryBound(to: Float.self), a.count, shift,
          &logarithms, &inverses)
      } else {
        credence_double_table().pointee.kronecker_sums(
          left.assumingMemoryBound(to: Double.self), b.count, right.assumingMemoryBound(to: Double.self), a.count,
          shift,
          &logarithms, &inverses)
      }
    }
    return (logarithms, inverses)
  }

  /// yᵢ = element `start` + i of the stream that `key` names.
  package static func random(
    _ distribution: credence_distribution, key: credence_random_key, start: UInt64, _ y: MutableElements, count: Int
  ) {
    let y = UnsafeMutableRawPointer(y)
    var key = key
    if Element.self == Float.self {
      credence_float_random(credence_float_table(), distribution)(
        &key, start, y.assumingMemoryBound(to: Float.self), count)
    } else {
      credence_double_random(credence_double_table(), distribution)(
        &key, start, y.assumingMemoryBound(to: Double.self), count)
    }
  }
}
