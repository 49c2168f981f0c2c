//  ModelChecksum.swift — a number that changes when a byte of a model does.
//
//  Source: Fowler, Noll, Vo; the IETF's draft on FNV.

package import Datasets

/// FNV-1a, 64 bits.
package enum ModelChecksum {
  /// Of the description and the bytes of the arrays, in the order of their names. In hexadecimal.
  package static func text(_ description: String, _ arrays: [String: StoredArray]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in description.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    for (_, array) in arrays.sorted(by: { $0.key < $1.key }) {
      array.bytes.withUnsafeBufferPointer { bytes in
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
      }
    }
    let digits = String(hash, radix: 16)
    return "fnv1a64:" + String(repeating: "0", count: 16 - digits.count) + digits
  }
}
