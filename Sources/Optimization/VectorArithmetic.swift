//  VectorArithmetic.swift — the few operations on whole vectors that the quasi-Newton method is made of.

internal import Arrays
private import CKernels

/// Σ xᵢ yᵢ, piece by piece in double.
func dot<Element: Scalar>(_ x: [Element], _ y: [Element]) -> Double {
  x.withUnsafeBufferPointer { x in
    y.withUnsafeBufferPointer { y in
      guard let first = x.baseAddress, let second = y.baseAddress else { return 0 }
      var sum = 0.0
      for start in stride(from: 0, to: x.count, by: 4096) {
        sum += Double(Kernels.dot(first + start, second + start, count: min(4096, x.count - start)))
      }
      return sum
    }
  }
}

/// z ← x + a y.
func add<Element: Scalar>(_ x: [Element], _ a: Element, _ y: [Element], into z: inout [Element]) {
  x.withUnsafeBufferPointer { x in
    y.withUnsafeBufferPointer { y in
      z.withUnsafeMutableBufferPointer { z in
        guard let x = x.baseAddress, let y = y.baseAddress, let target = z.baseAddress else { return }
        inPieces(count: z.count, value: a) { start, factor, count in
          Kernels.multiplyAdd(y + start, factor, x + start, target + start, count: count)
        }
      }
    }
  }
}

/// z ← z + a y.
func add<Element: Scalar>(_ a: Element, _ y: [Element], to z: inout [Element]) {
  y.withUnsafeBufferPointer { y in
    z.withUnsafeMutableBufferPointer { z in
      guard let y = y.baseAddress, let target = z.baseAddress else { return }
      inPieces(count: z.count, value: a) { start, factor, count in
        Kernels.multiplyAdd(y + start, factor, target + start, target + start, count: count)
      }
    }
  }
}

/// z ← a z.
func scale<Element: Scalar>(_ z: inout [Element], by a: Element) {
  z.withUnsafeMutableBufferPointer { z in
    guard let target = z.baseAddress else { return }
    inPieces(count: z.count, value: a) { start, factor, count in
      Kernels.binary(CREDENCE_MULTIPLY, target + start, factor, target + start, count: count)
    }
  }
}

/// max |xᵢ|; NaN where any entry is.
func largestMagnitude<Element: Scalar>(_ x: [Element]) -> Double {
  var largest = 0.0
  for value in x {
    let magnitude = Double(value.magnitude)
    if magnitude.isNaN { return .nan }
    largest = max(largest, magnitude)
  }
  return largest
}

/// Calls `body` for successive pieces of 0 ..< count: its start, an array that repeats `value`, its length. Short vectors
/// cost a short array on the stack, none an array as long as themselves.
func inPieces<Element: Scalar>(
  count: Int, value: Element, _ body: (Int, UnsafePointer<Element>, Int) -> Void
) {
  let piece = min(count, 1024)
  guard piece > 0 else { return }
  withUnsafeTemporaryAllocation(of: Element.self, capacity: piece) { values in
    values.initialize(repeating: value)
    guard let values = values.baseAddress else { return }
    for start in stride(from: 0, to: count, by: piece) { body(start, values, min(piece, count - start)) }
  }
}
