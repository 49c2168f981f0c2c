//  DenseArray+Finite.swift — whether every number is finite.
//
//  Without its sign, the bit pattern of a number that is not finite is at least that of infinity: so the greatest pattern decides, and the
//  greatest of integers is found at the speed of memory.

extension DenseArray {
  /// Whether no number is infinite or NaN.
  public var isFinite: Bool {
    elements.withUnsafeBytes { bytes in
      if Element.self == Float.self {
        let magnitude: UInt32 = 0x7FFF_FFFF
        let greatest = bytes.bindMemory(to: UInt32.self).reduce(0) { Swift.max($0, $1 & magnitude) }
        return greatest < Float.infinity.bitPattern
      }
      let magnitude: UInt64 = 0x7FFF_FFFF_FFFF_FFFF
      let greatest = bytes.bindMemory(to: UInt64.self).reduce(0) { Swift.max($0, $1 & magnitude) }
      return greatest < Double.infinity.bitPattern
    }
  }
}
