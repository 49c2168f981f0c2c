//  Philox+Draws.swift — uniform and normal numbers, fills, integers below a bound, permutations.

internal import CKernels

extension Philox {
  /// A number from the open interval (0, 1): an odd multiple of 2⁻⁵³.
  public mutating func uniform() -> Double { (Double(next() >> 12) + 0.5) * 0x1p-52 }

  /// A standard normal number. One draw.
  public mutating func normal() -> Double {
    var value = 0.0
    withUnsafeMutablePointer(to: &value) { fillNormal(UnsafeMutableBufferPointer(start: $0, count: 1)) }
    return value
  }

  /// Fills memory with numbers from the open interval (0, 1): odd multiples of 2⁻²⁴ or 2⁻⁵³. One draw.
  public mutating func fillUniform(_ buffer: UnsafeMutableBufferPointer<some Scalar>) { fill(buffer, CREDENCE_UNIFORM) }

  /// Fills memory with independent standard normal numbers. One draw.
  public mutating func fillNormal(_ buffer: UnsafeMutableBufferPointer<some Scalar>) { fill(buffer, CREDENCE_NORMAL) }

  /// An array of independent standard normal numbers. One draw.
  public mutating func normal<Element: Scalar>(
    shape: Shape, as type: Element.Type = Element.self
  ) -> DenseArray<Element> {
    var array = DenseArray<Element>(repeating: 0, shape: shape)
    array.withUnsafeMutableElements { fillNormal($0) }
    return array
  }

  /// An array of independent numbers from the open interval (0, 1). One draw.
  public mutating func uniform<Element: Scalar>(
    shape: Shape, as type: Element.Type = Element.self
  ) -> DenseArray<Element> {
    var array = DenseArray<Element>(repeating: 0, shape: shape)
    array.withUnsafeMutableElements { fillUniform($0) }
    return array
  }

  private mutating func fill<Element: Scalar>(
    _ buffer: UnsafeMutableBufferPointer<Element>, _ distribution: credence_distribution
  ) {
    let key = credence_random_key(seed: seed, stream: stream, step: position, site: Site.fills)
    if let memory = buffer.baseAddress { Kernels.random(distribution, key: key, start: 0, memory, count: buffer.count) }
    _ = next()
  }

  /// An integer from 0 ..< bound, each equally likely. Precondition: bound > 0.
  ///
  /// The upper half of bound · w, w 64 random bits, is the integer; the few w for which some integers would be met once
  /// more than others are drawn again. Written here since the standard library may change its method.
  /// Source: Lemire (2019), "Fast random integer generation in an interval".
  public mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0, "an integer below \(bound): the bound must be positive")
    let bound = UInt64(bound)
    var product = bound.multipliedFullWidth(by: next())
    if product.low < bound {
      let excess = (0 &- bound) % bound
      while product.low < excess { product = bound.multipliedFullWidth(by: next()) }
    }
    return Int(product.high)
  }

  /// The integers 0 ..< count in an order drawn uniformly from all orders [Fisher and Yates 1938; Durstenfeld 1964].
  public mutating func permutation(count: Int) -> [Int] {
    precondition(count >= 0, "a permutation of \(count) elements")
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, integer(below: last + 1)) }
    return order
  }
}
