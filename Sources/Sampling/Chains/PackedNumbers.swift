//  PackedNumbers.swift — many numbers, written down as their bytes.

import Foundation

/// Numbers that are encoded as one blob, eight bytes each in little-endian order: quick, and the same bits.
@propertyWrapper
struct PackedNumbers: Hashable, Codable, Sendable {
  var wrappedValue: [Double]

  init(wrappedValue: [Double]) { self.wrappedValue = wrappedValue }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(wrappedValue.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) })
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let data = try container.decode(Data.self)
    guard data.count % 8 == 0 else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\(data.count) bytes are no whole number of 64-bit numbers")
    }
    wrappedValue = data.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: 8).map {
        Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self)))
      }
    }
  }
}
