//  Vectors.swift — memory for a fixed number of vectors of one length.

import CKernels

/// Σ xᵢ yᵢ.
func dot(_ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, count: Int) -> Double {
  credence_double_table().pointee.dot(x, y, count)
}

/// So many vectors of D doubles, all 0 at first, each at a multiple of 64 bytes. They live as long as this object.
final class Vectors {
  let dimension: Int
  private let memory: UnsafeMutablePointer<Double>
  private let stride: Int

  init(_ count: Int, dimension: Int) {
    self.dimension = dimension
    stride = (dimension + 7) / 8 * 8
    let total = Swift.max(count * stride, 8)
    memory = UnsafeMutableRawPointer.allocate(byteCount: total * MemoryLayout<Double>.stride, alignment: 64)
      .bindMemory(to: Double.self, capacity: total)
    memory.initialize(repeating: 0, count: total)
  }

  deinit { UnsafeMutableRawPointer(memory).deallocate() }

  /// The vector of a number.
  subscript(index: Int) -> UnsafeMutablePointer<Double> { memory + index * stride }

  /// Copies D numbers.
  func copy(_ from: UnsafePointer<Double>, to: UnsafeMutablePointer<Double>) {
    to.update(from: from, count: dimension)
  }

  func copy(_ from: [Double], to: UnsafeMutablePointer<Double>) {
    from.withUnsafeBufferPointer { source in
      if let base = source.baseAddress { to.update(from: base, count: dimension) }
    }
  }

  func copy(_ from: UnsafePointer<Double>, to: inout [Double]) {
    to.withUnsafeMutableBufferPointer { target in
      target.baseAddress?.update(from: from, count: dimension)
    }
  }
}
